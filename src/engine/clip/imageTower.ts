import type { Graph } from '../graph/graph';
import type { StoredTensor, Value } from '../graph/value';
import type { ImageTower } from './architecture';
import { affine, attention, norm } from './attention';
import { attentionHalf, type Half, mlpHalf, neurons, type Stream } from './block';

/**
 * A place between two steps of the image tower, named by the number of steps done. Each block is two steps, attention
 * and MLP; the last step pools and projects, and leaves the raw embedding as the only token. With L blocks: 0 is the
 * embedded pixels, 2l + 1 the stream in the middle of block l, 2l + 2 after it, 2L + 1 the embedding.
 */
export type Site = number;

export function embeddingSite(tower: ImageTower): Site {
  return 2 * tower.blocks.length + 1;
}

/** Tokens at a site before the embedding: CLS first, where there is one, then the patches row by row. */
export function tokenCount(tower: ImageTower): number {
  return tower.grid * tower.grid + (tower.cls === null ? 0 : 1);
}

/** E, the number of dimensions of an embedding. */
export function embeddingSize({ projection, width }: ImageTower): number {
  return projection === null ? width : projection.weight.shape[projection.transposed === true ? 1 : 0]!;
}

/** Shape of the stream of one image. */
export function shapeAt(tower: ImageTower, site: Site): { readonly tokens: number; readonly width: number } {
  return site === embeddingSite(tower)
    ? { tokens: 1, width: embeddingSize(tower) }
    : { tokens: tokenCount(tower), width: tower.width };
}

/** Tokens in each part of the stream: [CLS, patches], or one part where there is no such difference. */
export function partSizes(tower: ImageTower, site: Site): readonly number[] {
  const { tokens } = shapeAt(tower, site);
  return site === embeddingSite(tower) || tower.cls === null ? [tokens] : [1, tokens - 1];
}

/** Splits [rows, tokens, width] into its parts. */
export function splitTokens(g: Graph, x: Value, tower: ImageTower, site: Site): Stream {
  const sizes = partSizes(tower, site);
  if (sizes.length === 1) return [x];
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    return g.slice(x, 1, from, start);
  });
}

/** Pixels [images, 3, size, size], normalised → residual stream before the first block, [images, tokens, width]. */
export function embedPixels(g: Graph, tower: ImageTower, pixels: Value): Value {
  return g.scope('embed', () => {
    const { width, grid, patchSize, patch } = tower;
    const bias = patch.bias === null ? undefined : g.weight(patch.bias);
    const conv = g.conv(pixels, g.weight(patch.weight), { stride: patchSize, bias });
    const patches = g.transpose(g.reshape(conv, [width, grid * grid]), [0, 2, 1]);
    const positions = g.weight(tower.positions);
    const tokens =
      tower.cls === null ? g.add(patches, positions) : g.add(...withCls(g, tower.cls, patches, positions));
    return tower.preNorm === null ? tokens : norm(g, tower.preNorm, tokens, tower.epsilon);
  });
}

/** CLS has no pixels: padding makes room for it, so that nothing has to be repeated per image. */
function withCls(g: Graph, cls: StoredTensor, patches: Value, positions: Value): [Value, Value] {
  const [, count, width] = patches.shape as readonly [unknown, number, number];
  const first = g.pad(g.weight({ ...cls, shape: [1, width] }), 0, 0, count);
  return [g.pad(patches, 1, 1, 0), g.add(first, positions)];
}

/**
 * The steps from one site to another. The stream comes whole or in its parts and stays so, but on the way to the
 * embedding the last block leaves only what is pooled.
 *
 * @returns the last step.
 */
export function advance(g: Graph, tower: ImageTower, x: Stream, from: Site, to: Site): Half {
  const lastAttention = embeddingSite(tower) - 3;
  const narrows = to === embeddingSite(tower) ? Math.max(from, lastAttention) : to;
  let done: Half = { x, written: [], inner: [] };
  for (let site = from; site < to; site++) {
    const keep = (parts: Stream) => (site === narrows ? pooledParts(g, tower, parts) : parts);
    done = step(g, tower, done.x, site, keep);
  }
  return done;
}

/** The stream in its parts at a site → raw image embedding e, [rows, embedding]. */
export function finish(g: Graph, tower: ImageTower, x: Stream, site: Site): Value {
  return g.reshape(advance(g, tower, x, site, embeddingSite(tower)).x[0]!, [embeddingSize(tower)]);
}

/** What the last step alone makes of one token, [rows, 1, width], as if it were all that is pooled: [rows, embedding]. */
export function finishToken(g: Graph, tower: ImageTower, token: Value): Value {
  return g.reshape(
    g.scope('project', () => embed(g, tower, [token])),
    [embeddingSize(tower)],
  );
}

function step(g: Graph, tower: ImageTower, x: Stream, site: Site, keep: (parts: Stream) => Stream): Half {
  const layer = Math.floor(site / 2);
  const weights = tower.blocks[layer];
  if (weights === undefined) {
    return { x: [g.scope('project', () => embed(g, tower, keep(x)))], written: [], inner: [] };
  }
  return g.scope(`block${layer}`, () =>
    site % 2 === 0 ? attentionHalf(g, tower, weights, x, { keep }) : mlpHalf(g, tower, weights, keep(x)),
  );
}

/** What is pooled → raw embedding, [rows, 1, embedding]. */
function embed(g: Graph, tower: ImageTower, x: Stream): Value {
  const pooled = g.reshape(pool(g, tower, x), [tower.width]);
  const embedding = tower.projection === null ? pooled : affine(g, tower.projection, pooled);
  return g.reshape(embedding, [1, embeddingSize(tower)]);
}

/** [rows, 1, width] */
function pool(g: Graph, tower: ImageTower, x: Stream): Value {
  const { pooling } = tower;
  const postNorm = (part: Value): Value => norm(g, tower.postNorm, part, tower.epsilon);
  switch (pooling.kind) {
    case 'cls':
      return postNorm(x[0]!);
    case 'average':
      return pooling.norm === 'before'
        ? meanOverTokens(g, postNorm(x[0]!))
        : postNorm(meanOverTokens(g, x[0]!));
    case 'attention': {
      const probe = g.weight({ ...pooling.probe, shape: [1, 1, tower.width] });
      const kind = { width: tower.width, heads: pooling.heads };
      const [heads] = attention(g, kind, pooling, [probe], x.map(postNorm));
      const middle = affine(g, pooling.out, heads!);
      const normed = norm(g, pooling.norm, middle, pooling.epsilon);
      return g.add(middle, affine(g, pooling.fc2, neurons(g, pooling.activation, pooling.fc1, normed)));
    }
  }
}

/** [rows, tokens, width] → [rows, 1, width] */
function meanOverTokens(g: Graph, x: Value): Value {
  const tokens = x.shape[1] as number;
  return g.matmul(g.constant(new Float32Array(tokens).fill(1 / tokens), [1, 1, tokens]), x);
}

/** The one part that is pooled; null for the whole stream. */
function pooledPart(tower: ImageTower): 0 | 1 | null {
  if (tower.cls === null) return null;
  switch (tower.pooling.kind) {
    case 'cls':
      return 0;
    case 'average':
      return 1;
    case 'attention':
      return null;
  }
}

function pooledParts(g: Graph, tower: ImageTower, x: Stream): Stream {
  const part = pooledPart(tower);
  if (part === null) return x;
  const parts = x.length === 1 ? splitTokens(g, x[0]!, tower, 0) : x;
  return [parts[part]!];
}

/** Whether the embedding depends on this part of the stream at a site: after the last attention only on what is pooled. */
export function embeddingReads(tower: ImageTower, site: Site, part: number): boolean {
  const pooled = pooledPart(tower);
  const mixed = site < embeddingSite(tower) - 2 || site === embeddingSite(tower);
  return mixed || pooled === null || pooled === part;
}
