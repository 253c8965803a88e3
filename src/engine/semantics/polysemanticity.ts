import { dot } from '../numeric/vector';
import { type Rows, rowOf, unitRows } from './rows';
import { FEWEST_SAMPLES } from './semanticEmbedding';
import { standardNormals } from './standardNormals';
import { type Distances, twoMeans } from './twoMeans';

/** Single clouds that a component's images are compared with. */
const CLOUDS = 16;

/** Whether a component's images fall into two groups, as the judge sees them. */
export interface Polysemanticity {
  /**
   * 0: two centres describe the images no better than they describe one Gaussian cloud of the same covariance; 1: each
   * image is one of two. 1 − CI/CI₀, not below 0: CI is the cluster index of the unit embeddings under 2-means, CI₀ its
   * mean over clouds drawn with their covariance (the comparison of SigClust: Liu et al., 2008).
   */
  readonly score: number;
  /** 1 − cosine of the two centres, as in SemanticLens (Dreyer et al., 2025): above 0 for a single cloud, too. */
  readonly separation: number;
  /** The images of either group, in the order given; the first image is in the first group. */
  readonly groups: readonly [Int32Array, Int32Array];
}

/** Null of fewer images than a label needs. `judge` holds the raw embedding of image i in row i. */
export function polysemanticity(images: Int32Array, judge: Rows): Polysemanticity | null {
  const n = images.length;
  if (n < FEWEST_SAMPLES) return null;
  const cosines = products(unitRows(judge, images));
  const { cluster, index } = twoMeans(distances(cosines, n));
  const group = (c: number) => [...Array(n).keys()].filter((i) => cluster[i] === c);
  const groups = [group(0), group(1)] as const;
  return {
    score: Math.max(0, 1 - index / cloudIndex(cosines, n)),
    separation: separation(cosines, n, groups),
    groups: [Int32Array.from(groups[0], (i) => images[i]!), Int32Array.from(groups[1], (i) => images[i]!)],
  };
}

/** Mean cluster index of n points drawn from a Gaussian that has the covariance of the points with these products. */
function cloudIndex(gram: Float64Array, n: number): number {
  const deviations = centred(gram, n);
  let sum = 0;
  for (const mixture of mixtures(n)) sum += twoMeans(distances(mixed(deviations, mixture, n), n)).index;
  return sum / CLOUDS;
}

/** Numbers that mix n deviations into n points of a cloud, [n, n] for each cloud. The same for every component. */
function mixtures(n: number): readonly Float64Array[] {
  const known = knownMixtures.get(n);
  if (known !== undefined) return known;
  const normals = standardNormals(n, CLOUDS * n * n);
  const drawn = Array.from({ length: CLOUDS }, (_, i) => normals.subarray(i * n * n, (i + 1) * n * n));
  knownMixtures.set(n, drawn);
  return drawn;
}
const knownMixtures = new Map<number, readonly Float64Array[]>();

/** Inner products of all rows, [n, n]. */
function products(rows: Rows): Float64Array {
  const n = rows.data.length / rows.width;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(rowOf(rows, i), rowOf(rows, j));
      gram[i * n + j] = product;
      gram[j * n + i] = product;
    }
  }
  return gram;
}

/** Products of the deviations from the mean. */
function centred(gram: Float64Array, n: number): Float64Array {
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) means[i]! += gram[i * n + j]! / n;
  const mean = means.reduce((a, b) => a + b, 0) / n;
  return gram.map((x, at) => x - means[Math.floor(at / n)]! - means[at % n]! + mean);
}

/** Products of the points that a mixture G makes of deviations with products K: G·K·Gᵀ. The index has no scale. */
function mixed(k: Float64Array, g: Float64Array, n: number): Float64Array {
  return timesTransposed(g, timesTransposed(g, k, n), n);
}

/** A·Bᵀ, both [n, n]. */
function timesTransposed(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let m = 0; m < n; m++) sum += a[i * n + m]! * b[j * n + m]!;
      result[i * n + j] = sum;
    }
  }
  return result;
}

function distances(gram: Float64Array, n: number): Distances {
  const squared = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const apart = Math.max(0, gram[i * n + i]! + gram[j * n + j]! - 2 * gram[i * n + j]!);
      squared[i * n + j] = apart;
      squared[j * n + i] = apart;
    }
  }
  return { squared, n };
}

/** 0 where there is only one group. */
function separation(
  gram: Float64Array,
  n: number,
  [a, b]: readonly [readonly number[], readonly number[]],
): number {
  if (a.length === 0 || b.length === 0) return 0;
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, i) => sum + y.reduce((row, j) => row + gram[i * n + j]!, 0), 0);
  return 1 - product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
