import type { Graph } from '../graph/graph';
import type { ImageTower } from './architecture';
import { decomposed, type Hook, writeSite } from './hook';
import { advance, embedPixels, finish, type Site, shapeAt, splitTokens } from './imageTower';

/**
 * From pixels to the hook. Input `pixels` [images, 3, size, size], normalised; outputs `x` [images, tokens, width], the
 * stream where the dictionary writes, and, if that is not what it reads, `read` [images, tokens, size].
 */
export function trunkProgram(g: Graph, tower: ImageTower, hook: Hook): void {
  const pixels = g.input('pixels', 'float32', ['images', 3, tower.imageSize, tower.imageSize]);
  const done = advance(g, tower, [embedPixels(g, tower, pixels)], 0, writeSite(tower, hook));
  g.output('x', done.x[0]!);
  const read = done[decomposed[hook.point]];
  if (read !== done.x) g.output('read', read[0]!);
}

/** All of the tower. Input `pixels` as above; output `embedding`, raw, [images, embedding]. */
export function embeddingProgram(g: Graph, tower: ImageTower): void {
  const pixels = g.input('pixels', 'float32', ['images', 3, tower.imageSize, tower.imageSize]);
  g.output('embedding', finish(g, tower, [embedPixels(g, tower, pixels)], 0));
}

/** From a site to the embedding. Input `x` [images, tokens, width]; output `embedding`, raw, [images, embedding]. */
export function suffixProgram(g: Graph, tower: ImageTower, site: Site): void {
  const { tokens, width } = shapeAt(tower, site);
  const x = g.input('x', 'float32', ['images', tokens, width]);
  g.output('embedding', finish(g, tower, splitTokens(g, x, tower, site), site));
}
