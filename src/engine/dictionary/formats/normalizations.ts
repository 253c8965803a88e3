import type { Normalization } from '../record';

export const layerNorm: Normalization = { kind: 'layer_norm', epsilon: 1e-5 };

/** What most projects call what they do to the input by the same names. */
export const namedNormalizations: ReadonlyMap<unknown, readonly Normalization[]> = new Map([
  ['none', []],
  ['layer_norm', [layerNorm]],
  ['constant_norm_rescale', [{ kind: 'constant_norm_rescale' }]],
]);
