import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the thread of UMAP into the folder, as the build does into dist; gives its file. */
export async function umapWorker(folder: string): Promise<string> {
  const outfile = join(folder, 'umap.js');
  await build({
    entryPoints: [join(__dirname, '../../src/engine/components/layout/umapWorker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  return outfile;
}
