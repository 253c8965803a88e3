import { l10n } from 'vscode';
import type { HookPoint, TokenSelection } from '../../shared/hook';
import type { DictionaryCard, DictionaryFormat, ModelCard } from '../../shared/inspection';
import { count } from './amounts';
import { filesRow, noteRows } from './fileRows';
import { type Misfit, misfit } from './fit';
import { blockOf, type OwnUnit } from './reference';
import type { Row } from './row';
import { selfTestRow } from './selfTestRow';

/**
 * What a dictionary is, in lines that a person can take in at a glance.
 * @param model the model in use, if it is known: a dictionary that does not fit it says so first
 */
export function dictionaryRows(card: DictionaryCard, model: ModelCard | null): Row[] {
  const unfit = model === null ? null : misfit(card, model);
  return [
    ...(model === null || unfit === null ? [] : [misfitRow(unfit, model)]),
    architectureRow(card),
    {
      id: 'decomposes',
      label: l10n.t('Decomposes'),
      description: hookName(card),
      details: [l10n.t('Vectors of {0} numbers: {1}.', count(card.input), hookName(card))],
    },
    ...(card.k === null
      ? []
      : [
          {
            id: 'k',
            label: l10n.t('Active at most'),
            description: l10n.t('k = {0} latents of a token', count(card.k)),
          },
        ]),
    { id: 'normalize', label: l10n.t('Normalisation'), description: card.normalize },
    { id: 'model', label: l10n.t('Trained on'), description: card.model ?? l10n.t('not said in the file') },
    ...(card.precision.length === 0
      ? []
      : [{ id: 'precision', label: l10n.t('Precision'), description: card.precision.join(', ') }]),
    ...filesRow(card.files, dictionaryFormats[card.format]),
    ...noteRows(card.notes),
  ];
}

/** The same of a model's own neurons or heads, for which there is no file: the model's card tells. */
export function ownDictionaryRows(unit: OwnUnit, layer: number, model: ModelCard): Row[] {
  const block = blockOf(layer, model.layers);
  if (block === null) return [misfitRow({ kind: 'layer', layer, layers: model.layers }, model)];
  const [size, point] = unit === 'neurons' ? [model.mlpWidth, 'neurons'] : [model.heads, 'heads'];
  return [
    selfTestRow({ kind: 'done', test: null }),
    {
      id: 'architecture',
      label: l10n.t('Architecture'),
      description:
        unit === 'neurons' ? l10n.t('{0} neurons', count(size)) : l10n.t('{0} attention heads', count(size)),
      details: [l10n.t('The units of {0} itself: nothing is trained.', model.id)],
    },
    {
      id: 'decomposes',
      label: l10n.t('Decomposes'),
      description: l10n.t('{0}, block {1} of 0–{2}', points()[point as HookPoint], block, model.layers - 1),
    },
  ];
}

/** Names the row that says that a dictionary cannot be used. */
export const misfitId = 'misfit';

export function misfitSentence(unfit: Misfit, model: ModelCard): string {
  switch (unfit.kind) {
    case 'width':
      return l10n.t(
        'Does not fit {0}: it reads vectors of {1} numbers, and there they have {2}.',
        model.id,
        count(unfit.reads),
        count(unfit.has),
      );
    case 'layer':
      return l10n.t(
        'Does not fit {0}: there is no block {1}, only 0 to {2}.',
        model.id,
        unfit.layer,
        unfit.layers - 1,
      );
  }
}

function misfitRow(unfit: Misfit, model: ModelCard): Row {
  const sentence = misfitSentence(unfit, model);
  return { id: misfitId, label: sentence, details: [sentence], tone: 'warning' };
}

function architectureRow({ architecture, size, input, subtractsDecoderBias }: DictionaryCard): Row {
  return {
    id: 'architecture',
    label: l10n.t('Architecture'),
    description: l10n.t('{0}, {1} latents', architecture, count(size)),
    details: [
      l10n.t('{0} latents for vectors of {1} numbers.', count(size), count(input)),
      decoderBias(subtractsDecoderBias),
    ],
  };
}

function decoderBias(subtracts: boolean | null): string {
  if (subtracts === null) {
    return l10n.t(
      'The file does not say whether the decoder’s bias is taken off the input: the self-test decides.',
    );
  }
  return subtracts
    ? l10n.t('The decoder’s bias is taken off the input.')
    : l10n.t('The decoder’s bias is not taken off the input.');
}

/** What a dictionary decomposes, and where; null is what its file does not say. */
export function hookName({
  point,
  layer,
  tokens,
}: Pick<DictionaryCard, 'point' | 'layer' | 'tokens'>): string {
  const what = points()[point];
  if (point === 'embedding') return what;
  const block = layer === null ? l10n.t('block not said') : l10n.t('block {0}', layer);
  return [what, block, ...(tokens === null ? [] : [tokenNames()[tokens]])].join(', ');
}

function points(): Readonly<Record<HookPoint, string>> {
  return {
    resid_post: l10n.t('residual stream'),
    mlp_out: l10n.t('MLP output'),
    attn_out: l10n.t('attention output'),
    neurons: l10n.t('MLP neurons'),
    heads: l10n.t('attention heads'),
    embedding: l10n.t('image embedding'),
  };
}

function tokenNames(): Readonly<Record<TokenSelection, string>> {
  return {
    cls: l10n.t('CLS token'),
    patches: l10n.t('patch tokens'),
    all: l10n.t('all tokens'),
  };
}

const dictionaryFormats: Readonly<Record<DictionaryFormat, string>> = {
  clipsight: 'Clipsight',
  'attributing-clip': 'attributing-clip',
  prisma: 'ViT-Prisma',
  patchsae: 'PatchSAE',
  saev: 'saev',
  dictionary_learning: 'dictionary_learning',
  msae: 'MSAE',
  saelens: 'SAELens',
  sparsify: 'sparsify',
  gemmascope: 'Gemma Scope',
  neurons: 'neurons',
  heads: 'heads',
};
