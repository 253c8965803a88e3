// Builds and runs tools/bench: npm run bench [-- --only indexing] [--images 200]
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..');
const run = (script, ...args) =>
  execFileSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });

run('scripts/build.mjs', '--production'); // As it is shipped.
await esbuild.build({
  entryPoints: [join(root, 'tools/bench/bench.ts')],
  outfile: join(root, 'out/bench.js'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Its module for import needs import.meta, which a cjs bundle has not.
  alias: { 'web-tree-sitter': createRequire(import.meta.url).resolve('web-tree-sitter') },
  external: ['@duckdb/node-api', 'onnxruntime-node', 'sharp'],
  logLevel: 'warning',
});
try {
  run('out/bench.js', ...process.argv.slice(2));
} catch (error) {
  process.exitCode = error.status ?? 1;
}
