import { normalBelow } from '../../numeric/normalDistribution';
import { midRanks } from '../../numeric/ranks';
import { uniforms } from '../../numeric/uniforms';

/** What fires a component, on the subject's images and elsewhere. */
export interface Firings {
  /** Activations above 0 on the subject's images. */
  readonly own: Float32Array;
  /** Of the other images: the class of each, and the activation, 0 where it is silent. */
  readonly classes: Int32Array;
  readonly elsewhere: Float32Array;
}

/** How a component fires elsewhere. */
export interface Spread {
  /** Other images in which it fires as strongly as in half of the subject's that fire it. */
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

/** With fewer strong firings elsewhere nothing is known of what it answers to there. */
export const fewestStrong = 10;
/** Classes decide less than this share of whether it fires. */
const mostBetween = 0.05;
const draws = 500;

/**
 * Whether what fires a component elsewhere has nothing to do with what the images are of: an artefact, or a place, comes
 * with images of all classes; a feature that look-alikes share comes with all images of some. Null of fewer than
 * `fewestStrong` such images or two classes.
 */
export function spreadOf({ own, classes, elsewhere }: Firings): Spread | null {
  const usual = median(own);
  const counts = new Map<number, { n: number; clear: number }>();
  let [strong, clear] = [0, 0];
  classes.forEach((name, i) => {
    const known = counts.get(name) ?? { n: 0, clear: 0 };
    counts.set(name, known);
    known.n += 1;
    if (elsewhere[i]! >= usual) strong += 1;
    if (elsewhere[i]! >= usual / 2) {
      known.clear += 1;
      clear += 1;
    }
  });
  if (strong < fewestStrong || counts.size < 2) return null;
  const all = [...counts.values()];
  const between = intraclass(all);
  const firing = elsewhere.filter((z) => z > 0);
  return {
    ...{ strong, clear },
    classes: all.filter((one) => one.clear > 0).length,
    between,
    // What is too much already needs no bound.
    bound: between < mostBetween ? boundOf(all) : between,
    ...comparison(own, firing),
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

/** Mann and Whitney's comparison, normal approximation without continuity correction, ties at mid-ranks. */
function comparison(own: Float32Array, elsewhere: Float32Array): Pick<Spread, 'above' | 'pWeaker'> {
  const [m, n] = [own.length, elsewhere.length];
  const ranks = midRanks([...own, ...elsewhere]);
  let sum = 0;
  for (let i = 0; i < m; i++) sum += ranks[i]!;
  const above = (sum - (m * (m + 1)) / 2) / (m * n);
  const deviation = Math.sqrt((m + n + 1) / (12 * m * n));
  return { above, pWeaker: normalBelow((above - 0.5) / deviation) };
}

function median(values: Float32Array): number {
  const sorted = values.toSorted();
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
