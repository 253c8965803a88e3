import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { ModelCard } from '../../shared/inspection';
import { isDefault, readReferences, resolveSource } from '../engine/settings';
import { defaultDictionary } from '../engine/studySettings';
import { catalogueChoices } from './catalogueChoices';
import { type ChoiceGroup, replacementChoices } from './choices';
import { misfitSentence } from './dictionaryRows';
import { type Misfit, misfit } from './fit';
import { listedSources } from './listed';
import { nameOf } from './names';
import { blockOf, parseReference } from './reference';
import type { SourceServices } from './sourceServices';

/** A model that the dictionary in use cannot be hooked into, and what to use instead. */
export interface Unfit {
  readonly title: string;
  /** Why. */
  readonly reason: string;
  readonly model: ModelCard;
  readonly groups: readonly ChoiceGroup[];
}

/** What to ask before `model` is used; null where the dictionary in use fits, or nobody can tell. */
export async function replaceUnfit(model: string, services: SourceServices): Promise<Unfit | null> {
  if (isDefault('dictionary')) return null;
  const { cards, extension, memory } = services;
  const references = readReferences();
  const card = await cards.get('model', resolveSource(extension, 'model', model));
  // A dictionary that cannot be read says so itself when it is used.
  const unfit = await misfitOf(references.dictionary, card, services).catch(() => null);
  if (unfit === null) return null;
  const chosen = memory.chosen('dictionary');
  const listed = listedSources('dictionary', references, chosen, vscode.workspace.isTrusted);
  const fitting = await Promise.all(
    listed.map(async ({ reference }) => ({
      reference,
      fits: (await misfitOf(reference, card, services).catch(() => 'unknown')) === null,
    })),
  );
  return {
    title: vscode.l10n.t(
      '{0} needs another dictionary than {1}',
      card.id,
      nameOf(references.dictionary, homedir()).label,
    ),
    reason: misfitSentence(unfit, card),
    model: card,
    groups: replacementChoices({
      fitting: fitting.filter(({ fits }) => fits).map(({ reference }) => reference),
      catalogue: catalogueChoices('dictionary', model),
      home: homedir(),
      defaultName: nameOf(defaultDictionary(model), homedir()).label,
    }),
  };
}

async function misfitOf(
  dictionary: string,
  model: ModelCard,
  { cards, extension }: SourceServices,
): Promise<Misfit | null> {
  const reference = parseReference(dictionary);
  if (reference.kind === 'own') {
    const { layer } = reference;
    return blockOf(layer, model.layers) === null ? { kind: 'layer', layer, layers: model.layers } : null;
  }
  const source = resolveSource(extension, 'dictionary', dictionary);
  return misfit(await cards.get('dictionary', source), model);
}
