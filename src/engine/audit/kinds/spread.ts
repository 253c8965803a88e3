import { normalBelow } from '../../numeric/normalDistribution';
import { uniforms } from '../../numeric/uniforms';

/** What fires a component, on the subject's images and elsewhere: activations above 0. */
export interface Firings {
  readonly own: Float32Array;
  /** On images that are not the subject's, and the number of the class of each. */
  readonly elsewhere: Float32Array;
  readonly classes: Int32Array;
  /** How many images that are not the subject's each class has, silent ones counted. [classes] */
  readonly sizes: Int32Array;
}

/** How a component fires elsewhere. */
export interface Spread {
  /** Other images in which it fires nearly as strongly as in half of the subject's that fire it: at least ¾ of that. */
  readonly strong: number;
  /** Those in which it fires at least half as strongly, and classes that they are of. */
  readonly clear: number;
  readonly classes: number;
  /** Share of the variance of whether an image is one of these that lies between classes, ICC(1); and its upper 95 % bound. */
  readonly between: number;
  readonly bound: number;
  /** That an activation on the subject's images is above one elsewhere, ties half; and the p that it is not below ½. */
  readonly above: number;
  readonly pWeaker: number;
}

/** Of the median activation on the subject's images, what fires elsewhere must reach to be the same thing. */
const nearly = 0.75;
/** With fewer strong firings elsewhere nothing is known of what it answers to there. */
export const fewestStrong = 10;
/** Classes decide less than this share of whether it fires. */
export const mostBetween = 0.05;
const draws = 500;

/**
 * Whether what fires a component elsewhere has nothing to do with what the images are of: an artefact, or a place, comes
 * with images of all classes; a feature that look-alikes share comes with all images of some. Null of fewer than
 * `fewestStrong` such images or two classes.
 */
export function spreadOf({ own, elsewhere, classes, sizes }: Firings): Spread | null {
  const usual = median(own);
  const clear = new Int32Array(sizes.length);
  let strong = 0;
  elsewhere.forEach((z, i) => {
    if (z >= nearly * usual) strong += 1;
    if (z >= usual / 2) clear[classes[i]!]!++;
  });
  const all = Array.from(sizes, (n, i) => ({ n, clear: clear[i]! })).filter(({ n }) => n > 0);
  if (strong < fewestStrong || all.length < 2) return null;
  const between = intraclass(all);
  return {
    strong,
    clear: all.reduce((sum, one) => sum + one.clear, 0),
    classes: all.filter((one) => one.clear > 0).length,
    between,
    // What is too much already needs no bound.
    bound: between < mostBetween ? boundOf(all) : between,
    ...comparison(own, elsewhere),
  };
}

export function isSpread({ bound, pWeaker }: Spread, level: number): boolean {
  return bound < mostBetween && pWeaker > level;
}

/** Upper 95 % bound, over classes drawn anew. */
function boundOf(classes: readonly { readonly n: number; readonly clear: number }[]): number {
  const random = uniforms(1);
  const drawn = Float64Array.from({ length: draws }, () =>
    intraclass(classes.map(() => classes[Math.floor(random() * classes.length)]!)),
  ).sort();
  return drawn[Math.ceil(0.95 * draws) - 1]!;
}

/**
 * Intraclass correlation of a 0/1 variable, ICC(1) of a one-way analysis of variance with groups of unequal size: (MSB −
 * MSW)/(MSB + (n₀ − 1)·MSW). 0 where nothing varies. (Shrout and Fleiss, 1979; n₀ as of Donner, 1986.)
 */
export function intraclass(groups: readonly { readonly n: number; readonly clear: number }[]): number {
  const k = groups.length;
  const n = groups.reduce((sum, one) => sum + one.n, 0);
  const total = groups.reduce((sum, one) => sum + one.clear, 0);
  const mean = total / n;
  let [between, within, squares] = [0, 0, 0];
  for (const one of groups) {
    const share = one.clear / one.n;
    between += one.n * (share - mean) ** 2;
    within += one.clear * (1 - share);
    squares += one.n ** 2;
  }
  if (k < 2 || n <= k) return 0;
  const msb = between / (k - 1);
  const msw = within / (n - k);
  const size = (n - squares / n) / (k - 1);
  const all = msb + (size - 1) * msw;
  return all > 0 ? (msb - msw) / all : 0;
}

/** Mann and Whitney's comparison, by the normal approximation with ties, without continuity correction. */
export function comparison(
  own: Float32Array,
  elsewhere: Float32Array,
): { readonly above: number; readonly pWeaker: number } {
  const [m, n] = [own.length, elsewhere.length];
  const others = elsewhere.toSorted();
  let wins = 0;
  for (const z of own) wins += (countBelow(others, z, false) + countBelow(others, z, true)) / 2;
  const above = wins / (m * n);
  const deviation = Math.sqrt((m + n + 1 - tied(own, elsewhere)) / (12 * m * n));
  return { above, pWeaker: deviation > 0 ? normalBelow((above - 0.5) / deviation) : 0.5 };
}

/** Values of a sorted list below a value; or those not above it. */
function countBelow(sorted: Float32Array, value: number, withEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value || (withEqual && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Σ(t³ − t)/(N(N − 1)) over groups of t equal values among all N. */
function tied(own: Float32Array, elsewhere: Float32Array): number {
  const all = new Float32Array(own.length + elsewhere.length);
  all.set(own);
  all.set(elsewhere, own.length);
  all.sort();
  let sum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from + 1;
    while (to < all.length && all[to] === all[from]) to++;
    sum += (to - from) ** 3 - (to - from);
    from = to;
  }
  return sum / (all.length * (all.length - 1));
}

function median(values: Float32Array): number {
  const sorted = values.toSorted();
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
