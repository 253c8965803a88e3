import type { LibraryInterventionRequest } from './libraryIntervention';

type Classes = LibraryInterventionRequest['classes'];

/** What a class prompt is made of where nobody says otherwise; {} stands for the name of the class. */
export const defaultClassTemplate = 'a photo of a {}';

/**
 * The classes that class folders stand for: a folder is called by its last name, underscores as spaces, and folders that
 * are called the same are one class. The folder of a root itself (`.`) says nothing. By name.
 * @param template with {} for the name
 */
export function classesOfFolders(folders: readonly string[], template: string): Classes {
  const byName = new Map<string, string[]>();
  for (const folder of folders) {
    const name = (folder.split('/').at(-1) ?? '').replaceAll('_', ' ').trim();
    if (name === '.' || name === '') continue;
    byName.set(name, [...(byName.get(name) ?? []), folder]);
  }
  return [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, of]) => ({
      name,
      direction: { kind: 'prompt', text: template.replaceAll('{}', () => name) },
      folders: of,
    }));
}
