import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..');

/**
 * Bundles tools/<name>/main.ts to out/<name>.js and runs it with what was given on the command line; its exit code is ours.
 * @param {string} name
 */
export async function runTool(name) {
  const outfile = join(root, 'out', `${name}.js`);
  await esbuild.build({
    entryPoints: [join(root, 'tools', name, 'main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['7z-wasm', '@duckdb/node-api', 'onnxruntime-node', 'sharp'],
    logLevel: 'warning',
  });
  process.exitCode =
    spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
}
