import { uniforms } from '../../numeric/uniforms';
import { dot } from '../../numeric/vector';
import { type Rows, rowCount, rowOf } from '../../semantics/rows';
import { type ClassGeometry, classCosine } from './classGeometry';
import { meanOf } from './compound';
import { bootstrapP, rankP } from './resampling';

const draws = 1000;

/** How near the classes of pictures are to each other: mean `classCosine` over pairs of pictures; null of no pairs. */
export function meanNearness(
  classes: ArrayLike<number>,
  cosine: (a: number, b: number) => number | null,
): number | null {
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < classes.length; i++) {
    for (let k = 0; k < i; k++) {
      const found = cosine(classes[i]!, classes[k]!);
      if (found === null) continue;
      sum += found;
      pairs += 1;
    }
  }
  return pairs === 0 ? null : sum / pairs;
}

export interface Spread {
  readonly nearness: number;
  /** Mean of as many pictures drawn at random. */
  readonly random: number;
  /** That random pictures are of classes as near. Small: it fires for related classes. */
  readonly pNear: number;
  /** Classes that its pictures are of. */
  readonly classes: number;
}

/**
 * Whether pictures are of unrelated classes, against as many drawn from `drawnFrom`, the pictures of other classes than the
 * subject's. Null where there are too few classes to say.
 */
export function spreadOf(
  classes: Int32Array,
  drawnFrom: Int32Array,
  geometry: ClassGeometry,
  cosine: (a: number, b: number) => number | null = memoised(geometry),
): Spread | null {
  const nearness = meanNearness(classes, cosine);
  if (nearness === null || new Set(drawnFrom).size < 2) return null;
  const random = uniforms(1);
  const found: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const drawn = classes.map(() => drawnFrom[Math.floor(random() * drawnFrom.length)]!);
    const one = meanNearness(drawn, cosine);
    if (one !== null) found.push(one);
  }
  return {
    nearness,
    random: found.reduce((sum, one) => sum + one, 0) / found.length,
    pNear: rankP(nearness, found),
    classes: new Set(classes).size,
  };
}

/** Classes whose cosines are all kept: 64 MB. */
const mostKept = 4096;

export function memoised(geometry: ClassGeometry): (a: number, b: number) => number | null {
  const { length: n } = geometry.names;
  if (n > mostKept) return (a, b) => classCosine(geometry, a, b);
  const known = new Float32Array(n * n).fill(Number.NaN);
  return (a, b) => {
    const at = Math.max(a, b) * n + Math.min(a, b);
    // 2 is no cosine: there is none.
    if (Number.isNaN(known[at]!)) known[at] = classCosine(geometry, a, b) ?? 2;
    return known[at] === 2 ? null : known[at]!;
  };
}

/** What pictures have beyond their classes: v̂ less the mean of the other pictures of its class. Rows as of `centredUnit`. */
export function beyondClasses(units: Rows, classes: Int32Array, { counts, sums }: ClassGeometry): Rows {
  const data = new Float32Array(units.data.length);
  for (let i = 0; i < rowCount(units); i++) {
    const [row, sum, n] = [rowOf(units, i), rowOf(sums, classes[i]!), counts[classes[i]!]!];
    for (let d = 0; d < units.width; d++) {
      data[i * units.width + d] = n < 2 ? 0 : row[d]! - (sum[d]! - row[d]!) / (n - 1);
    }
  }
  return { data, width: units.width };
}

/**
 * That pictures have nothing in common beyond their classes: the share of random signs given to each under which Σ_{i<k}
 * r_i·r_k is as large.
 */
export function inCommonP(beyond: Rows): number {
  const n = rowCount(beyond);
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) products[i * n + k] = dot(rowOf(beyond, i), rowOf(beyond, k));
  }
  const sumOf = (signs: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < n; i++)
      for (let k = 0; k < i; k++) sum += signs[i]! * signs[k]! * products[i * n + k]!;
    return sum;
  };
  const observed = sumOf(new Int8Array(n).fill(1));
  const random = uniforms(1);
  return rankP(
    observed,
    Array.from({ length: draws }, () =>
      sumOf(Int8Array.from({ length: n }, () => (random() < 0.5 ? -1 : 1))),
    ),
  );
}

/** A nuisance, and what all components of the study make of it. */
export interface NuisanceData {
  readonly text: string;
  readonly vector: Float32Array;
  readonly components: Float32Array;
}

export interface NuisanceTest {
  readonly holds: boolean;
  readonly text: string;
  readonly alignment: number;
  /** That it describes the pictures no better than what the subject says, times the number tried; and that any component is as well described. */
  readonly pBetter: number;
  readonly pDescribed: number;
}

/** As of sub-phrases (`compoundTest`). Null of no nuisances. */
export function nuisanceTest(
  elsewhere: Rows,
  said: Float32Array,
  empty: Float32Array,
  nuisances: readonly NuisanceData[],
  level: number,
): NuisanceTest | null {
  const theta = meanOf(elsewhere);
  const length = Math.sqrt(dot(theta, theta));
  const aligned = (u: Float32Array) => (dot(theta, u) - dot(theta, empty)) / length;
  // The one that describes it best among components, not by itself: some texts are near all pictures.
  const ranked = nuisances.map((one) => ({ ...one, pDescribed: rankP(aligned(one.vector), one.components) }));
  const [best] = ranked.toSorted((a, b) => a.pDescribed - b.pDescribed);
  if (best === undefined) return null;
  const gains = Float64Array.from(
    { length: rowCount(elsewhere) },
    (_, i) => dot(rowOf(elsewhere, i), best.vector) - dot(rowOf(elsewhere, i), said),
  );
  const pBetter = Math.min(1, bootstrapP(gains) * nuisances.length);
  const pDescribed = Math.min(1, best.pDescribed * nuisances.length);
  return {
    holds: pBetter <= level && pDescribed <= level,
    text: best.text,
    alignment: aligned(best.vector),
    pBetter,
    pDescribed,
  };
}
