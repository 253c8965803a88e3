import { ClipsightError } from '../../shared/errors';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import { bundledDictionary, bundledModel } from './bundled';
import type { StudyChoice } from './options';
import { sourceOf } from './source';

export function studyOf({ model, dictionary, layer, tokens, acceptPoor }: StudyChoice): StudyRequest {
  return {
    model: sourceOf(model ?? bundledModel),
    dictionary: dictionaryOf(model, dictionary),
    ...(acceptPoor ? { acceptPoor } : {}),
    ...(layer === null ? {} : { layer }),
    ...(tokens === null ? {} : { tokens }),
  };
}

function dictionaryOf(model: string | null, dictionary: string | null): string {
  if (dictionary === null) return model === null ? bundledDictionary : 'neurons:-2';
  return sourceOf(dictionary);
}

/** Numbers of several calls must be of one study. Throws ClipsightError `checkpoint`. */
export function demandOneStudy([first, ...others]: readonly StudyInfo[]): void {
  if (first === undefined || others.every(({ key }) => key === first.key)) return;
  throw new ClipsightError(
    'checkpoint',
    `${first.model.id} or ${first.dictionary.id} changed on disk while it was in use.`,
    'Run it again when the files are complete.',
  );
}
