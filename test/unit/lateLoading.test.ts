import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';

const src = join(__dirname, '../../src');

async function bundled(entry: string, external: string[]): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [join(src, entry)],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unwritten',
    platform: 'node',
    format: 'cjs',
    external,
    logLevel: 'silent',
  });
  return metafile;
}

/** What is loaded with a bundle, and what only when something asks for it. */
describe('late loading', () => {
  it('has VS Code wait for a few files of our own, not for what they open', async () => {
    const { inputs } = await bundled('extension/extension.ts', ['vscode', './features']);
    const names = Object.keys(inputs);
    expect(names.filter((name) => name.includes('node_modules'))).toEqual([]);
    const bytes = Object.values(inputs).reduce((sum, input) => sum + input.bytes, 0);
    expect(bytes).toBeLessThan(30_000);
    const late = Object.values(inputs).flatMap(({ imports }) =>
      imports.filter(({ kind }) => kind === 'dynamic-import'),
    );
    expect(late.map(({ path }) => path)).toEqual(['./features']);
  });

  it('starts the engine without DuckDB', async () => {
    const { inputs } = await bundled('engine/main.ts', ['@duckdb/node-api', 'onnxruntime-node', 'sharp']);
    const kinds = Object.values(inputs).flatMap(({ imports }) =>
      imports.filter(({ path }) => path === '@duckdb/node-api').map(({ kind }) => kind),
    );
    expect(kinds).toEqual(['dynamic-import']);
  });
});
