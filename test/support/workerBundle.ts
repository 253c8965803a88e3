import { createRequire } from 'node:module';
import { build } from 'esbuild';

/** Bundles the script of a thread into a file, as the build does into dist. */
export async function workerBundle(entry: string, outfile: string): Promise<string> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    alias: { 'web-tree-sitter': createRequire(__filename).resolve('web-tree-sitter') },
    logLevel: 'error',
  });
  return outfile;
}
