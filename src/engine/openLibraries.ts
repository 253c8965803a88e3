import type { Library } from './library/library';
import { openLibrary } from './library/openLibrary';

/** Libraries by their files, each opened once and for as long as the engine lives. */
export function openLibraries(): (file: string) => Promise<Library> {
  const open = new Map<string, Promise<Library>>();
  return (file) => {
    const known = open.get(file);
    if (known !== undefined) return known;
    const library = openLibrary(file);
    open.set(file, library);
    library.catch(() => open.delete(file));
    return library;
  };
}
