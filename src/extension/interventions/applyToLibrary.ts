import * as vscode from 'vscode';
import { classesOfFolders } from '../../shared/classFolders';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import type { LibraryIntervention, LibraryInterventionRequest } from '../../shared/libraryIntervention';
import type { CallOptions, Remote } from '../../shared/rpc/protocol';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';

export interface AppliedTo {
  readonly engine: () => Pick<Remote<EngineProtocol>, 'classFolders' | 'interveneLibrary'>;
  readonly library: Pick<WorkspaceLibrary, 'indexedSubject' | 'answeredFor'>;
  /** Prompt for a class, with {} for its name. */
  readonly classTemplate: () => string;
  /** Classes where the library has no class folders to speak of. */
  readonly prompts: () => readonly string[];
}

export interface Applied {
  /** Names, in the order of the outcome's classes. */
  readonly classes: string[];
  readonly outcome: LibraryIntervention;
}

/** Images that change class that are listed. */
const most = 200;

/**
 * What an intervention does to the images of the library.
 * @param study AnalysisKey of the study whose components are changed
 * @throws ClipsightError 'library' where there is nothing to apply it to, and as the engine does
 */
export async function applyToLibrary(
  { engine, library, classTemplate, prompts }: AppliedTo,
  intervention: Intervention,
  study: string,
  options: CallOptions,
): Promise<Applied> {
  const template = demandTemplate(classTemplate());
  const subject = await library.indexedSubject();
  if (subject.study !== study) throw ofAnother();
  const { key, folders } = await engine().classFolders(subject.request, options);
  const classes = classesOf(
    folders.map(({ name }) => name),
    template,
    prompts(),
  );
  const outcome = await engine().interveneLibrary(
    { ...subject.request, intervention, classes, most },
    options,
  );
  const answered = [key, outcome.grounds.key].find((one) => one !== study);
  if (answered !== undefined) {
    library.answeredFor(answered);
    throw ofAnother();
  }
  return { classes: classes.map(({ name }) => name), outcome };
}

function classesOf(
  folders: readonly string[],
  template: string,
  prompts: readonly string[],
): LibraryInterventionRequest['classes'] {
  const ofFolders = classesOfFolders(folders, template);
  if (ofFolders.length > 1) return ofFolders;
  if (prompts.length > 1) {
    return prompts.map((text) => ({ name: text, direction: { kind: 'prompt', text }, folders: [] }));
  }
  throw new ClipsightError(
    'library',
    vscode.l10n.t('The indexed images lie in fewer than two class folders, and there are no two prompts.'),
    vscode.l10n.t('Add a prompt to tell the images apart by, or sort them into folders.'),
  );
}

function demandTemplate(template: string): string {
  if (template.includes('{}')) return template;
  throw new ClipsightError(
    'configuration',
    vscode.l10n.t('The setting clipsight.classTemplate, “{0}”, has no {} for the name of a class.', template),
    vscode.l10n.t('Write {} where the name belongs.'),
  );
}

function ofAnother(): ClipsightError {
  return new ClipsightError(
    'library',
    vscode.l10n.t(
      'The library is read for another model or dictionary than the one whose components these are.',
    ),
    vscode.l10n.t('Wait until the panel is computed anew, and try again.'),
  );
}
