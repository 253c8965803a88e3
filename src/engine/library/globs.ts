import picomatch from 'picomatch';
import { ClipsightError } from '../../shared/errors';
import type { ImageRoot } from '../../shared/library';

/** What a root takes, by paths relative to it with slashes. */
export interface Taken {
  /** Whether nothing in a folder is looked at. */
  readonly leavesFolder: (path: string) => boolean;
  readonly takesFile: (path: string) => boolean;
}

/** Folders that hold no pictures of a person's. */
const never = new Set(['.git', 'node_modules']);

/** Throws ClipsightError `configuration` for a glob that cannot be read. */
export function takenBy({ folder, include, exclude = [] }: ImageRoot): Taken {
  const isIncluded = include === undefined ? () => true : matcher(include, folder);
  const isExcluded = matcher(exclude, folder);
  return {
    leavesFolder: (path) => never.has(path.slice(path.lastIndexOf('/') + 1)) || isExcluded(path),
    takesFile: (path) => isIncluded(path) && !isExcluded(path),
  };
}

function matcher(globs: readonly string[], folder: string): (path: string) => boolean {
  const matchers = globs.map((glob) => {
    try {
      // A folder may be written with a slash at its end.
      return picomatch(glob.replace(/(?<=.)\/+$/, ''), { dot: true });
    } catch (cause) {
      throw new ClipsightError(
        'configuration',
        `“${glob}” for the images in ${folder} is not a glob: ${cause instanceof Error ? cause.message : String(cause)}.`,
        'Write it like **/*.jpg, relative to the folder.',
        { cause },
      );
    }
  });
  return (path) => matchers.some((matches) => matches(path));
}
