import type { ModelInfo } from './study';

/**
 * What a model makes of the similarities of one image with several prompts, each from 0 to 1: CLIP was trained to
 * choose among prompts and gives each its share of all, SigLIP to judge pairs and gives each prompt a probability of
 * its own.
 */
export type Confidence = 'share' | 'probability';

/** What decides it: `logitBias` is null for CLIP. */
export type LogitScaling = Pick<ModelInfo, 'logitScale' | 'logitBias'>;

export function confidenceOf({ logitBias }: LogitScaling): Confidence {
  return logitBias === null ? 'share' : 'probability';
}

/** Of each prompt its share, softmax(logitScale·y), or its probability, sigmoid(logitScale·y + logitBias). In order. */
export function promptConfidences(
  similarities: readonly number[],
  { logitScale, logitBias }: LogitScaling,
): number[] {
  if (logitBias !== null) return similarities.map((y) => 1 / (1 + Math.exp(-(logitScale * y + logitBias))));
  const top = Math.max(...similarities);
  const exponentials = similarities.map((y) => Math.exp(logitScale * (y - top)));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}
