import type { TokenSelection } from '../../shared/study';
import type { ImageTower } from '../clip/architecture';
import { finish, splitTokens, tokenCount } from '../clip/imageTower';
import { tokenSpan } from '../clip/tokens';
import { pullback } from '../graph/gradients';
import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';

/**
 * Reverse mode: one vector–Jacobian product per direction, then a dot product per latent.
 *
 * Inputs: `x` [1, tokens, width], the residual stream at the hook; `directions` [directions, embedding]; `cosine`
 * [directions, 1], 1 where the score is v·u with v the normalised embedding, 0 where it is w·e; `decoder`
 * [latents, width]; `activations` [1, selected tokens, latents].
 * Outputs: `embedding` e [1, embedding]; `attributions` [directions, latents], Σ over the selected tokens of
 * z_j·⟨W_dec[j], ∂y/∂x⟩ (design, *The method*). The reconstruction error is a constant, so it has no part in ∂y/∂x.
 *
 * The embedding must depend on the selected tokens (`embeddingReads`).
 */
export function reverseProgram(
  g: Graph,
  tower: ImageTower,
  embeddingSize: number,
  layer: number,
  tokens: TokenSelection,
): void {
  const x = g.input('x', 'float32', [1, tokenCount(tower), tower.width]);
  const span = tokenSpan(tower, tokens);
  const stream = splitTokens(g, x, tower);
  const embedding = finish(g, tower, stream, layer);
  g.output('embedding', embedding);

  const directions = g.input('directions', 'float32', ['directions', embeddingSize]);
  const cosine = g.input('cosine', 'float32', ['directions', 1]);
  const decoder = g.input('decoder', 'float32', ['latents', tower.width]);
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
  g.output(
    'attributions',
    perPart.reduce((sum, part) => g.add(sum, part)),
  );
}

/** ∂score/∂e for every direction, [directions, embedding]: (u − (v·u)v)/‖e‖ for a cosine, w for a linear score. */
function scoreCotangent(g: Graph, embedding: Value, directions: Value, cosine: Value): Value {
  const [projected] = pullback(g, g.normalize(embedding), directions, [embedding]);
  if (projected === undefined) throw new Error('a normalised embedding depends on the embedding');
  return g.add(directions, g.mul(g.sub(projected, directions), cosine));
}
