import type { ImageTower } from '../clip/architecture';
import { finish, shapeAt, splitTokens } from '../clip/imageTower';
import { pullback } from '../graph/gradients';
import type { Graph } from '../graph/graph';
import type { Quadrature } from '../numeric/gaussLegendre';
import { concat } from '../numeric/vector';
import { float32, type TensorData } from '../runtime/session';
import { scoreCotangent } from './reverse';
import type { ScoreDirection } from './score';
import type { Writes } from './writes';

/**
 * The gradient along the path on which all components fade in together, averaged, and what of it each component has.
 * A row is one point of the path for one direction.
 *
 * Inputs: `x` [1, tokens, width]; `decoder` [latents, width]; `activations` [1, selected tokens, latents]; `missing`
 * [rows, 1, 1], the share of what the components write that is taken off, 1 − α; `vectors` [rows, embedding] and
 * `cosine` [rows, 1], each row's direction as in reverse mode; `weights` [directions, rows], of each row in the mean of
 * each direction, so 0 in the others'.
 * Output: `attributions` [directions, components], Σ over rows, selected tokens and the component's latents of
 * weight·z_j·⟨W_dec[j], ∂y/∂x⟩, with ∂y/∂x at x − missing·Σ_i z_i·W_dec[i]. The error and b_dec stay.
 *
 * The embedding must depend on the selected tokens (`embeddingReads`).
 */
export function pathIntegralProgram(
  g: Graph,
  tower: ImageTower,
  { site, span, componentSize }: Writes,
): void {
  const { tokens, width } = shapeAt(tower, site);
  const stream = splitTokens(g, g.input('x', 'float32', [1, tokens, width]), tower, site);
  const decoder = g.input('decoder', 'float32', ['latents', width]);
  const activations = g.input('activations', 'float32', [1, span.end - span.start, 'latents']);
  const missing = g.input('missing', 'float32', ['rows', 1, 1]);
  const selected = span.parts.map(({ part, from, to }) => ({ part, z: g.slice(activations, 1, from, to) }));
  const faded = stream.map((part, i) => {
    const one = selected.find((each) => each.part === i);
    return one === undefined ? part : g.sub(part, g.mul(g.matmul(one.z, decoder), missing));
  });
  const embedding = finish(g, tower, faded, site);

  const vectors = g.input('vectors', 'float32', ['rows', embedding.shape[1]!]);
  const cosine = g.input('cosine', 'float32', ['rows', 1]);
  const weights = g.input('weights', 'float32', ['directions', 'rows']);
  const gradients = g.scope('backward', () =>
    pullback(
      g,
      embedding,
      scoreCotangent(g, embedding, vectors, cosine),
      selected.map(({ part }) => faded[part]!),
    ),
  );
  const perPart = g.scope('attribute', () => {
    const columns = g.transpose(decoder, [1, 0]);
    return selected.flatMap(({ z }, i) => {
      const gradient = gradients[i];
      if (gradient === undefined) return [];
      const [, count, size] = gradient.shape as readonly [unknown, number, number];
      const mean = g.reshape(g.matmul(weights, g.reshape(gradient, [count * size])), [count, size]);
      return [g.reduceSum(g.mul(g.matmul(mean, columns), z), 1)];
    });
  });
  const perLatent = perPart.reduce((sum, part) => g.add(sum, part));
  g.output('attributions', g.reduceSum(g.reshape(perLatent, ['components', componentSize]), -1));
}

/** Rows of one run of the program. */
export interface PathRows {
  /** Number of the first direction that they are of, and of how many they are. */
  readonly first: number;
  readonly asked: number;
  /** The inputs that do not come from the image. */
  readonly feeds: Readonly<Record<'missing' | 'vectors' | 'cosine' | 'weights', TensorData>>;
}

/** Rows `start` up to `end` of all points of all directions, in the order of directions: a run has few of these. */
export function pathRows(
  { points, weights }: Quadrature,
  directions: readonly ScoreDirection[],
  start: number,
  end: number,
): PathRows {
  const rows = Array.from({ length: end - start }, (_, i) => ({
    direction: Math.floor((start + i) / points.length),
    point: (start + i) % points.length,
  }));
  const first = rows[0]!.direction;
  const asked = rows.at(-1)!.direction + 1 - first;
  const perRow = (numberOf: (row: (typeof rows)[number]) => number) => Float32Array.from(rows, numberOf);
  const vectors = concat(rows.map(({ direction }) => directions[direction]!.vector));
  const shares = Array.from({ length: asked }, (_, d) =>
    perRow(({ direction, point }) => (direction === first + d ? weights[point]! : 0)),
  );
  return {
    first,
    asked,
    feeds: {
      missing: float32(
        perRow(({ point }) => 1 - points[point]!),
        [rows.length, 1, 1],
      ),
      vectors: float32(vectors, [rows.length, vectors.length / rows.length]),
      cosine: float32(
        perRow(({ direction }) => (directions[direction]!.kind === 'cosine' ? 1 : 0)),
        [rows.length, 1],
      ),
      weights: float32(concat(shares), [asked, rows.length]),
    },
  };
}
