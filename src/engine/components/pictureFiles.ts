import type { Library, LibraryFile } from '../library/library';

/** Files with pictures, by SHA-256, each list in the order of the paths. Throws ClipsightError `library`. */
export async function pictureFiles(
  library: Pick<Library, 'files'>,
): Promise<ReadonlyMap<string, readonly LibraryFile[]>> {
  const bySha = new Map<string, LibraryFile[]>();
  for (const file of await library.files(null)) {
    if (file.sha256 === null || file.failure !== null) continue;
    const known = bySha.get(file.sha256);
    if (known === undefined) bySha.set(file.sha256, [file]);
    else known.push(file);
  }
  return bySha;
}
