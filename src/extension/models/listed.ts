import { bundledDictionaries, bundledModels, type StudyReferences } from '../engine/studySettings';
import type { SourceNode } from './nodes';
import type { SourceKind } from './reference';

/** What every model can be decomposed into: later blocks act through fewer steps, and say more of the score. */
const ownDictionaries = ['neurons:-2', 'heads:-1'];

/** What a list starts with, whatever the person chose. */
export function givenSources(kind: SourceKind): readonly string[] {
  switch (kind) {
    case 'model':
      return bundledModels.map((name) => `bundled:${name}`);
    case 'dictionary':
      return [...bundledDictionaries.map((name) => `bundled:${name}`), ...ownDictionaries];
  }
}

/**
 * The models or dictionaries to list: those given, then those the person chose, each once. What is in use is listed
 * wherever it comes from. In a workspace without trust nothing that the person chose is.
 */
export function listedSources(
  kind: SourceKind,
  inUse: StudyReferences,
  chosen: readonly string[],
  isTrusted: boolean,
): readonly SourceNode[] {
  const given = givenSources(kind);
  const others = isTrusted ? chosen.filter((reference) => !given.includes(reference)) : [];
  return [...new Set([...given, ...others, inUse[kind]])].map((reference) => ({
    kind: 'source',
    of: kind,
    reference,
    inUse: reference === inUse[kind],
    removable: others.includes(reference),
  }));
}
