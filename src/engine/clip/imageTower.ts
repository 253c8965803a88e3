import type { TokenSelection } from '../../shared/study';
import type { Graph } from '../graph/graph';
import type { StoredTensor, Value } from '../graph/value';
import { activate } from './activation';
import type { BlockWeights, ImageTower } from './architecture';
import { affine, attention, norm } from './attention';

/**
 * The residual stream in parts along the token axis: `[all tokens]` up to the hook, `[CLS, patches]` after it.
 * Parts let tangents be sparse, gradients be asked of some tokens only, and the last block run for CLS alone,
 * without a rule of their own.
 */
export type Stream = readonly Value[];

/** Tokens of the image tower: CLS first, then the patches row by row. */
export function tokenCount(tower: ImageTower): number {
  return tower.grid * tower.grid + 1;
}

/** Pixels [images, 3, size, size], normalised → residual stream before the first block, [images, tokens, width]. */
export function embedPixels(g: Graph, tower: ImageTower, pixels: Value): Value {
  return g.scope('embed', () => {
    const { width, grid, patchSize } = tower;
    const conv = g.conv(pixels, g.weight(tower.patch.weight), { stride: patchSize });
    const patches = g.transpose(g.reshape(conv, [width, grid * grid]), [0, 2, 1]);
    const positions = g.weight(tower.positions);
    const tokens =
      tower.cls === null ? g.add(patches, positions) : g.add(...withCls(g, tower.cls, patches, positions));
    return tower.preNorm === null ? tokens : norm(g, tower.preNorm, tokens, tower.epsilon);
  });
}

/** CLS has no pixels: padding makes room for it, so that nothing has to be repeated per image. */
function withCls(g: Graph, cls: StoredTensor, patches: Value, positions: Value): [Value, Value] {
  const [, count, width] = patches.shape as readonly [unknown, number, number];
  const first = g.pad(g.weight({ ...cls, shape: [1, width] }), 0, 0, count);
  return [g.pad(patches, 1, 1, 0), g.add(first, positions)];
}

/** What a block offers to look at beside its output. */
export interface BlockTaps {
  /** MLP activations after the non-linearity, [rows, tokens, mlp width], one per part. */
  readonly neurons: readonly Value[];
}

/**
 * One transformer block on every part of the stream, or only on its first `keep` parts: the others are still
 * attended to, but nothing later reads what the block would write into them.
 */
export function block(
  g: Graph,
  tower: ImageTower,
  weights: BlockWeights,
  x: Stream,
  keep = x.length,
): { readonly x: Stream; readonly taps: BlockTaps } {
  const normed = x.map((part) => norm(g, weights.norm1, part, tower.epsilon));
  const attended = attention(g, tower, weights, normed.slice(0, keep), normed);
  const neurons: Value[] = [];
  const out = attended.map((written, i) => {
    const middle = g.add(x[i]!, written);
    const hidden = activate(
      g,
      tower.activation,
      affine(g, weights.fc1, norm(g, weights.norm2, middle, tower.epsilon)),
    );
    neurons.push(hidden);
    return g.add(middle, affine(g, weights.fc2, hidden));
  });
  return { x: out, taps: { neurons } };
}

/** Residual stream after block `layer` as [CLS, patches] → raw image embedding e, [rows, embedding]. */
export function finish(g: Graph, tower: ImageTower, x: Stream, layer: number): Value {
  const last = tower.blocks.length - 1;
  for (let i = layer + 1; i <= last; i++) {
    x = g.scope(`block${i}`, () => block(g, tower, tower.blocks[i]!, x, i === last ? 1 : x.length).x);
  }
  return g.scope('project', () => {
    const pooled = g.reshape(norm(g, tower.postNorm, x[0]!, tower.epsilon), [tower.width]);
    return tower.projection === null ? pooled : affine(g, tower.projection, pooled);
  });
}

/**
 * Whether the embedding depends on these tokens of the stream after block `layer`. After the last block only CLS is
 * read, so a dictionary of patch tokens there has an exactly zero gradient.
 */
export function embeddingReads(tower: ImageTower, layer: number, tokens: TokenSelection): boolean {
  return tokens !== 'patches' || layer < tower.blocks.length - 1;
}

/** Splits [rows, tokens, width] into [CLS, patches]. */
export function splitTokens(g: Graph, x: Value, tower: ImageTower): Stream {
  return [g.slice(x, 1, 0, 1), g.slice(x, 1, 1, tokenCount(tower))];
}
