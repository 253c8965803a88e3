import type { Graph } from '../graph/graph';
import type { ImageTower } from './architecture';
import { block, embedPixels, finish, splitTokens, tokenCount } from './imageTower';

/**
 * From pixels to the hook. Input `pixels` [images, 3, size, size], normalised; outputs `x` [images, tokens, width], the
 * residual stream after block `layer`, and, if asked, `neurons` [images, tokens, mlp width], that block's MLP
 * activations.
 */
export function trunkProgram(g: Graph, tower: ImageTower, layer: number, withNeurons: boolean): void {
  let x = embedPixels(
    g,
    tower,
    g.input('pixels', 'float32', ['images', 3, tower.imageSize, tower.imageSize]),
  );
  for (let i = 0; i <= layer; i++) {
    const next = g.scope(`block${i}`, () => block(g, tower, tower.blocks[i]!, [x]));
    x = next.x[0]!;
    if (i === layer && withNeurons) g.output('neurons', next.taps.neurons[0]!);
  }
  g.output('x', x);
}

/** From the hook to the embedding. Input `x` [images, tokens, width]; output `embedding`, raw, [images, embedding]. */
export function suffixProgram(g: Graph, tower: ImageTower, layer: number): void {
  const x = g.input('x', 'float32', ['images', tokenCount(tower), tower.width]);
  g.output('embedding', finish(g, tower, splitTokens(g, x, tower), layer));
}
