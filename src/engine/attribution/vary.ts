import type { ImageTower } from '../clip/architecture';
import { finish, shapeAt, splitTokens } from '../clip/imageTower';
import type { Graph } from '../graph/graph';
import type { Writes } from './writes';

/**
 * One image under many interventions at once, the head alone run for each.
 *
 * Inputs: `x` [1, tokens, width]; `decoder` [latents, width]; `activations` [1, selected tokens, latents]; `changes`
 * [variants, 1, latents], what each latent's activation is multiplied by, less one: −1 takes it out.
 * Output: `embedding` e [variants, embedding] of x + Σ_j changes_j·z_j·W_dec[j].
 *
 * Tokens that no intervention reaches are computed once for all variants.
 */
export function varyProgram(g: Graph, tower: ImageTower, { site, span }: Writes): void {
  const { tokens, width } = shapeAt(tower, site);
  const stream = splitTokens(g, g.input('x', 'float32', [1, tokens, width]), tower, site);
  const decoder = g.input('decoder', 'float32', ['latents', width]);
  const activations = g.input('activations', 'float32', [1, span.end - span.start, 'latents']);
  const changes = g.input('changes', 'float32', ['variants', 1, 'latents']);
  const varied = stream.map((part, i) => {
    const selected = span.parts.find((one) => one.part === i);
    if (selected === undefined) return part;
    const changed = g.mul(g.slice(activations, 1, selected.from, selected.to), changes);
    return g.add(part, g.matmul(changed, decoder));
  });
  g.output('embedding', finish(g, tower, varied, site));
}
