import { pullback } from '../graph/gradients';
import type { Graph } from '../graph/graph';
import type { Dimension, Value } from '../graph/value';
import type { TextTower } from './architecture';
import { affine, norm } from './attention';
import { attentionHalf, mlpHalf, type Stream } from './block';

/**
 * The text tower for any number of texts and any length, as a graph.
 *
 * Inputs: `ids` [texts, length] int64; `positions` [length] int64, 0…length−1; where attention is causal `mask`
 * [1, 1, length, length], 0 where a token may look and very negative where not; `pooled` [texts] int64, text·length +
 * the token that is read out. Output: `embedding`, raw, [texts, embedding].
 */
export function textProgram(g: Graph, tower: TextTower): void {
  const x = textStream(g, tower, textInputs(g, tower, 'texts'));
  const pooled = g.input('pooled', 'int64', ['texts']);
  g.output('embedding', readOut(g, tower, g.gather(g.flattenTokens(x), pooled)));
}

/**
 * How much each token of one text gives to the products of its normalised embedding u with some vectors, at one point of
 * the straight path from a text of as many other tokens.
 *
 * Inputs: `ids` [1, length], `positions` and `mask` as of `textProgram`; `baseline` [1, length] int64, the other text;
 * `along` α [1, 1, 1]; `pooled` [1, 1, length] float32, 1 at the token that is read out, else 0; `targets` w
 * [targets, embedding].
 * Outputs: `embedding` u [1, embedding]; `contributions` [targets, length], ⟨∂(w·u)/∂E_i, E_i − B_i⟩ at B + α(E − B), with
 * E_i and B_i the rows of the embedding table that token i of either text is, its position not added: positions and
 * weights are held constant.
 */
export function tokenProgram(g: Graph, tower: TextTower): void {
  const inputs = textInputs(g, tower, 1);
  const baseline = tokenRows(g, tower, g.input('baseline', 'int64', [1, 'length']));
  const along = g.input('along', 'float32', [1, 1, 1]);
  const change = g.sub(inputs.tokens, baseline);
  const tokens = g.add(g.mul(change, along), baseline);
  const pooled = g.input('pooled', 'float32', [1, 1, 'length']);
  // Derivatives pass a product, not a choice of rows.
  const read = g.reshape(g.matmul(pooled, textStream(g, tower, { ...inputs, tokens })), [tower.width]);
  const embedding = g.normalize(readOut(g, tower, read));
  g.output('embedding', embedding);
  const targets = g.input('targets', 'float32', ['targets', embedding.shape[1]!]);
  const contributions = g.scope('backward', () => {
    const [gradient] = pullback(g, embedding, targets, [tokens]);
    if (gradient === undefined) throw new Error('a text embedding depends on the tokens');
    return g.reduceSum(g.mul(gradient, change), -1);
  });
  g.output('contributions', contributions);
}

interface TextInputs {
  /** The rows of the embedding table, [texts, length, width]. */
  readonly tokens: Value;
  readonly positions: Value;
  readonly mask: Value | undefined;
}

function textInputs(g: Graph, tower: TextTower, texts: Dimension): TextInputs {
  const ids = g.input('ids', 'int64', [texts, 'length']);
  const positions = g.input('positions', 'int64', ['length']);
  const mask = tower.causal ? g.input('mask', 'float32', [1, 1, 'length', 'length']) : undefined;
  return { tokens: tokenRows(g, tower, ids), positions, mask };
}

function tokenRows(g: Graph, tower: TextTower, ids: Value): Value {
  return g.scope('embed', () => g.toFloat32(g.gather(g.stored(tower.tokenEmbedding), ids)));
}

/** The stream after the last block, [texts, length, width]. */
function textStream(g: Graph, tower: TextTower, { tokens, positions, mask }: TextInputs): Value {
  let x: Stream = g.scope('embed', () => [
    g.add(tokens, g.toFloat32(g.gather(g.stored(tower.positions), positions))),
  ]);
  tower.blocks.forEach((weights, i) => {
    x = g.scope(
      `block${i}`,
      () => mlpHalf(g, tower, weights, attentionHalf(g, tower, weights, x, { mask }).x).x,
    );
  });
  return x[0]!;
}

/** The raw embedding of what is read out of the stream, [texts, width]. */
function readOut(g: Graph, tower: TextTower, read: Value): Value {
  return g.scope('project', () => {
    const normed = norm(g, tower.finalNorm, read, tower.epsilon);
    return tower.projection === null ? normed : affine(g, tower.projection, normed);
  });
}
