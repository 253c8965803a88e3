import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import type { Affine, AttentionWeights } from './architecture';

/** x·Wᵀ + b on the last axis; x·W + b where the matrix lies transposed. */
export function affine(g: Graph, { weight, bias, transposed }: Affine, x: Value): Value {
  return g.linear(x, g.weight(weight), bias === null ? undefined : g.weight(bias), transposed === true);
}

/** Layer norm on the last axis. */
export function norm(g: Graph, { weight, bias }: Affine, x: Value, epsilon: number): Value {
  return g.layerNorm(x, g.weight(weight), bias === null ? undefined : g.weight(bias), epsilon);
}

/**
 * Multi-head attention up to its out projection: each part of `queries` attends to all parts of `stream` together,
 * optionally under an additive `mask` that broadcasts to [rows, heads, queries, keys]. Parts are [rows, tokens, width],
 * already normed; returns, for each part of `queries`, the outputs of the heads one beside the other, of that shape.
 */
export function attention(
  g: Graph,
  { width, heads }: { readonly width: number; readonly heads: number },
  weights: AttentionWeights,
  queries: readonly Value[],
  stream: readonly Value[],
  mask?: Value,
): Value[] {
  const size = width / heads;
  const split = (x: Value): Value => g.reshape(x, [x.shape[1]!, heads, size]);
  const keys = stream.map((part) => g.transpose(split(affine(g, weights.key, part)), [0, 2, 3, 1]));
  const values = stream.map((part) => g.transpose(split(affine(g, weights.value, part)), [0, 2, 1, 3]));
  return queries.map((part) => {
    const query = g.transpose(split(g.mul(affine(g, weights.query, part), size ** -0.5)), [0, 2, 1, 3]);
    const scores = g.concat(
      keys.map((key) => g.matmul(query, key)),
      -1,
    );
    const pattern = g.softmax(mask === undefined ? scores : g.add(scores, mask));
    const mixed = mix(g, pattern, values);
    return g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [part.shape[1]!, width]);
  });
}

/** pattern [rows, heads, queries, all keys] times the values, which come in parts along the keys. */
function mix(g: Graph, pattern: Value, values: readonly Value[]): Value {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return g.matmul(pattern, only);
  let start = 0;
  return values
    .map((value) => {
      const from = start;
      start += value.shape[2] as number;
      return g.matmul(g.slice(pattern, 3, from, start), value);
    })
    .reduce((sum, part) => g.add(sum, part));
}
