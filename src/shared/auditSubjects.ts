import type { AuditedImages, AuditSubject } from './audit';
import type { Direction } from './direction';
import { foldersNamed } from './folderNames';

/** A prompt that is to be audited. */
export interface AuditPrompt {
  /** What it says, for the judge. */
  readonly text: string;
  /** What people call it; `text` where it is left out. */
  readonly name?: string;
  /** What is scored; the prompt `text` where it is left out. */
  readonly direction?: Direction;
  /** Where class folders are looked for by name; `text` where it is left out. Of a class, its name without a template. */
  readonly names?: string;
  /** Images that a person assigned, absolute paths. They go before folders. */
  readonly files?: readonly string[];
  /** Class folders that a person assigned: paths as the library has them, or the last parts of them. */
  readonly folders?: readonly string[];
  readonly expected?: readonly string[];
  /** `promptSet` where it is left out. */
  readonly set?: string;
  readonly beside?: number | null;
}

/** The set of those that are in no other. */
export const promptSet = 'prompts';

/** Images of a subject that names no folder. */
export const defaultMatches = 50;

/**
 * The subjects of an audit, one per prompt, in order: each with the images that were assigned to it, else those of the
 * class folders that it names, else the library's best matches.
 *
 * @param folders class folders of the library, as it names them
 */
export function auditSubjects(
  prompts: readonly AuditPrompt[],
  folders: readonly string[],
  { most = defaultMatches }: { readonly most?: number } = {},
): AuditSubject[] {
  return prompts.map((prompt) => {
    const { text, name = text, direction = { kind: 'prompt', text } } = prompt;
    return {
      name,
      direction,
      text,
      set: prompt.set ?? promptSet,
      images: imagesOf(prompt, folders, most),
      expected: [...(prompt.expected ?? [])],
      beside: prompt.beside ?? null,
    };
  });
}

function imagesOf(prompt: AuditPrompt, folders: readonly string[], most: number): AuditedImages {
  if (prompt.files !== undefined && prompt.files.length > 0) {
    return { kind: 'files', paths: [...prompt.files] };
  }
  if (prompt.folders !== undefined && prompt.folders.length > 0) {
    const assigned = prompt.folders.flatMap((folder) => assignedFolders(folder, folders));
    return { kind: 'folders', folders: [...new Set(assigned)] };
  }
  const named = foldersNamed(prompt.names ?? prompt.text, folders);
  if (named.length > 0) return { kind: 'folders', folders: [...named] };
  return { kind: 'matches', most };
}

/** What is there under that path, else what ends with it; itself where nothing does, and the engine says that it has no images. */
function assignedFolders(asked: string, folders: readonly string[]): readonly string[] {
  const path = asked
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+(?=.)/, '')
    .replace(/(?<=.)\/+$/, '');
  if (folders.includes(path)) return [path];
  const ending = folders.filter((folder) => folder.endsWith(`/${path}`));
  if (ending.length > 0) return ending;
  const beneath = folders.filter((folder) => folder.startsWith(`${path}/`));
  return beneath.length > 0 ? beneath : [path];
}
