import type { ImageTower } from '../clip/architecture';
import { decomposed, type Hook, hookShape, writeSite } from '../clip/hook';
import { advance, embedPatches, finish, meanOverTokens, placePatches, splitTokens } from '../clip/imageTower';
import type { TokenSpan } from '../clip/tokens';
import type { Readout } from '../dictionary/readout';
import { pullback, pushforward } from '../graph/gradients';
import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import { scoreCotangent } from './reverse';

/** What of the tower a dictionary reads, and how z follows from it. */
export interface Reads {
  readonly hook: Hook;
  readonly span: Pick<TokenSpan, 'start' | 'end'>;
  readonly readout: Readout | null;
}

/**
 * What made components fire, at points of the path from a flat picture to the picture: a picture whose patches are all
 * the mean patch, to which what each patch has beside the mean is added little by little.
 *
 * Inputs: `pixels` [1, 3, size, size]; `along` [points, 1, 1], from 0, flat, to 1, the picture; `weights` [1, selected
 * tokens, latents], what z of each is multiplied by in the sum that is explained; those of the readout.
 * Outputs: `sum` [points], Σ weights·z; `values` [points, patches, 1], its derivative with respect to each patch's
 * embedding times what that patch has beside the mean.
 */
export function componentEvidenceProgram(g: Graph, tower: ImageTower, reads: Reads): void {
  const { patches, deviations, z, weights } = readPath(g, tower, reads);
  g.output('sum', g.reduceSum(g.reduceSum(g.mul(z, weights), 2), 1));
  const [gradient] = g.scope('backward', () => pullback(g, z, weights, [patches]));
  g.output('values', alongDeviations(g, gradient, deviations));
}

/**
 * The same of one patch and all latents: the derivative along what that patch has beside the mean. One pass in forward
 * mode for all of them, where the map of each takes one in reverse mode.
 *
 * Inputs as above, and `chosen` [1, patches, 1], 1 at the patch and else 0.
 * Output: `values` [points, latents], Σ over the selected tokens.
 */
export function patchEvidenceProgram(g: Graph, tower: ImageTower, reads: Reads): void {
  const { patches, deviations, z, weights } = readPath(g, tower, reads);
  const chosen = g.input('chosen', 'float32', [1, tower.grid * tower.grid, 1]);
  const tangent = g.mul(deviations, chosen);
  const change = g.scope('forward', () => pushforward(g, z, new Map([[patches, tangent]])));
  g.output('values', g.reduceSum(g.mul(change, weights), 1));
}

/**
 * The same of the score. Inputs `pixels` and `along` as above; `direction` [1, embedding]; `cosine` [1, 1], 1 where the
 * score is v·u, 0 where it is w·e. Outputs `embedding` e [points, embedding] and `values` as above.
 */
export function scoreEvidenceProgram(g: Graph, tower: ImageTower): void {
  const { patches, deviations } = patchPath(g, tower);
  const stream = splitTokens(g, placePatches(g, tower, patches), tower, 0);
  const embedding = finish(g, tower, stream, 0);
  const direction = g.input('direction', 'float32', [1, embedding.shape[1]!]);
  const cosine = g.input('cosine', 'float32', [1, 1]);
  const [gradient] = g.scope('backward', () =>
    pullback(g, embedding, scoreCotangent(g, embedding, direction, cosine), [patches]),
  );
  g.output('embedding', embedding);
  g.output('values', alongDeviations(g, gradient, deviations));
}

interface PatchPath {
  /** Embeddings of the patches at the point of the path. */
  readonly patches: Value;
  /** What each patch of the picture has beside the mean. */
  readonly deviations: Value;
}

function patchPath(g: Graph, tower: ImageTower): PatchPath {
  const pixels = g.input('pixels', 'float32', [1, 3, tower.imageSize, tower.imageSize]);
  const along = g.input('along', 'float32', ['points', 1, 1]);
  const embedded = embedPatches(g, tower, pixels);
  const mean = meanOverTokens(g, embedded);
  const deviations = g.sub(embedded, mean);
  return { patches: g.add(g.mul(deviations, along), mean), deviations };
}

function readPath(g: Graph, tower: ImageTower, { hook, span, readout }: Reads) {
  const { patches, deviations } = patchPath(g, tower);
  const stream = placePatches(g, tower, patches);
  const done = advance(g, tower, [stream], 0, writeSite(tower, hook));
  const read = g.slice(done[decomposed[hook.point]][0]!, 1, span.start, span.end);
  const latents = readout === null ? hookShape(tower, hook).read : 'latents';
  const weights = g.input('weights', 'float32', [1, span.end - span.start, latents]);
  return { patches, deviations, z: readout === null ? read : readout.build(g, read), weights };
}

function alongDeviations(g: Graph, gradient: Value | undefined, deviations: Value): Value {
  if (gradient === undefined) throw new Error('everything that is read depends on the patches');
  return g.sum(g.mul(gradient, deviations));
}
