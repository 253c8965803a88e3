import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const project = (name: string, timeout: number) => ({
  resolve: { alias: { vscode: join(import.meta.dirname, 'test/support/vscode.ts') } },
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('golden', 60_000),
      project('process', 60_000),
      project('package', 60_000),
    ],
  },
});
