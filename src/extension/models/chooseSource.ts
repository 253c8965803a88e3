import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import type { ModelCard } from '../../shared/inspection';
import { readReferences, resolveSource, writeReference } from '../engine/settings';
import { defaultDictionary } from '../engine/studySettings';
import { catalogueChoices } from './catalogueChoices';
import { addChoices, type ChoiceGroup, type OfferedSources, useChoices } from './choices';
import { misfitSentence } from './dictionaryRows';
import { ensureHere } from './ensureHere';
import { misfit } from './fit';
import { givenSources, listedSources } from './listed';
import { nameOf } from './names';
import { completePick, pickSource } from './pickSource';
import { parseReference, type SourceKind } from './reference';
import { replaceUnfit } from './replaceUnfit';
import type { SourceServices } from './sourceServices';

/** Asks for a model or dictionary, and uses it. */
export async function chooseSource(kind: SourceKind, services: SourceServices): Promise<void> {
  const reference = await askForSource(kind, services, titleOf(kind));
  if (reference !== undefined) await useSource(kind, reference, services);
}

/** Asks for a model or dictionary, as a setting names it: empty for the default. Undefined when the person leaves. */
export async function askForSource(
  kind: SourceKind,
  services: SourceServices,
  title: string,
): Promise<string | undefined> {
  return ask(kind, useChoices(await offeredSources(kind, services)), services, title);
}

/** Asks for a model or dictionary, and puts it on the list. Undefined when the person leaves. */
export async function addSource(kind: SourceKind, services: SourceServices): Promise<string | undefined> {
  demandTrust();
  const title = kind === 'model' ? vscode.l10n.t('Add a model') : vscode.l10n.t('Add a dictionary');
  const offered = await offeredSources(kind, services);
  const reference = await ask(kind, addChoices(offered), services, title);
  if (reference !== undefined) await remember(kind, reference, services);
  return reference;
}

/**
 * Writes the setting, once it is known that the thing is here, can be read, and fits. A new model that the
 * dictionary in use does not fit asks for another dictionary first.
 * @param reference as in settings; empty for the default
 */
export async function useSource(
  kind: SourceKind,
  reference: string,
  services: SourceServices,
): Promise<void> {
  demandTrust();
  if (!(await isReady(kind, reference, services))) return;
  if (kind === 'model') {
    const dictionary = await dictionaryFor(reference, services);
    if (dictionary === undefined) return;
    if (dictionary !== null) {
      await remember('dictionary', dictionary, services);
      await writeReference('dictionary', dictionary);
    }
  } else {
    await demandFit(reference, services);
  }
  await remember(kind, reference, services);
  await writeReference(kind, reference);
}

/** What is given with the extension is ready, and so are a model's own units. */
async function isReady(kind: SourceKind, reference: string, services: SourceServices): Promise<boolean> {
  if (reference === '' || givenSources(kind).includes(reference)) return true;
  const source = resolveSource(services.extension, kind, reference);
  if (parseReference(reference).kind === 'own') return true;
  return ensureHere({ kind, source }, services.cards, services.engine);
}

/** What to study a new model with: null for the dictionary in use, undefined when the person leaves. */
async function dictionaryFor(model: string, services: SourceServices): Promise<string | null | undefined> {
  const unfit = await replaceUnfit(model || givenSources('model')[0]!, services);
  if (unfit === null) return null;
  const pick = await pickSource(unfit.title, unfit.reason, unfit.groups);
  const picked = pick && (await completePick(pick, 'dictionary', async () => unfit.model));
  if (picked === undefined || picked === '') return picked;
  return (await isReady('dictionary', picked, services)) ? picked : undefined;
}

async function demandFit(dictionary: string, services: SourceServices): Promise<void> {
  const { cards, extension } = services;
  if (dictionary === '' || parseReference(dictionary).kind === 'own') return;
  const model = await modelInUse(services).catch(() => null);
  if (model === null) return;
  const unfit = misfit(
    await cards.get('dictionary', resolveSource(extension, 'dictionary', dictionary)),
    model,
  );
  if (unfit === null) return;
  throw new ClipsightError(
    'dictionary',
    `${nameOf(dictionary, homedir()).label}: ${misfitSentence(unfit, model)}`,
    vscode.l10n.t('Choose the model that it was trained on first.'),
  );
}

async function ask(
  kind: SourceKind,
  groups: readonly ChoiceGroup[],
  services: SourceServices,
  title: string,
): Promise<string | undefined> {
  const now = nameOf(readReferences()[kind], homedir()).label;
  const pick = await pickSource(title, vscode.l10n.t('Now: {0}', now), groups);
  return pick === undefined ? undefined : completePick(pick, kind, () => modelInUse(services));
}

async function offeredSources(kind: SourceKind, services: SourceServices): Promise<OfferedSources> {
  const references = readReferences();
  const chosen = services.memory.chosen(kind);
  const standard = kind === 'model' ? givenSources('model')[0]! : defaultDictionary(references.model);
  return {
    kind,
    listed: listedSources(kind, references, chosen, vscode.workspace.isTrusted),
    catalogue: catalogueChoices(kind, references.model),
    home: homedir(),
    defaultName: nameOf(standard, homedir()).label,
  };
}

function modelInUse({ cards, extension }: SourceServices): Promise<ModelCard> {
  return cards.get('model', resolveSource(extension, 'model', readReferences().model));
}

async function remember(kind: SourceKind, reference: string, { memory }: SourceServices): Promise<void> {
  if (reference !== '' && !givenSources(kind).includes(reference)) await memory.add(kind, reference);
}

function titleOf(kind: SourceKind): string {
  switch (kind) {
    case 'model':
      return vscode.l10n.t('Model to study');
    case 'dictionary':
      return vscode.l10n.t('Dictionary that names the components');
  }
}

function demandTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ClipsightError(
    'configuration',
    vscode.l10n.t('This workspace is not trusted: only what comes with Clipsight is used here.'),
    vscode.l10n.t('Trust the workspace to choose models and dictionaries.'),
  );
}
