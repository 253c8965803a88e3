import type { JobContext } from '../../shared/rpc/protocol';
import type { Subject } from '../components/subject';
import type { Library, Pictures } from '../library/library';
import { dot } from '../numeric/vector';
import { openProducts } from '../semantics/products';
import { rowOf } from '../semantics/rows';
import { drawsToDiscover } from './draws';
import { areTwo, type Senses } from './kinds/senses';
import { subjectSenses } from './kinds/subjectSenses';
import type { VocabularyRows } from './kinds/vocabularyRows';

/** A pair whose component may divide the subject's images. */
export interface DividedPair {
  readonly subject: number;
  readonly component: number;
}

export interface SensesQuestion {
  /** Of a subject: numbers of the images that were measured, and how its components fire in them; 0 where silent. */
  readonly activity: (subject: number) => {
    readonly pictures: Int32Array;
    activations(component: number): Float32Array;
  };
  /** u of what the subject says, by the judge. */
  readonly said: (subject: number) => Float32Array;
  readonly level: number;
}

export interface SensesGrounds {
  readonly library: Library;
  readonly subject: Pick<Subject, 'judge'>;
  readonly pictures: Pictures;
  readonly threads: number | undefined;
}

/** Random divisions of a component's images at first, and at most. */
const draws = { first: 10_000, most: 1_000_000 };
/** p is to be small enough though so many divisions, what was seen counted as one, reach what was seen. */
const reached = 2;

/**
 * Senses of each pair, in order; null where a group is too small to say. With a fixed number of draws p could not become
 * small enough to be one among many pairs: of those that may be homonyms more are drawn.
 *
 * @param mean the judge's mean unit embedding over the library
 */
export async function pairSenses(
  pairs: readonly DividedPair[],
  { activity, said, level }: SensesQuestion,
  vocabulary: VocabularyRows,
  mean: Float32Array,
  { library, subject, pictures, threads }: SensesGrounds,
  job: JobContext,
): Promise<readonly (Senses | null)[]> {
  const usual = Float32Array.from(vocabulary.texts, (_, text) => dot(rowOf(vocabulary.rows, text), mean));
  const context = { library, judge: subject.judge.key, pictures };
  const products = openProducts(subject.judge.embeddingSize, threads);
  const found: (Senses | null)[] = pairs.map(() => null);
  const draw = async (asked: readonly number[], most: number): Promise<void> => {
    let done = 0;
    const bySubject = new Map<number, number[]>();
    for (const i of asked) {
      const known = bySubject.get(pairs[i]!.subject);
      if (known === undefined) bySubject.set(pairs[i]!.subject, [i]);
      else known.push(i);
    }
    for (const [index, which] of bySubject) {
      job.progress({ stage: 'Telling senses apart', done: done++, total: bySubject.size });
      const { pictures: own, activations } = activity(index);
      const components = which.map((i) => ({
        component: pairs[i]!.component,
        active: Uint8Array.from(activations(pairs[i]!.component), (z) => (z > 0 ? 1 : 0)),
      }));
      const seen = { pictures: own, said: said(index), components };
      const senses = await subjectSenses(seen, vocabulary, usual, most, context, products, job);
      which.forEach((i, at) => {
        found[i] = senses[at]!;
      });
    }
  };
  try {
    let going = [...pairs.keys()];
    let drawn = draws.first;
    await draw(going, drawn);
    const all = found.filter((senses) => senses !== null).length;
    for (;;) {
      going = going.filter((i) => {
        const senses = found[i]!;
        return senses !== null && !senses.isSettled && areTwo(senses);
      });
      if (going.length === 0) return found;
      const wanted = Math.min(draws.most, drawsToDiscover(reached, going.length, all, level));
      if (wanted <= drawn) return found;
      drawn = wanted;
      await draw(going, drawn);
    }
  } finally {
    await products.release();
  }
}
