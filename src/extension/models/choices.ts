import { l10n } from 'vscode';
import { nameOf } from './names';
import type { SourceNode } from './nodes';
import type { OwnUnit, SourceKind } from './reference';

/** What a person picked, before it is known which model or dictionary that is. */
export type SourcePick =
  | { readonly kind: 'reference'; readonly reference: string }
  /** Whatever the setting means when it is empty. */
  | { readonly kind: 'default' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'file' }
  /** An id of the hub, still to be typed; `start` is known of it. */
  | { readonly kind: 'hub'; readonly start: string }
  | { readonly kind: 'units'; readonly unit: OwnUnit };

export interface Choice {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly pick: SourcePick;
}

export interface ChoiceGroup {
  readonly heading: string;
  readonly choices: readonly Choice[];
}

/** A model or dictionary on the hub that Clipsight knows of. */
export interface CatalogueChoice {
  readonly reference: string;
  readonly description: string;
  /** Whether it was made for the model in use. */
  readonly fits: boolean;
  /** Whether it is a repository of several, one of which must be named. */
  readonly several: boolean;
}

export interface OfferedSources {
  readonly kind: SourceKind;
  readonly listed: readonly SourceNode[];
  readonly catalogue: readonly CatalogueChoice[];
  /** What `~` stands for. */
  readonly home: string;
  /** What the default is now. */
  readonly defaultName: string;
}

/** All that can be picked to be used, in groups; empty ones are left out. */
export function useChoices(offered: OfferedSources): readonly ChoiceGroup[] {
  const { listed, home, defaultName } = offered;
  const ofKind = (chosen: (node: SourceNode) => boolean) =>
    listed.filter((node) => chosen(node)).map(({ reference }) => referenceChoice(reference, home));
  const isOwn = ({ reference }: SourceNode) => /^(neurons|heads):/.test(reference);
  return withoutEmpty([
    { heading: l10n.t('in use'), choices: ofKind(({ inUse }) => inUse) },
    {
      heading: l10n.t('comes with Clipsight'),
      choices: [
        { label: l10n.t('Default'), description: defaultName, pick: { kind: 'default' } },
        ...ofKind((node) => !node.inUse && !node.removable && !isOwn(node)),
      ],
    },
    { heading: l10n.t('the model’s own units'), choices: unitChoices(offered.kind) },
    { heading: l10n.t('another'), choices: otherChoices() },
    // What may be long comes last: nothing is to be looked for below it.
    { heading: l10n.t('chosen before'), choices: ofKind(({ inUse, removable }) => !inUse && removable) },
    ...catalogueGroups(offered),
  ]);
}

/** What can be put on the list: all that is not on it yet. */
export function addChoices(offered: OfferedSources): readonly ChoiceGroup[] {
  return withoutEmpty([
    { heading: l10n.t('on this machine, or on the hub'), choices: otherChoices() },
    ...catalogueGroups(offered),
    { heading: l10n.t('the model’s own units'), choices: unitChoices(offered.kind) },
  ]);
}

export interface Replacements extends Pick<OfferedSources, 'catalogue' | 'home' | 'defaultName'> {
  /** Dictionaries of the list that can be hooked into the new model. */
  readonly fitting: readonly string[];
}

/** What can take the place of a dictionary that does not fit a new model. */
export function replacementChoices(replacements: Replacements): readonly ChoiceGroup[] {
  const { fitting, catalogue, home, defaultName } = replacements;
  return withoutEmpty([
    {
      heading: l10n.t('fits'),
      choices: [
        { label: l10n.t('Default'), description: defaultName, pick: { kind: 'default' } },
        ...fitting.map((reference) => referenceChoice(reference, home)),
      ],
    },
    {
      heading: l10n.t('on the Hugging Face hub, for this model'),
      choices: catalogue.filter(({ fits }) => fits).map(catalogueChoice),
    },
    { heading: l10n.t('the model’s own units'), choices: unitChoices('dictionary') },
    { heading: l10n.t('another'), choices: otherChoices() },
  ]);
}

/** Names that files of weights end with. */
export const weightEndings = ['safetensors', 'pt', 'bin', 'ckpt', 'pth', 'npz', 'pkl', 'gz'] as const;

function catalogueGroups({ kind, catalogue, listed }: OfferedSources): readonly ChoiceGroup[] {
  const known = new Set(listed.map(({ reference }) => reference));
  const news = catalogue.filter(({ reference }) => !known.has(reference));
  const choices = (fits: boolean) => news.filter((entry) => entry.fits === fits).map(catalogueChoice);
  if (kind === 'model')
    return [{ heading: l10n.t('on the Hugging Face hub'), choices: news.map(catalogueChoice) }];
  return [
    { heading: l10n.t('on the Hugging Face hub, for the model in use'), choices: choices(true) },
    { heading: l10n.t('on the Hugging Face hub, for other models'), choices: choices(false) },
  ];
}

function catalogueChoice({ reference, description, several }: CatalogueChoice): Choice {
  return {
    label: several ? `${reference}/…` : reference,
    detail: description,
    pick: several ? { kind: 'hub', start: `${reference}/` } : { kind: 'reference', reference },
  };
}

/** What is known by its name. */
export function referenceChoice(reference: string, home: string): Choice {
  const { label, origin } = nameOf(reference, home);
  return { label, description: origin, pick: { kind: 'reference', reference } };
}

function unitChoices(kind: SourceKind): readonly Choice[] {
  switch (kind) {
    case 'model':
      return [];
    case 'dictionary':
      return [
        { label: l10n.t('Neurons of a block…'), pick: { kind: 'units', unit: 'neurons' } },
        { label: l10n.t('Attention heads of a block…'), pick: { kind: 'units', unit: 'heads' } },
      ];
  }
}

/** A model or dictionary that is not on the list. */
export function otherChoices(): readonly Choice[] {
  return [
    { label: l10n.t('Choose a folder…'), pick: { kind: 'folder' } },
    { label: l10n.t('Choose a file…'), description: weightEndings.join(', '), pick: { kind: 'file' } },
    {
      label: l10n.t('From the Hugging Face hub…'),
      description: 'owner/name',
      pick: { kind: 'hub', start: '' },
    },
  ];
}

function withoutEmpty(groups: readonly ChoiceGroup[]): readonly ChoiceGroup[] {
  return groups.filter(({ choices }) => choices.length > 0);
}
