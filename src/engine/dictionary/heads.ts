import type { ClipCheckpoint } from '../clip/architecture';
import { openBlockLatents } from './blockLatents';
import type { Dictionary } from './dictionary';
import type { BlockDictionaryOptions } from './neurons';

/**
 * The attention heads of a block: z is what the heads give, one beside the other, W_dec the out projection. A
 * component is a head with all its dimensions.
 */
export function openHeads(
  checkpoint: Pick<ClipCheckpoint, 'id' | 'image' | 'weightsFolder'>,
  { sha256, layer, tokens, threads }: BlockDictionaryOptions,
): Dictionary {
  const { blocks, width, heads } = checkpoint.image;
  const { out, scale1 } = blocks[layer]!;
  return openBlockLatents(
    checkpoint,
    {
      info: { id: `heads:${layer}`, sha256, point: 'heads', layer, tokens, size: heads },
      hook: { point: 'heads', layer, tokens },
      componentSize: width / heads,
      out,
      scale: scale1,
    },
    threads,
  );
}
