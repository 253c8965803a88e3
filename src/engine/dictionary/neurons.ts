import type { DictionaryInfo } from '../../shared/study';
import type { ClipCheckpoint } from '../clip/architecture';
import type { Hook } from '../clip/hook';
import type { TokenSpan } from '../clip/tokens';
import { toCodes } from './codes';
import { openDecoder } from './decoder';
import type { Dictionary } from './dictionary';

/**
 * The MLP neurons of a block as a dictionary that needs no file: z is the activation after the non-linearity,
 * W_dec the columns of the block's second MLP weight. What they write goes straight into the residual stream after
 * the block, so ∂y/∂z_j = ⟨W_dec[j], ∂y/∂x⟩ there as for any dictionary, and there is no error term.
 */
export function openNeurons(
  checkpoint: ClipCheckpoint,
  info: DictionaryInfo,
  hook: Hook,
  span: TokenSpan,
  threads: number | undefined,
): Dictionary {
  const weight = checkpoint.image.blocks[hook.layer]!.fc2.weight;
  const decoder = openDecoder({ stored: weight, transposed: true }, null, {
    folder: checkpoint.weightsFolder,
    threads,
  });
  const selected = span.end - span.start;
  const size = info.size;
  const places = Int32Array.from({ length: selected * size }, (_, n) => n);
  const tokens = places.map((n) => Math.floor(n / size));
  const latents = places.map((n) => n % size);
  return {
    info,
    fingerprint: 'neurons',
    hook,
    componentSize: 1,
    watched: [],
    notes: [],
    async encode(read) {
      return Array.from({ length: read.images }, (_, image) => {
        const start = (image * read.tokens + span.start) * size;
        return toCodes(
          { tokens, latents, values: read.data.subarray(start, start + places.length) },
          selected,
          size,
        );
      });
    },
    decoderRows: (wanted) => decoder.rows(wanted),
    release: () => decoder.release(),
  };
}
