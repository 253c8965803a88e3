import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Picture } from '../../src/engine/image/picture';
import { ClipsightError } from '../../src/shared/errors';
import { type DrawOptions, drawScene } from './draw';
import type { PlannedScene } from './plan';
import { type Truth, truthOf } from './truth';

/**
 * Draws scenes into a folder, which is made, and `ground_truth.json` beside them. Throws ClipsightError `configuration`
 * if the folder is not empty.
 */
export async function writeWorld(
  folder: string,
  planned: readonly PlannedScene[],
  options: DrawOptions,
): Promise<void> {
  await demandEmpty(folder);
  const truths: Record<string, Truth> = {};
  for (const { file, scene } of planned) {
    const drawing = await drawScene(scene, options);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), await jpeg(drawing.picture));
    truths[file] = truthOf(scene, drawing);
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ground_truth.json'), `${JSON.stringify(truths, null, 1)}\n`);
}

/** As the pictures of examples/demo are encoded. */
export async function jpeg({ width, height, data }: Picture): Promise<Uint8Array> {
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90, chromaSubsampling: '4:2:0' })
    .toBuffer();
}

async function demandEmpty(folder: string): Promise<void> {
  let entries: readonly string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new ClipsightError('configuration', `${folder} cannot be written to.`, 'Name a folder.', {
      cause: error,
    });
  }
  if (entries.length === 0) return;
  throw new ClipsightError('configuration', `${folder} is not empty.`, 'Name a new folder, or empty it.');
}
