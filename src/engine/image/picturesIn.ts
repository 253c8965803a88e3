import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether a file is taken for a picture, by its name. */
export function isPictureName(name: string): boolean {
  return /\.(png|jpe?g|webp|gif|tiff?)$/i.test(name);
}

/** Pictures in a folder and all its folders, told by their names, in the order of their paths. None where there is no such folder. */
export async function picturesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && isPictureName(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
