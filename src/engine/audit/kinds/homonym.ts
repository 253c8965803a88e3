import { dot } from '../../numeric/vector';
import { type Rows, rowCount, rowOf } from '../../semantics/rows';
import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';
import { groupCosine } from './classGeometry';
import { bootstrapP, fewestForRank, rankP } from './resampling';

export interface HomonymData {
  /** The subject's images in which the component fires, and the others, as `centredUnit` has them by the judge. */
  readonly active: Rows;
  readonly silent: Rows;
  /** The same cosine of other classes' images, divided by a component each (`splitCosines`). */
  readonly splits: Float64Array;
  /** u of the subject's text, and of the text that describes the component's pictures best, by the judge. */
  readonly said: Float32Array;
  readonly other: Float32Array;
  /** Mean score of the component's other pictures by the model under study: for the subject's text, and for controls. */
  readonly score: number;
  readonly controls: Float64Array;
}

export interface HomonymTest {
  readonly holds: boolean;
  /** Of the two groups of the subject's images; null where one of them is too small to say. */
  readonly cosine: number | null;
  /** That images of one class are divided so as often. */
  readonly pApart: number;
  /** That the judge finds the other text no better for the images in which it fires. */
  readonly pOther: number;
  /** That the model under study finds any text as good for its other pictures. */
  readonly pWord: number;
}

/** Docs/audit.md, *Kinds*, has what each of the three asks. */
export function homonymTest(
  { active, silent, splits, said, other, score, controls }: HomonymData,
  level: number,
): HomonymTest {
  const enough = Math.min(rowCount(active), rowCount(silent)) >= FEWEST_SAMPLES;
  const cosine = enough ? groupCosine(active, silent) : null;
  const pApart =
    cosine === null || splits.length < fewestForRank(level)
      ? 1
      : rankP(
          -cosine,
          splits.map((split) => -split),
        );
  const gains = Float64Array.from(
    { length: rowCount(active) },
    (_, i) => dot(rowOf(active, i), other) - dot(rowOf(active, i), said),
  );
  const pOther = bootstrapP(gains);
  const pWord = controls.length < fewestForRank(level) ? 1 : rankP(score, controls);
  return { holds: Math.max(pApart, pOther, pWord) <= level, cosine, pApart, pOther, pWord };
}
