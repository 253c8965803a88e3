// Builds and runs tools/bench: npm run bench
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..');
const run = (script) => execFileSync(process.execPath, [join(root, script)], { cwd: root, stdio: 'inherit' });

run('scripts/build.mjs');
await esbuild.build({
  entryPoints: [join(root, 'tools/bench/bench.ts')],
  outfile: join(root, 'out/bench.js'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['onnxruntime-node', 'sharp', '@duckdb/node-api'],
  logLevel: 'warning',
});
try {
  run('out/bench.js');
} catch (error) {
  process.exitCode = error.status ?? 1;
}
