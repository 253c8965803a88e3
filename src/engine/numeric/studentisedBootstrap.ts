import { uniforms } from './uniforms';

/** What was drawn with replacement from n values, many times. One set serves all tests over the same n values. */
export interface Resamples {
  readonly n: number;
  /** [draws, n], each from 0 to n − 1. */
  readonly indices: Int32Array;
}

/** A test of H₀: the mean of what the values were drawn from is at most a bound. */
export interface MeanTest {
  readonly mean: number;
  /** (mean − bound)/(s/√n), s with n − 1 below; ±∞, or 0 at the bound, where all values are equal. */
  readonly t: number;
  /** (1 + draws whose t* ≥ t)/(1 + draws); 1 where all values are equal. */
  readonly p: number;
  /** Equal-tailed, at the level asked. An end may be infinite, both are where all values are equal. */
  readonly interval: readonly [low: number, high: number];
}

/** The same ones for a seed on every machine. */
export function resamples(n: number, draws: number, seed: number): Resamples {
  const random = uniforms(seed);
  return { n, indices: Int32Array.from({ length: draws * n }, () => Math.floor(random() * n)) };
}

/**
 * One-sided test by the studentised bootstrap (bootstrap-t; Hall, *The Bootstrap and Edgeworth Expansion*, 1992): what t
 * would be if the bound were the mean is read from t* = (mean* − mean)/(s* /√n) of the resamples. `level` is that of the
 * two-sided interval [mean − q₁₋ₐ·s/√n, mean − qₐ·s/√n], a = (1 − level)/2, quantiles linear between neighbours.
 *
 * A resample of n equal values has no deviation: its t* is ±∞ by the sign of mean* − mean, 0 where they are equal. Where
 * all values are equal there is nothing to resample: how far their mean may be off is not known, so nothing is rejected
 * (p = 1) and the interval is the whole line.
 *
 * @param values [n]; throws at what is no number, and where n < 2.
 */
export function testMean(
  values: ArrayLike<number>,
  bound: number,
  { n, indices }: Resamples,
  level: number,
): MeanTest {
  if (values.length !== n || n < 2) throw new Error(`${values.length} values do not go with draws of ${n}`);
  if (Number.isNaN(bound)) throw new Error('a bound that is no number');
  const mean = meanOf(values);
  if (isConstant(values)) {
    const t = values[0]! === bound ? 0 : Math.sign(values[0]! - bound) * Number.POSITIVE_INFINITY;
    return { mean: values[0]!, t, p: 1, interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] };
  }
  const centred = Float64Array.from(values, (value) => value - mean);
  const error = standardError(centred);
  const t = (mean - bound) / error;
  const drawn = studentised(centred, indices);
  let above = 0;
  for (let i = 0; i < drawn.length; i++) if (drawn[i]! >= t) above++;
  drawn.sort();
  const tail = (1 - level) / 2;
  return {
    mean,
    t,
    p: (1 + above) / (1 + drawn.length),
    interval: [mean - quantile(drawn, 1 - tail) * error, mean - quantile(drawn, tail) * error],
  };
}

/** t* of each draw, [draws], of values whose mean is 0. */
function studentised(centred: Float64Array, indices: Int32Array): Float64Array {
  const n = centred.length;
  const drawn = new Float64Array(indices.length / n);
  for (let draw = 0, at = 0; draw < drawn.length; draw++) {
    let [sum, squares] = [0, 0];
    const end = at + n;
    for (; at < end; at++) {
      const value = centred[indices[at]!]!;
      sum += value;
      squares += value * value;
    }
    const spread = squares - (sum * sum) / n;
    drawn[draw] =
      spread > LEAST_SPREAD * squares
        ? sum / Math.sqrt((n * spread) / (n - 1))
        : nearlyConstant(centred, indices.subarray(end - n, end));
  }
  return drawn;
}

/** Of the sum of squares: below it, the difference of two sums has lost the digits that count. */
const LEAST_SPREAD = 1e-6;

function nearlyConstant(centred: Float64Array, chosen: Int32Array): number {
  const values = Float64Array.from(chosen, (i) => centred[i]!);
  if (isConstant(values)) return values[0]! === 0 ? 0 : Math.sign(values[0]!) * Number.POSITIVE_INFINITY;
  const mean = meanOf(values);
  return mean / standardError(values.map((value) => value - mean));
}

/** s/√n of values whose mean is 0. */
function standardError(centred: Float64Array): number {
  let squares = 0;
  for (const value of centred) squares += value * value;
  return Math.sqrt(squares / (centred.length - 1) / centred.length);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new Error(`value ${i}, ${values[i]}, is no number`);
    sum += values[i]!;
  }
  return sum / values.length;
}

/** Asked of the values: their mean may differ from each of them by rounding. */
function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** Of sorted values, linearly between neighbours; next to an infinite one there is nothing in between. */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low === high || !Number.isFinite(low) ? low : low + (at - Math.floor(at)) * (high - low);
}
