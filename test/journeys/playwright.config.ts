import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';

const executablePath = findChromium();

export default defineConfig({
  testDir: '.',
  testMatch: '*.test.ts',
  outputDir: join(__dirname, '../../test-results/journeys'),
  // Each worker runs a whole VS Code, which waits for much else than the processor.
  workers: 2,
  retries: process.env.CI ? 2 : 0,
  // Several times what an idle machine needs: one that is slow or busy fails nothing.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: { ...(executablePath && { executablePath }), args: chromiumFlags },
    screenshot: 'only-on-failure',
    // Recording takes time of the cores that the test needs; what fails is tried again.
    trace: 'on-first-retry',
  },
});
