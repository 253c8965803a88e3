import { normalBelow, normalQuantile } from './normalDistribution';
import { uniforms } from './uniforms';

/** What one independent unit, an image say, brings to a mean: the sum of its values, and how many there are. */
export interface Cluster {
  readonly sum: number;
  readonly count: number;
}

/** Fewer units than this give no interval: the bootstrap of so few says little, and says it too confidently. */
export const fewestClusters = 8;
const draws = 2000;
const level = 0.95;

/**
 * The mean Σ sum / Σ count and its 95 % interval over units drawn anew: the bias-corrected and accelerated bootstrap
 * (Efron, 1987), 2000 draws, the same ones each time. Null below `fewestClusters`.
 */
export function meanWithInterval(clusters: readonly Cluster[]): {
  readonly mean: number;
  readonly interval: [number, number] | null;
} {
  const total = sumOf(clusters);
  const mean = total.sum / total.count;
  if (clusters.length < fewestClusters) return { mean, interval: null };
  const random = uniforms(1);
  const means = Float64Array.from({ length: draws }, () => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < clusters.length; i++) {
      const drawn = clusters[Math.floor(random() * clusters.length)]!;
      sum += drawn.sum;
      count += drawn.count;
    }
    return sum / count;
  }).sort();
  const bias = normalQuantile(shareBelow(means, mean));
  const acceleration = accelerationOf(
    clusters.map(({ sum, count }) => (total.sum - sum) / (total.count - count)),
  );
  const end = (tail: number) => {
    const z = bias + normalQuantile(tail);
    return quantile(means, normalBelow(bias + z / (1 - acceleration * z)));
  };
  return { mean, interval: [end((1 - level) / 2), end((1 + level) / 2)] };
}

function sumOf(clusters: readonly Cluster[]): Cluster {
  return clusters.reduce((all, { sum, count }) => ({ sum: all.sum + sum, count: all.count + count }), {
    sum: 0,
    count: 0,
  });
}

/** Share of draws below the mean; those equal to it count half. Never all or none of them. */
function shareBelow(means: Float64Array, mean: number): number {
  let below = 0;
  for (const one of means) below += one < mean ? 1 : one === mean ? 0.5 : 0;
  return Math.min(1 - 0.5 / means.length, Math.max(0.5 / means.length, below / means.length));
}

/** From the means with each unit left out. */
function accelerationOf(without: readonly number[]): number {
  const centre = without.reduce((sum, one) => sum + one, 0) / without.length;
  let [squares, cubes] = [0, 0];
  for (const one of without) {
    squares += (centre - one) ** 2;
    cubes += (centre - one) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** Of sorted values, linearly between neighbours. */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
