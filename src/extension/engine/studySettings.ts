import { isAbsolute, join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { TokenSelection } from '../../shared/hook';
import type { StudyRequest } from '../../shared/study';

/** The settings `clipsight.*` that say what is studied. */
export interface StudySettings {
  /** A folder, `bundled:<name>`, or empty for the bundled default. */
  readonly model: string;
  /** A folder, `bundled:<name>`, `neurons:<layer>`, or empty for the model's default. */
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

/**
 * What the settings ask to study. In a workspace that is not trusted it is always the bundled default, whatever
 * the settings say: no file of the user's choosing is loaded there.
 *
 * @throws ClipsightError 'configuration' for a path that is neither absolute nor begins with `~`, and for an
 *   unknown bundled name.
 */
export function resolveStudy(settings: StudySettings, surroundings: StudySurroundings): StudyRequest {
  const { model, dictionary, layer, tokens } = surroundings.isTrusted ? settings : defaultSettings;
  const modelValue = model.trim() || defaultModel;
  const dictionaryValue =
    dictionary.trim() || (modelValue === defaultModel ? defaultModelDictionary : anyModelDictionary);
  return {
    model: resolveFolder('clipsight.model', modelValue, bundledModels, surroundings),
    dictionary: dictionaryValue.startsWith('neurons:')
      ? dictionaryValue
      : resolveFolder('clipsight.dictionary', dictionaryValue, bundledDictionaries, surroundings),
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

function resolveFolder(
  setting: string,
  value: string,
  bundled: readonly string[],
  { bundledFolder, home }: StudySurroundings,
): string {
  if (value.startsWith('bundled:')) {
    const name = value.slice('bundled:'.length);
    if (bundled.includes(name)) return join(bundledFolder, name);
    throw new ClipsightError(
      'configuration',
      `The setting ${setting} is “${value}”, but nothing of that name comes with Clipsight.`,
      `Use ${bundled.map((known) => `bundled:${known}`).join(' or ')}, or the path of a folder.`,
    );
  }
  return expandPath(setting, value, home);
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
