import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import { activate } from './activation';
import type { TextTower } from './architecture';
import { affine, attention, norm } from './attention';

/**
 * The text tower for any number of texts and any length, as a graph.
 *
 * Inputs: `ids` [texts, length] int64; `positions` [length] int64, 0…length−1; `mask` [1, 1, length, length], 0 where
 * a token may look and very negative where not; `pooled` [texts] int64, text·length + the token that is read out.
 * Output: `embedding`, raw, [texts, embedding].
 *
 * Attention is causal, so a text cut right after its end token gives what the full context would.
 */
export function textProgram(g: Graph, tower: TextTower): void {
  const ids = g.input('ids', 'int64', ['texts', 'length']);
  const positions = g.input('positions', 'int64', ['length']);
  const mask = g.input('mask', 'float32', [1, 1, 'length', 'length']);
  const pooled = g.input('pooled', 'int64', ['texts']);

  let x: Value = g.scope('embed', () =>
    g.add(
      g.toFloat32(g.gather(g.stored(tower.tokenEmbedding), ids)),
      g.toFloat32(g.gather(g.stored(tower.positions), positions)),
    ),
  );
  tower.blocks.forEach((weights, i) => {
    x = g.scope(`block${i}`, () => {
      const normed = norm(g, weights.norm1, x, tower.epsilon);
      const [written] = attention(g, tower, weights, [normed], [normed], mask);
      const middle = g.add(x, written!);
      const hidden = activate(
        g,
        tower.activation,
        affine(g, weights.fc1, norm(g, weights.norm2, middle, tower.epsilon)),
      );
      return g.add(middle, affine(g, weights.fc2, hidden));
    });
  });
  g.scope('project', () => {
    const read = g.gather(g.flattenTokens(x), pooled);
    const normed = norm(g, tower.finalNorm, read, tower.epsilon);
    g.output('embedding', tower.projection === null ? normed : affine(g, tower.projection, normed));
  });
}
