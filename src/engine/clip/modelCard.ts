import type { ModelCard } from '../../shared/inspection';
import { type ElementType, isStored, type StoredTensor } from '../graph/value';
import type { ClipCheckpoint } from './architecture';

export interface ModelFacts
  extends Omit<ClipCheckpoint, 'path' | 'weightsFolder' | 'weightsFiles' | 'watched'> {
  /** As it was asked for. */
  readonly source: string;
  /** Those with the weights. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What a model is, for people. */
export function modelCard({
  id,
  source,
  format,
  image,
  text,
  embeddingSize,
  preprocessing,
  tokenizerFile,
  logitScale,
  logitBias,
  files,
  notes,
}: ModelFacts): ModelCard {
  const { family, resize, size, crop, filter, mean, std } = preprocessing;
  const weights = weightsOf({ image, text });
  return {
    kind: 'model',
    id,
    source,
    format,
    layers: image.layers,
    width: image.width,
    heads: image.heads,
    mlpWidth: image.mlpWidth,
    tokens: image.grid * image.grid + (image.cls === null ? 0 : 1),
    patch: image.patchSize,
    imageSize: image.imageSize,
    activation: image.activation,
    pooling: image.pooling.kind,
    preprocess: {
      family,
      resize,
      size,
      crop,
      interpolation: filter,
      mean: [...mean],
      std: [...std],
    },
    embedding: embeddingSize,
    context: text.contextLength,
    vocabulary: text.vocabulary,
    text: {
      layers: text.layers,
      width: text.width,
      heads: text.heads,
      activation: text.activation,
      causal: text.causal,
      pooling: text.pooling.kind,
    },
    tokenizer: tokenizerFile,
    precision: typesOf(weights),
    parameters: weights.reduce((sum, weight) => sum + elements(weight), 0),
    logitScale,
    logitBias,
    files: [...files],
    notes: [...notes],
  };
}

/** Types of the stored weights, those of most numbers first. */
function typesOf(weights: readonly StoredTensor[]): ElementType[] {
  const counts = new Map<ElementType, number>();
  for (const weight of weights) counts.set(weight.type, (counts.get(weight.type) ?? 0) + elements(weight));
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([type]) => type);
}

function elements({ shape }: StoredTensor): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** All tensors of the towers. */
function weightsOf(value: unknown): StoredTensor[] {
  if (typeof value !== 'object' || value === null) return [];
  return isStored(value) ? [value] : Object.values(value).flatMap(weightsOf);
}
