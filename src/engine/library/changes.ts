import * as path from 'node:path';
import type { IndexRequest } from '../../shared/library';
import type { LibraryFile } from './library';
import { contains, rootOf, type Scan, type ScannedFile } from './scan';

/** How the files of the roots differ from those of the library. */
export interface Changes {
  /** To be read: new, changed, or not readable the last time. */
  readonly fresh: readonly ScannedFile[];
  /** As they were, but in another class folder. */
  readonly reclassed: readonly LibraryFile[];
  /** As they were, with a picture. */
  readonly unchanged: readonly LibraryFile[];
  /** Paths that the library has and should not. */
  readonly gone: readonly string[];
}

/** `looked`: all that was looked for, where that was not everything in the roots. */
export function changesOf(
  known: readonly LibraryFile[],
  found: Scan & { readonly looked?: readonly string[] },
  { roots, others }: Pick<IndexRequest, 'roots' | 'others'>,
): Changes {
  const { looked } = found;
  const byPath = new Map(known.map((file) => [file.path, file]));
  const fresh: ScannedFile[] = [];
  const reclassed: LibraryFile[] = [];
  const unchanged: LibraryFile[] = [];
  for (const file of found.files) {
    const before = byPath.get(file.path);
    byPath.delete(file.path);
    if (before === undefined || before.sha256 === null || !isSame(before, file)) fresh.push(file);
    else {
      const now = { ...before, classFolder: file.classFolder };
      if (before.classFolder !== file.classFolder) reclassed.push(now);
      if (before.failure === null) unchanged.push(now);
    }
  }
  const resolved = roots.map(({ folder }) => ({ folder: path.resolve(folder) }));
  const belongs = (file: string): boolean => {
    // Nothing is known of what lies where nobody could look.
    if (found.unreadable.some((at) => contains(at, file))) return true;
    if (looked !== undefined) return !looked.some((at) => contains(at, file));
    return rootOf(resolved, file) === null && others === 'keep';
  };
  return { fresh, reclassed, unchanged, gone: [...byPath.keys()].filter((file) => !belongs(file)) };
}

function isSame(a: LibraryFile, b: ScannedFile): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.inode === b.inode;
}
