import type { Library } from './library/library';
import { openLibrary } from './library/openLibrary';

/** Libraries by their files, each opened once and for as long as the engine lives. */
export interface OpenLibraries {
  at(file: string): Promise<Library>;
  /** Writes what waits in them and closes them, as far as that can be done. */
  close(): Promise<void>;
}

export function openLibraries(): OpenLibraries {
  const open = new Map<string, Promise<Library>>();
  return {
    at(file) {
      const known = open.get(file);
      if (known !== undefined) return known;
      const library = openLibrary(file);
      open.set(file, library);
      library.catch(() => open.delete(file));
      return library;
    },
    async close() {
      await Promise.allSettled([...open.values()].map(async (library) => (await library).close()));
    },
  };
}
