// Builds and runs tools/auditBench: npm run bench:audit
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const root = join(import.meta.dirname, '..');
const outfile = join(root, 'out/auditBench.js');

await esbuild.build({
  entryPoints: [join(root, 'tools/auditBench/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['@duckdb/node-api', 'onnxruntime-node', 'sharp'],
  logLevel: 'warning',
});
process.exitCode =
  spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
