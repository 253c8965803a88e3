import { isAbsolute, join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { TokenSelection } from '../../shared/hook';
import type { StudyRequest } from '../../shared/study';
import { parseReference, type SourceKind } from '../models/reference';

/** The settings `clipsight.*` that say what is studied. */
export interface StudySettings {
  /** A folder or file, `bundled:<name>`, an id of the hub, or empty for the bundled default. */
  readonly model: string;
  /** The same, or `neurons:<layer>`, `heads:<layer>`, or empty for the model's default. */
  readonly dictionary: string;
  readonly layer: number | null;
  readonly tokens: '' | TokenSelection;
}

/** Where the settings are read. */
export interface StudySurroundings {
  /** The folder that holds the models and dictionaries that come with the extension. */
  readonly bundledFolder: string;
  /** What `~` stands for. */
  readonly home: string;
  readonly isTrusted: boolean;
}

export const bundledModels = ['emoji-clip', 'emoji-judge'] as const;
export const bundledDictionaries = ['sae-cls', 'sae-patches'] as const;

const defaultModel = 'bundled:emoji-clip';
/** Trained on the residual stream of emoji-clip, and meaningless for any other model. */
const defaultModelDictionary = 'bundled:sae-cls';
/**
 * Every model has neurons. Those of the last block but one are the latest that act through more than the pooled
 * token.
 */
const anyModelDictionary = 'neurons:-2';

const defaultSettings: StudySettings = { model: '', dictionary: '', layer: null, tokens: '' };

/** The model and the dictionary in use, as they are named in settings: never empty. */
export interface StudyReferences {
  readonly model: string;
  readonly dictionary: string;
}

/** What the settings choose. In a workspace that is not trusted it is always the bundled default. */
export function referencesInUse(settings: StudySettings, isTrusted: boolean): StudyReferences {
  const { model, dictionary } = isTrusted ? settings : defaultSettings;
  const modelInUse = model.trim() || defaultModel;
  return { model: modelInUse, dictionary: dictionary.trim() || defaultDictionary(modelInUse) };
}

/** What a model is studied with as long as nothing else is chosen. */
export function defaultDictionary(model: string): string {
  return model === defaultModel ? defaultModelDictionary : anyModelDictionary;
}

/**
 * What the settings ask to study. In a workspace that is not trusted it is always the bundled default, whatever
 * the settings say: no file of the user's choosing is loaded there.
 *
 * @throws ClipsightError 'configuration' for a path that is neither absolute nor begins with `~`, and for an
 *   unknown bundled name.
 */
export function resolveStudy(settings: StudySettings, surroundings: StudySurroundings): StudyRequest {
  const { model, dictionary } = referencesInUse(settings, surroundings.isTrusted);
  const { layer, tokens } = surroundings.isTrusted ? settings : defaultSettings;
  return {
    model: resolveReference('model', model, surroundings),
    dictionary: resolveReference('dictionary', dictionary, surroundings),
    ...(layer === null ? {} : { layer }),
    ...(tokens === '' ? {} : { tokens }),
  };
}

/** Whether the settings ask for something that a workspace without trust does not get. */
export function isRestricted(
  { model, dictionary, layer, tokens }: StudySettings,
  isTrusted: boolean,
): boolean {
  return !isTrusted && (model.trim() !== '' || dictionary.trim() !== '' || layer !== null || tokens !== '');
}

/**
 * A model or dictionary as the engine takes it: an absolute path, an id of the hub, or the model's own units.
 * @param setting that says so, for people
 * @throws ClipsightError 'configuration'
 */
export function resolveReference(
  kind: SourceKind,
  value: string,
  { bundledFolder, home }: Pick<StudySurroundings, 'bundledFolder' | 'home'>,
  setting = `clipsight.${kind}`,
): string {
  const reference = parseReference(value);
  switch (reference.kind) {
    case 'bundled': {
      const bundled: readonly string[] = kind === 'model' ? bundledModels : bundledDictionaries;
      if (bundled.includes(reference.name)) return join(bundledFolder, reference.name);
      throw new ClipsightError(
        'configuration',
        `The setting ${setting} is “${value}”, but nothing of that name comes with Clipsight.`,
        `Use ${bundled.map((known) => `bundled:${known}`).join(' or ')}, or the path of a folder.`,
      );
    }
    case 'own':
      if (kind === 'dictionary') return value.trim();
      throw new ClipsightError(
        'configuration',
        `The setting ${setting} is “${value}”, which is a dictionary and no model.`,
        'Write it into clipsight.dictionary.',
      );
    case 'hub':
      return value.trim();
    case 'path':
      return expandPath(setting, reference.path, home);
  }
}

/**
 * An absolute path, where `~` is the home folder. Relative ones are refused: the settings are the machine's, so
 * there is no folder that they could be relative to.
 */
export function expandPath(setting: string, value: string, home: string): string {
  if (value === '~' || /^~[\\/]/.test(value)) return join(home, value.slice(1));
  if (isAbsolute(value)) return value;
  throw new ClipsightError(
    'configuration',
    `The setting ${setting} is “${value}”, which is not an absolute path.`,
    'Write the whole path, or begin it with ~ for your home folder.',
  );
}
