import type { TokenSelection } from '../../shared/hook';
import type { ClipCheckpoint } from '../clip/architecture';
import { openBlockLatents } from './blockLatents';
import type { Dictionary } from './dictionary';

export interface BlockDictionaryOptions {
  /** Of the model's weights. */
  readonly sha256: string;
  readonly layer: number;
  readonly tokens: TokenSelection;
  readonly threads?: number | undefined;
}

/** The MLP neurons of a block: z is the activation after the non-linearity, W_dec the MLP's second weight. */
export function openNeurons(
  checkpoint: Pick<ClipCheckpoint, 'id' | 'image' | 'weightsFolder'>,
  { sha256, layer, tokens, threads }: BlockDictionaryOptions,
): Dictionary {
  const { blocks, mlpWidth } = checkpoint.image;
  const { fc2, scale2 } = blocks[layer]!;
  return openBlockLatents(
    checkpoint,
    {
      info: { id: `neurons:${layer}`, sha256, point: 'neurons', layer, tokens, size: mlpWidth },
      hook: { point: 'neurons', layer, tokens },
      componentSize: 1,
      out: fc2,
      scale: scale2,
    },
    threads,
  );
}
