import type { Graph } from '../graph/graph';
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
  const ids = g.input('ids', 'int64', ['texts', 'length']);
  const positions = g.input('positions', 'int64', ['length']);
  const mask = tower.causal ? g.input('mask', 'float32', [1, 1, 'length', 'length']) : undefined;
  const pooled = g.input('pooled', 'int64', ['texts']);

  let x: Stream = g.scope('embed', () => [
    g.add(
      g.toFloat32(g.gather(g.stored(tower.tokenEmbedding), ids)),
      g.toFloat32(g.gather(g.stored(tower.positions), positions)),
    ),
  ]);
  tower.blocks.forEach((weights, i) => {
    x = g.scope(
      `block${i}`,
      () => mlpHalf(g, tower, weights, attentionHalf(g, tower, weights, x, { mask }).x).x,
    );
  });
  g.scope('project', () => {
    const read = g.gather(g.flattenTokens(x[0]!), pooled);
    const normed = norm(g, tower.finalNorm, read, tower.epsilon);
    g.output('embedding', tower.projection === null ? normed : affine(g, tower.projection, normed));
  });
}
