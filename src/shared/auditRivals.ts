import type { AuditRequest, AuditSubject } from './audit';
import { classesOfFolders } from './classFolders';

/**
 * The classes that images of a set may be put into beside its subjects: those of class folders that no subject of the
 * set names. A probe's classes are all that it knows of.
 *
 * @param folders class folders of the library
 * @param template the prompt of a class, with {} for its name
 */
export function folderRivals(
  subjects: readonly AuditSubject[],
  folders: readonly string[],
  template: string,
): AuditRequest['rivals'] {
  const classes = classesOfFolders(folders, template);
  const prompts = subjects.filter(({ direction }) => direction.kind !== 'linear');
  return [...new Set(prompts.map(({ set }) => set))].flatMap((set) => {
    const members = prompts.filter((prompt) => prompt.set === set);
    const named = new Set(members.flatMap(({ images }) => (images.kind === 'folders' ? images.folders : [])));
    const said = new Set(members.map(({ text }) => text));
    return classes
      .filter(({ folders: own, direction }) => {
        const isSaid = direction.kind === 'prompt' && said.has(direction.text);
        return !isSaid && !own.some((folder) => named.has(folder));
      })
      .map(({ name, direction }) => ({ set, name, direction }));
  });
}
