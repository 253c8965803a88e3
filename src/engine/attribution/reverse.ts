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
  const { gradients } = streamGradients(g, tower, { site, span });
  const decoder = g.input('decoder', 'float32', ['latents', shapeAt(tower, site).width]);
  const activations = g.input('activations', 'float32', [1, span.end - span.start, 'latents']);
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
 * ∂y/∂x, tokens apart. Inputs `x`, `directions` and `cosine` as above; outputs `embedding` as above and `gradient`
 * [directions, selected tokens, width], zero on tokens that the embedding does not depend on.
 */
export function gradientProgram(g: Graph, tower: ImageTower, writes: Pick<Writes, 'site' | 'span'>): void {
  const { parts, gradients } = streamGradients(g, tower, writes);
  g.output(
    'gradient',
    g.concat(
      parts.map((part, i) => gradients[i] ?? g.zerosLike(part)),
      1,
    ),
  );
}

/** The parts of the stream that are selected, and the gradient of the score with respect to each, if there is one. */
function streamGradients(g: Graph, tower: ImageTower, { site, span }: Pick<Writes, 'site' | 'span'>) {
  const { tokens, width } = shapeAt(tower, site);
  const x = g.input('x', 'float32', [1, tokens, width]);
  const stream = splitTokens(g, x, tower, site);
  const embedding = finish(g, tower, stream, site);
  g.output('embedding', embedding);
  const directions = g.input('directions', 'float32', ['directions', embedding.shape[1]!]);
  const cosine = g.input('cosine', 'float32', ['directions', 1]);
  const parts = span.parts.map(({ part }) => stream[part]!);
  const gradients = g.scope('backward', () =>
    pullback(g, embedding, scoreCotangent(g, embedding, directions, cosine), parts),
  );
  return { parts, gradients };
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
