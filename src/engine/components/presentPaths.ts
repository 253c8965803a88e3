import { access } from 'node:fs/promises';
import type { Library, Pictures } from '../library/library';

/**
 * A file of each of the pictures that is there now, by the picture's number. Pictures all of whose files are gone since
 * they were indexed are left out.
 */
export async function presentPaths(
  which: ReadonlySet<number>,
  { sha256, paths }: Pictures,
  library: Pick<Library, 'files'>,
): Promise<ReadonlyMap<number, string>> {
  const present = new Map<number, string>();
  const moved: number[] = [];
  await Promise.all(
    Array.from(which, async (picture) => {
      const path = paths[picture]!;
      if (await isThere(path)) present.set(picture, path);
      else moved.push(picture);
    }),
  );
  if (moved.length === 0) return present;
  const wanted = new Map(moved.map((picture) => [sha256[picture]!, picture]));
  for (const { path, sha256: sha, failure } of await library.files(null)) {
    const picture = sha === null || failure !== null ? undefined : wanted.get(sha);
    if (picture !== undefined && !present.has(picture) && (await isThere(path))) present.set(picture, path);
  }
  return present;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
