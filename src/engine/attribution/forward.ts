import type { ImageTower } from '../clip/architecture';
import { finish, shapeAt, splitTokens } from '../clip/imageTower';
import { pushforward } from '../graph/gradients';
import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import type { Writes } from './writes';

/**
 * Forward mode: what each component writes into the stream pushed through the rest of the model.
 *
 * Inputs: `x` [1, tokens, width]; `decoder` [components, component's latents, width]; `activations` [components,
 * selected tokens, component's latents].
 * Outputs: `embedding` e [1, embedding]; `contributions` [components, embedding], d = Σ_tj z_tj·(∂e/∂x_t)·W_dec[j], what
 * the component writes into the raw embedding, to first order. With it, any direction's attribution is a dot product.
 *
 * The embedding must depend on the selected tokens (`embeddingReads`).
 */
export function forwardProgram(g: Graph, tower: ImageTower, { site, span, componentSize }: Writes): void {
  const { tokens, width } = shapeAt(tower, site);
  const x = g.input('x', 'float32', [1, tokens, width]);
  const stream = splitTokens(g, x, tower, site);
  const embedding = finish(g, tower, stream, site);
  g.output('embedding', embedding);

  const selected = span.end - span.start;
  const decoder = g.input('decoder', 'float32', ['components', componentSize, width]);
  const activations = g.input('activations', 'float32', ['components', selected, componentSize]);
  const tangents = new Map<Value, Value>(
    span.parts.map(({ part, from, to }) => [
      stream[part]!,
      g.matmul(g.slice(activations, 1, from, to), decoder),
    ]),
  );
  g.output(
    'contributions',
    g.scope('forward', () => pushforward(g, embedding, tangents)),
  );
}

/**
 * Contribution vectors against directions: A = ⟨d_j, ∂y/∂e⟩. Inputs `gradients` [directions, embedding], one ∂y/∂e per
 * direction, and `contributions` [components, embedding]; output `attributions` [directions, components].
 */
export function projectionProgram(g: Graph, embeddingSize: number): void {
  const gradients = g.input('gradients', 'float32', ['directions', embeddingSize]);
  const contributions = g.input('contributions', 'float32', ['components', embeddingSize]);
  g.output('attributions', g.linear(gradients, contributions));
}
