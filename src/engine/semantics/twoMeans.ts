/** Squared distances between n points, [n, n], symmetric with a zero diagonal. */
export interface Distances {
  readonly squared: Float64Array;
  readonly n: number;
}

/** Points in two clusters. */
export interface TwoClusters {
  /** 0 or 1 for each point; point 0 is in cluster 0. */
  readonly cluster: Uint8Array;
  /**
   * Cluster index: squared distances from the clusters' centres, summed, as a share of those from the common centre. 0
   * for two points that each occur many times, near 1 for a cloud that two centres hardly describe better than one,
   * 1 where all points are the same.
   */
  readonly index: number;
}

/** A few are enough; equal distances and rounding could make it go in circles. */
const MOST_STEPS = 100;

/**
 * 2-means (Lloyd) that begins with the two points farthest apart (of equals, those that come first), so that it always
 * finds the same. It needs no coordinates: the distance of a point from the centre of a set is its mean squared distance
 * from the set's points, less half the mean squared distance among these.
 */
export function twoMeans({ squared, n }: Distances): TwoClusters {
  const [a, b] = farthest(squared, n);
  const cluster = new Uint8Array(n);
  for (let i = 0; i < n; i++) cluster[i] = squared[i * n + b]! < squared[i * n + a]! ? 1 : 0;
  for (let step = 0; step < MOST_STEPS && reassign(squared, n, cluster); step++);
  if (cluster[0] === 1) for (let i = 0; i < n; i++) cluster[i] = 1 - cluster[i]!;
  const whole = scatter(squared, new Uint8Array(n));
  return { cluster, index: whole === 0 ? 1 : scatter(squared, cluster) / whole };
}

function farthest(squared: Float64Array, n: number): readonly [number, number] {
  let [a, b, most] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (squared[i * n + j]! > most) [a, b, most] = [i, j, squared[i * n + j]!];
    }
  }
  return [a, b];
}

/** Puts each point into the cluster whose centre is nearer; whether any has moved. */
function reassign(squared: Float64Array, n: number, cluster: Uint8Array): boolean {
  const sizes = [0, 0];
  const sums = [new Float64Array(n), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    const c = cluster[j]!;
    sizes[c]!++;
    const sum = sums[c]!;
    for (let i = 0; i < n; i++) sum[i]! += squared[i * n + j]!;
  }
  if (sizes[0] === 0 || sizes[1] === 0) return false;
  const spread = [0, 0];
  for (let i = 0; i < n; i++) spread[cluster[i]!]! += sums[cluster[i]!]![i]!;
  const offset = sizes.map((size, c) => spread[c]! / (2 * size * size));
  let moved = false;
  for (let i = 0; i < n; i++) {
    const to = sums[1]![i]! / sizes[1]! - offset[1]! < sums[0]![i]! / sizes[0]! - offset[0]! ? 1 : 0;
    moved ||= to !== cluster[i];
    cluster[i] = to;
  }
  return moved;
}

/** Squared distances of the points from the centres of their clusters, summed. */
function scatter(squared: Float64Array, cluster: Uint8Array): number {
  const n = cluster.length;
  const sums = [0, 0];
  const sizes = [0, 0];
  for (let i = 0; i < n; i++) {
    const c = cluster[i]!;
    sizes[c]!++;
    for (let j = 0; j < i; j++) if (cluster[j] === c) sums[c]! += squared[i * n + j]!;
  }
  return sums.reduce((total, sum, c) => (sizes[c] === 0 ? total : total + sum / sizes[c]!), 0);
}
