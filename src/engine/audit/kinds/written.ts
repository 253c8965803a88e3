import { dot } from '../../numeric/vector';
import { type Rows, rowCount, rowOf } from '../../semantics/rows';
import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';
import { wordLayouts } from './layouts';
import { fewestForRank, rankP, signFlipP, twoGroupsP } from './resampling';
import { excess, type WordReadings } from './wordReadings';

/** The subject's images, by the model under study: unit embeddings v̂. */
export interface OwnImages {
  readonly active: Rows;
  readonly silent: Rows;
  /** Largest activations in those in which it fires. */
  readonly activations: Float32Array;
}

export interface WrittenTest {
  /** Whether all holds but the evidence, which takes passes back through the model. */
  readonly holds: boolean;
  /** On the subject's words, mean over layouts, less what it does without letters; on other words. */
  readonly own: number;
  readonly others: number;
  /** That it fires on the subject's words no more than without letters; that it does so on other words. */
  readonly pOwn: number;
  readonly pAny: number;
  /** That other words fire it as much as the subject's: small where it reads the word, not any text. */
  readonly pWord: number;
  /** Of the subject's images in which it fires, the share that fires it no more than its drawn words do. */
  readonly reached: number;
  /** That the subject's images in which it fires look no more like written text than others do. */
  readonly pLettered: number;
}

/**
 * What drawn words say of a component. `controls` are texts among those read; `classes` the means of v̂ of the library's
 * classes, which the subject's images are held against where it fires in nearly all of them.
 */
export function writtenTest(
  readings: WordReadings,
  component: number,
  phrase: string,
  controls: readonly string[],
  { active, silent, activations }: OwnImages,
  classes: Rows,
  level: number,
): WrittenTest {
  const own = excess(readings, phrase, component);
  const others = controls.map((text) => mean(excess(readings, text, component)));
  const drawn = mean(own);
  const pOwn = signFlipP(own);
  const pAny = signFlipP(others);
  const pWord = controls.length < fewestForRank(level) ? 1 : rankP(drawn, others);
  const reached = activations.filter((z) => z <= drawn).length / activations.length;
  const lettering = meanLettering(readings, controls);
  const along = (rows: Rows) =>
    Float64Array.from({ length: rowCount(rows) }, (_, i) => dot(rowOf(rows, i), lettering));
  const [lettered, plain] = [along(active), along(silent)];
  const pLettered =
    Math.min(lettered.length, plain.length) >= FEWEST_SAMPLES
      ? twoGroupsP(lettered, plain)
      : rowCount(classes) < fewestForRank(level)
        ? 1
        : rankP(mean(lettered), along(classes));
  return {
    // What fires on any text need not fire more on the subject's words than on others.
    holds: Math.max(pOwn, Math.min(pAny, pWord), pLettered) <= level && drawn > 0 && reached > level,
    own: drawn,
    others: mean(others),
    pOwn,
    pAny,
    pWord,
    reached,
    pLettered,
  };
}

/** What letters do to v̂, whatever they say. */
function meanLettering({ words }: WordReadings, controls: readonly string[]): Float32Array {
  const [first] = words.values();
  return first!.lettering.map(
    (_, d) =>
      controls.reduce((sum, text) => sum + words.get(text)!.lettering[d]!, 0) / Math.max(1, controls.length),
  );
}

function mean(values: Float32Array | Float64Array | readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Layouts in which the component fires on the subject's words, most first. */
export function firedLayouts(readings: WordReadings, phrase: string, component: number): readonly number[] {
  const { activations } = readings.words.get(phrase)!;
  const at = readings.components.indexOf(component);
  const fired = (layout: number) => activations[layout * readings.components.length + at]!;
  return wordLayouts
    .map((_, layout) => layout)
    .filter((layout) => fired(layout) > 0)
    .toSorted((a, b) => fired(b) - fired(a));
}

export interface OnLetters {
  readonly holds: boolean;
  readonly inside: number;
  readonly area: number;
  /** That no more of the evidence lies on the letters than their part of the picture. */
  readonly p: number;
}

/** From shares of positive evidence inside the letters' box, and the box's share of the picture, of several layouts. */
export function onLetters(inside: readonly number[], area: readonly number[], level: number): OnLetters {
  const p = signFlipP(inside.map((share, i) => share - area[i]!));
  return { holds: p <= level, inside: mean(inside), area: mean(area), p };
}
