import type { StudyRequest } from '../../shared/study';
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
