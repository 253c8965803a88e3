import { relative, sep } from 'node:path';
import type { ImageRoot } from '../../shared/library';

/** The roots without some folders, which are roots themselves or lie in them. */
export function withoutFolders(
  roots: readonly ImageRoot[],
  folders: readonly string[],
): readonly ImageRoot[] {
  return roots
    .filter(({ folder }) => !folders.includes(folder))
    .map((root) => {
      const within = folders.flatMap((folder) => pathWithin(root.folder, folder) ?? []);
      return within.length === 0
        ? root
        : { ...root, exclude: [...(root.exclude ?? []), ...within.map(literalGlob)] };
    });
}

/** With slashes; null where the folder lies elsewhere. */
function pathWithin(root: string, folder: string): string | null {
  const path = relative(root, folder);
  const isElsewhere =
    path === '' || path === '..' || path.startsWith(`..${sep}`) || /^[A-Za-z]:|^[\\/]/.test(path);
  return isElsewhere ? null : path.split(sep).join('/');
}

/** A glob that matches just this path. */
function literalGlob(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}
