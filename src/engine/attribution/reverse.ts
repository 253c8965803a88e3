import type { ImageTower } from '../clip/architecture';
import { finish, shapeAt, splitTokens } from '../clip/imageTower';
import { pullback } from '../graph/gradients';
import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import type { Writes } from './writes';

/**
 * Reverse mode: one vector–Jacobian product per direction, then a dot product per latent.
 *
 * Inputs: `x` [1, tokens, width], the stream where the dictionary writes; `directions` [directions, embedding]; `cosine`
 * [directions, 1], 1 where the score is v·u with v the normalised embedding, 0 where it is w·e; `decoder`
 * [latents, width]; `activations` [1, selected tokens, latents].
 * Outputs: `embedding` e [1, embedding]; `attributions` [directions, components], Σ over the selected tokens and the
 * component's latents of z_j·⟨W_dec[j], ∂y/∂x⟩ (design, *The method*). The reconstruction error is a constant, so it
 * has no part in ∂y/∂x.
 *
 * The embedding must depend on the selected tokens (`embeddingReads`).
 */
export function reverseProgram(g: Graph, tower: ImageTower, { site, span, componentSize }: Writes): void {
  const { tokens, width } = shapeAt(tower, site);
  const x = g.input('x', 'float32', [1, tokens, width]);
  const stream = splitTokens(g, x, tower, site);
  const embedding = finish(g, tower, stream, site);
  g.output('embedding', embedding);

  const directions = g.input('directions', 'float32', ['directions', embedding.shape[1]!]);
  const cosine = g.input('cosine', 'float32', ['directions', 1]);
  const decoder = g.input('decoder', 'float32', ['latents', width]);
  const activations = g.input('activations', 'float32', [1, span.end - span.start, 'latents']);

  const gradients = g.scope('backward', () => {
    const cotangent = scoreCotangent(g, embedding, directions, cosine);
    return pullback(
      g,
      embedding,
      cotangent,
      span.parts.map(({ part }) => stream[part]!),
    );
  });
  const perPart = g.scope('attribute', () => {
    const columns = g.transpose(decoder, [1, 0]);
    return span.parts.flatMap(({ from, to }, i) => {
      const gradient = gradients[i];
      if (gradient === undefined) return [];
      const perToken = g.mul(g.matmul(gradient, columns), g.slice(activations, 1, from, to));
      return [g.reduceSum(perToken, 1)];
    });
  });
  const perLatent = perPart.reduce((sum, part) => g.add(sum, part));
  g.output('attributions', g.reduceSum(g.reshape(perLatent, ['components', componentSize]), -1));
}

/**
 * ∂score/∂e for every direction, [directions, embedding]: (u − (v·u)v)/‖e‖ for a cosine, w for a linear score.
 * Embeddings and directions have 1 row or n.
 */
export function scoreCotangent(g: Graph, embedding: Value, directions: Value, cosine: Value): Value {
  const [projected] = pullback(g, g.normalize(embedding), directions, [embedding]);
  if (projected === undefined) throw new Error('a normalised embedding depends on the embedding');
  return g.add(directions, g.mul(g.sub(projected, directions), cosine));
}
