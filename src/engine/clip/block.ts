import type { Graph } from '../graph/graph';
import type { StoredTensor, Value } from '../graph/value';
import { activate } from './activation';
import type { Affine, BlockWeights } from './architecture';
import { affine, attention, norm } from './attention';
import type { Activation } from './config';

/**
 * A residual stream in parts along the token axis, [rows, tokens, width] each. Parts let tangents be sparse, gradients
 * be asked of some tokens only, and the last block run for what is pooled alone, without a rule of their own.
 */
export type Stream = readonly Value[];

/** What half a block computes; one entry a part. */
export interface Half {
  /** The stream after it. */
  readonly x: Stream;
  /** What it added to the stream, LayerScale included. */
  readonly written: readonly Value[];
  /** What its last weight is applied to: the heads' outputs, [rows, tokens, width], or the neurons, [.., mlp width]. */
  readonly inner: readonly Value[];
}

interface Kind {
  readonly width: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

/**
 * The first half of a block. All parts are attended to; `keep` chooses those that attend, and with them what is
 * computed from here on.
 */
export function attentionHalf(
  g: Graph,
  kind: Kind,
  weights: BlockWeights,
  x: Stream,
  {
    keep = (parts) => parts,
    mask,
  }: { readonly keep?: (parts: Stream) => Stream; readonly mask?: Value | undefined } = {},
): Half {
  const normed = x.map((part) => norm(g, weights.norm1, part, kind.epsilon));
  const inner = attention(g, kind, weights, keep(normed), normed, mask);
  return written(g, keep(x), weights.out, weights.scale1, inner);
}

/** The second half of a block. */
export function mlpHalf(g: Graph, kind: Kind, weights: BlockWeights, x: Stream): Half {
  const inner = x.map((part) =>
    neurons(g, kind.activation, weights.fc1, norm(g, weights.norm2, part, kind.epsilon)),
  );
  return written(g, x, weights.fc2, weights.scale2, inner);
}

/** An MLP up to its second weight. */
export function neurons(g: Graph, activation: Activation, fc1: Affine, normed: Value): Value {
  return activate(g, activation, affine(g, fc1, normed));
}

function written(
  g: Graph,
  x: Stream,
  out: Affine,
  scale: StoredTensor | null,
  inner: readonly Value[],
): Half {
  const added = inner.map((part) => {
    const full = affine(g, out, part);
    return scale === null ? full : g.mul(full, g.weight(scale));
  });
  return { x: x.map((part, i) => g.add(part, added[i]!)), written: added, inner };
}
