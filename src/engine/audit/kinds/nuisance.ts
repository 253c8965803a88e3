import { dot } from '../../numeric/vector';
import { type Rows, rowCount, rowOf } from '../../semantics/rows';
import { meanOf } from './compound';
import { bootstrapP, rankP } from './resampling';

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
