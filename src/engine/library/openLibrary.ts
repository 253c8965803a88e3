import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { Library } from './library';
import { libraryError } from './libraryErrors';
import { type StoreOptions, storedLibrary } from './storedLibrary';

interface Shared {
  readonly library: Promise<Library>;
  holders: number;
}

/**
 * Libraries that are open in this process, by real path. DuckDB refuses a second process, but would let the same process
 * open a file twice, and the two would overwrite each other.
 */
const open = new Map<string, Shared>();

/**
 * Opens a library, or makes an empty one; where another process has it, its last snapshot is read. A library that is
 * open in this process already is the same object again: each who opened it closes it once.
 *
 * @throws ClipsightError `library`, naming the file.
 */
export async function openLibrary(file: string, options: StoreOptions = {}): Promise<Library> {
  const path = await realPath(file);
  const known = open.get(path);
  if (known !== undefined) {
    known.holders += 1;
    return known.library;
  }
  const library = storedLibrary(path, options, async (end) => {
    const shared = open.get(path);
    if (shared === undefined) return;
    shared.holders -= 1;
    if (shared.holders > 0) return;
    await end();
    open.delete(path);
  });
  open.set(path, { library, holders: 1 });
  library.catch(() => open.delete(path));
  return library;
}

/** Of a file that need not be there yet. Makes its folder. */
async function realPath(file: string): Promise<string> {
  const path = resolve(file);
  if (path.includes('?')) {
    // It would take what follows for the query of a URL, and keep its log in another folder.
    throw new ClipsightError(
      'library',
      `The library ${path} cannot be opened: DuckDB reads no path with a question mark.`,
      'Choose a file and a folder without one.',
    );
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    return await realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
  } catch (thrown) {
    throw libraryError(path, thrown);
  }
}
