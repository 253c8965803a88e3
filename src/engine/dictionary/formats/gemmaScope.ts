import type { DictionaryRecord } from '../record';
import { type Place, recordOf, sharedWeights } from './place';
import { expectOnly, vector } from './source';

/**
 * GemmaScope's `params.npz` (arXiv:2408.05147, and the loader of SAELens): a JumpReLU that does not take b_dec off
 * its input. The file says nothing of where it was hooked.
 */
export async function readGemmaScope(place: Place): Promise<DictionaryRecord> {
  const { tensors } = place;
  expectOnly(tensors, ['W_enc', 'b_enc', 'W_dec', 'b_dec', 'threshold'], 'a JumpReLU SAE in params.npz');
  const weights = await sharedWeights(place);
  return recordOf(place, weights, {
    format: 'gemmascope',
    architecture: 'jumprelu',
    activation: { kind: 'jumprelu', thresholds: await vector(tensors, 'threshold', weights.size) },
    normalization: null,
    subtractsDecoderBias: false,
    hook: { point: null, layer: null, tokens: null },
  });
}
