import * as path from 'node:path';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { evenly } from '../../src/engine/numeric/evenly';

export interface StudyImage {
  readonly file: string;
  readonly prompt: string;
}

/**
 * So many images, as many of each folder as of any other, give or take one: the first of each, the second of each, ….
 * At least two of a folder, so that a global order is another than the local one: of fewer folders, if need be.
 */
export async function studyImages(folder: string, count: number): Promise<readonly StudyImage[]> {
  const byFolder = new Map<string, string[]>();
  for (const file of await picturesIn(folder)) {
    const name = path.basename(path.dirname(file));
    // Scenes of two things, whose folder names neither.
    if (name === 'mixed') continue;
    byFolder.set(name, [...(byFolder.get(name) ?? []), file]);
  }
  const rounds = Math.max(...[...byFolder.values()].map(({ length }) => length));
  const folders = evenly([...byFolder], Math.floor(count / 2));
  const all = Array.from({ length: rounds }, (_, round) =>
    folders.flatMap(([name, files]) => {
      const file = files[round];
      return file === undefined ? [] : [{ file, prompt: `a photo of a ${name.replaceAll('_', ' ')}` }];
    }),
  ).flat();
  if (all.length < count) throw new Error(`${folder} has ${all.length} images, not ${count}.`);
  return all.slice(0, count);
}
