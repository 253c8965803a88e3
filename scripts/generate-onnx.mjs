// Regenerates src/engine/graph/onnx_pb.ts from onnx.proto: node scripts/generate-onnx.mjs
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/engine/graph', import.meta.url));
const bin = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
const template = {
  version: 'v2',
  plugins: [{ local: `${bin}/protoc-gen-es`, out: folder, opt: ['target=ts'] }],
};
// Not a dependency: it is needed only when the format's description changes.
execFileSync(
  'npx',
  ['--yes', '@bufbuild/buf@1.75.0', 'generate', folder, '--template', JSON.stringify(template)],
  {
    stdio: 'inherit',
  },
);
