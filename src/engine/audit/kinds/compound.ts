import { dot } from '../../numeric/vector';
import { type Rows, rowCount, rowOf } from '../../semantics/rows';
import type { SubPhrase } from './contentWords';
import { bootstrapP, rankP } from './resampling';
import { mostCarried } from './senses';

/** A sub-phrase, and what all components of the study make of it. */
export interface PhraseData {
  readonly phrase: SubPhrase;
  /** u of the text without the other words, by the judge. */
  readonly vector: Float32Array;
  /** Alignments of all components that have a meaning. */
  readonly components: Float32Array;
  /** Mean cosine of the library's pictures with it. */
  readonly usual: number;
}

export interface CompoundTest {
  readonly holds: boolean;
  readonly phrase: SubPhrase;
  /** Alignment with the sub-phrase and with the whole. */
  readonly part: number;
  readonly whole: number;
  /** How well the whole fits the pictures, as a share of how well the part does, both beyond the library's usual. */
  readonly carried: number;
  /** That the part is no better, times the number of parts tried; and that any component is as well described by it. */
  readonly pBetter: number;
  readonly pDescribed: number;
}

/**
 * `elsewhere` are the judge's raw embeddings of the pictures that the meaning is read from. As θ is their mean, the
 * alignment with a part is larger than with the whole exactly where Σ e·(u(part) − u(whole)) is above 0: the pictures are
 * drawn anew. Null where the text has no parts.
 */
export function compoundTest(
  elsewhere: Rows,
  whole: { readonly vector: Float32Array; readonly usual: number },
  empty: Float32Array,
  phrases: readonly PhraseData[],
  level: number,
): CompoundTest | null {
  const theta = meanOf(elsewhere);
  const length = Math.sqrt(dot(theta, theta));
  const aligned = (u: Float32Array) => (dot(theta, u) - dot(theta, empty)) / length;
  const [best] = phrases.toSorted((a, b) => aligned(b.vector) - aligned(a.vector));
  if (best === undefined) return null;
  const gains = Float64Array.from(
    { length: rowCount(elsewhere) },
    (_, i) => dot(rowOf(elsewhere, i), best.vector) - dot(rowOf(elsewhere, i), whole.vector),
  );
  const part = aligned(best.vector);
  const pBetter = Math.min(1, bootstrapP(gains) * phrases.length);
  const pDescribed = rankP(part, best.components);
  const fits = (u: Float32Array, usual: number) => dot(theta, u) / length - usual;
  const [byPart, byWhole] = [fits(best.vector, best.usual), fits(whole.vector, whole.usual)];
  const carried = byPart > 0 ? byWhole / byPart : 1;
  return {
    holds: Math.max(pBetter, pDescribed) <= level && carried <= mostCarried,
    phrase: best.phrase,
    part,
    whole: aligned(whole.vector),
    carried,
    pBetter,
    pDescribed,
  };
}

export function meanOf(rows: Rows): Float32Array {
  const n = rowCount(rows);
  const sum = new Float64Array(rows.width);
  for (let i = 0; i < n; i++) {
    const row = rowOf(rows, i);
    for (let d = 0; d < rows.width; d++) sum[d]! += row[d]!;
  }
  return Float32Array.from(sum, (x) => x / n);
}
