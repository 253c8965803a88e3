import type { DictionaryInfo } from '../../shared/study';
import type { Affine, ClipCheckpoint } from '../clip/architecture';
import { type Hook, hookShape } from '../clip/hook';
import { tokenSpan } from '../clip/tokens';
import type { StoredTensor } from '../graph/value';
import { denseCodes } from './codes';
import { openDecoder } from './decoder';
import type { Dictionary } from './dictionary';

export interface BlockLatents {
  readonly info: DictionaryInfo;
  readonly hook: Hook & { readonly point: 'neurons' | 'heads' };
  readonly componentSize: number;
  /** What carries the latents into the stream, and the LayerScale on it. */
  readonly out: Affine;
  readonly scale: StoredTensor | null;
}

/**
 * Numbers that a block computes anyway as a dictionary that needs no file: z is what its last weight is applied to,
 * W_dec the columns of that weight. What they write goes straight into the residual stream, so ∂y/∂z_j =
 * ⟨W_dec[j], ∂y/∂x⟩ there as for any dictionary, and there is no error term.
 */
export function openBlockLatents(
  checkpoint: Pick<ClipCheckpoint, 'id' | 'image' | 'weightsFolder'>,
  { info, hook, componentSize, out, scale }: BlockLatents,
  threads: number | undefined,
): Dictionary {
  const axis = out.transposed === true ? 0 : 1;
  const decoder = openDecoder(out.weight, axis, { folder: checkpoint.weightsFolder, threads, scale });
  const span = tokenSpan(checkpoint, hook);
  const size = hookShape(checkpoint.image, hook).read;
  return {
    info,
    fingerprint: hook.point,
    hook,
    componentSize,
    watched: [],
    notes: [],
    async encode(read) {
      return Array.from({ length: read.images }, (_, image) => {
        const first = image * read.tokens;
        const values = read.data.subarray((first + span.start) * size, (first + span.end) * size);
        return denseCodes(values, span.end - span.start, componentSize);
      });
    },
    decoderRows: (latents) => decoder.rows(latents),
    readout: null,
    release: () => decoder.release(),
  };
}
