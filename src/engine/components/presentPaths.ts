import { readFile, stat } from 'node:fs/promises';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { sha256Of } from '../library/readPictures';

/** Pictures looked at side by side. */
const atOnce = 16;

/**
 * A file of each of the pictures that has it now, by the picture's number. Pictures whose files are all gone, or show
 * something else since they were indexed, are left out.
 */
export async function presentPaths(
  which: ReadonlySet<number>,
  { sha256 }: Pictures,
  library: Pick<Library, 'filesOf'>,
): Promise<ReadonlyMap<number, string>> {
  const filesOf = new Map<string, LibraryFile[]>(Array.from(which, (picture) => [sha256[picture]!, []]));
  for (const file of await library.filesOf([...filesOf.keys()])) filesOf.get(file.sha256!)!.push(file);
  const present = new Map<number, string>();
  const left = which.values();
  const look = async (): Promise<void> => {
    for (const picture of left) {
      const path = await firstAsIndexed(filesOf.get(sha256[picture]!)!);
      if (path !== null) present.set(picture, path);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  return present;
}

async function firstAsIndexed(files: readonly LibraryFile[]): Promise<string | null> {
  for (const file of files) if (await isAsIndexed(file)) return file.path;
  return null;
}

/** A file that was touched or moved about has its picture still; only such files are read. */
async function isAsIndexed({ path, size, mtimeNs, inode, sha256 }: LibraryFile): Promise<boolean> {
  try {
    const now = await stat(path, { bigint: true });
    if (Number(now.size) !== size) return false;
    if (now.mtimeNs === mtimeNs && now.ino === inode) return true;
    return sha256Of(await readFile(path)) === sha256;
  } catch {
    return false;
  }
}
