import type { DictionaryCard } from '../../shared/inspection';
import { isThere } from '../checkpoint/fileIdentity';
import type { DictionaryRecord, Normalization } from './record';

/** What a dictionary is, as its files say it. */
export function dictionaryCard(record: DictionaryRecord): DictionaryCard {
  const { hook, activation, subtractsDecoderBias, encoder, decoder } = record;
  const types = [encoder.weight.stored.type, decoder.weight.stored.type];
  return {
    kind: 'dictionary',
    id: record.id,
    source: record.source,
    format: record.format,
    architecture: record.architecture,
    size: record.size,
    input: record.width,
    point: hook.point,
    layer: hook.layer,
    tokens: hook.tokens,
    k: activation.kind === 'topk' || activation.kind === 'groupmax' ? activation.k : null,
    normalize: record.normalization.length === 0 ? 'none' : record.normalization.map(nameOf).join(', then '),
    subtractsDecoderBias: subtractsDecoderBias === 'undecided' ? null : subtractsDecoderBias,
    model: record.trainedOn,
    precision: [...new Set(types)],
    files: record.watched.filter(isThere).map(({ path, size }) => ({ path, size })),
    notes: [...record.notes],
  };
}

function nameOf(step: Normalization): string {
  switch (step.kind) {
    case 'layer_norm':
    case 'constant_norm_rescale':
      return step.kind;
    case 'affine':
      return `${step.mean === null ? '' : 'centred and '}scaled by ${Number(step.scale.toPrecision(6))}`;
  }
}
