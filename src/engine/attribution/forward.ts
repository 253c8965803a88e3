import type { TokenSelection } from '../../shared/study';
import type { ImageTower } from '../clip/architecture';
import { finish, splitTokens, tokenCount } from '../clip/imageTower';
import { tokenSpan } from '../clip/tokens';
import { pushforward } from '../graph/gradients';
import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';

/**
 * Forward mode: each latent's write into the residual stream pushed through the rest of the model.
 *
 * Inputs: `x` [1, tokens, width]; `decoder` [latents, width]; `activations` [latents, selected tokens].
 * Outputs: `embedding` e [1, embedding]; `contributions` [latents, embedding], d_j = Σ_t z_tj·(∂e/∂x_t)·W_dec[j], what
 * component j writes into the raw embedding, to first order. With it, any direction's attribution is a dot product.
 *
 * The embedding must depend on the selected tokens (`embeddingReads`).
 */
export function forwardProgram(g: Graph, tower: ImageTower, layer: number, tokens: TokenSelection): void {
  const x = g.input('x', 'float32', [1, tokenCount(tower), tower.width]);
  const span = tokenSpan(tower, tokens);
  const stream = splitTokens(g, x, tower);
  const embedding = finish(g, tower, stream, layer);
  g.output('embedding', embedding);

  const decoder = g.reshape(g.input('decoder', 'float32', ['latents', tower.width]), [1, tower.width]);
  const activations = g.input('activations', 'float32', ['latents', span.end - span.start]);
  const tangents = new Map<Value, Value>(
    span.parts.map(({ part, from, to }) => [
      stream[part]!,
      g.mul(g.reshape(g.slice(activations, 1, from, to), [to - from, 1]), decoder),
    ]),
  );
  g.output(
    'contributions',
    g.scope('forward', () => pushforward(g, embedding, tangents)),
  );
}

/**
 * Contribution vectors against directions: A = ⟨d_j, ∂y/∂e⟩. Inputs `gradients` [directions, embedding], one ∂y/∂e per
 * direction, and `contributions` [latents, embedding]; output `attributions` [directions, latents].
 */
export function projectionProgram(g: Graph, embeddingSize: number): void {
  const gradients = g.input('gradients', 'float32', ['directions', embeddingSize]);
  const contributions = g.input('contributions', 'float32', ['latents', embeddingSize]);
  g.output('attributions', g.linear(gradients, contributions));
}
