import { dot } from '../../numeric/vector';
import { type Rows, rowCount, rowOf } from '../../semantics/rows';
import { groupCosine } from './classGeometry';
import { meanOf } from './compound';
import { bootstrapP, fewestForRank, rankP } from './resampling';

export interface HomonymData {
  /**
   * The subject's images that fire the component more and those that fire it less or not (`twoLevels`), and its pictures
   * elsewhere, as `centredUnit` has them by the judge.
   */
  readonly more: Rows;
  readonly less: Rows;
  readonly elsewhere: Rows;
  /** `groupCosine` of other classes' images, divided by other components in the same way (`splitCosines`). */
  readonly splits: Float64Array;
  /** Mean score of the pictures elsewhere by the model under study: for the subject's text, and for controls. */
  readonly score: number;
  readonly controls: Float64Array;
}

export interface HomonymTest {
  readonly holds: boolean;
  /** Of the two groups of the subject's images; null where they have nothing in common to go by. */
  readonly cosine: number | null;
  /** That images of one class are divided so as often. */
  readonly pApart: number;
  /** That the pictures elsewhere are no nearer to those that fire it more than to the others. */
  readonly pSide: number;
  /** That the model under study finds any text as good for the pictures elsewhere. */
  readonly pWord: number;
}

/** Docs/audit.md, *Kinds*, has what each of the three asks. */
export function homonymTest(
  { more, less, elsewhere, splits, score, controls }: HomonymData,
  level: number,
): HomonymTest {
  const cosine = groupCosine(more, less);
  const negated = splits.map((split) => -split);
  const pApart = cosine === null || splits.length < fewestForRank(level) ? 1 : rankP(-cosine, negated);
  const [near, far] = [meanOf(more), meanOf(less)];
  const sides = Float64Array.from(
    { length: rowCount(elsewhere) },
    (_, i) => dot(rowOf(elsewhere, i), near) - dot(rowOf(elsewhere, i), far),
  );
  const pSide = bootstrapP(sides);
  const pWord = controls.length < fewestForRank(level) ? 1 : rankP(score, controls);
  return { holds: Math.max(pApart, pSide, pWord) <= level, cosine, pApart, pSide, pWord };
}
