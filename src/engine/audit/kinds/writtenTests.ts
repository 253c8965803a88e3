import type { KindTest } from '../../../shared/audit';
import type { JobContext } from '../../../shared/rpc/protocol';
import { presentEmbeddings } from '../../components/presentEmbeddings';
import type { InTurn, Subject } from '../../components/subject';
import { steps } from '../../job';
import type { Library, Pictures } from '../../library/library';
import { evenly } from '../../numeric/evenly';
import { concat } from '../../numeric/vector';
import { type Rows, rowOf } from '../../semantics/rows';
import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';
import { type ClassGeometry, centredUnit, classGeometry } from './classGeometry';
import type { ContentWord } from './contentWords';
import { undrawable } from './drawnWords';
import { evidenceOnLetters } from './letterEvidence';
import { fewestForRank, signFlipP } from './resampling';
import { impossible, writtenResult } from './sentences';
import { excess, readWords } from './wordReadings';
import { controlsOf, joined, phrasesOf } from './words';
import { firedLayouts, onLetters, writtenTest } from './written';

/** A pair that is asked whether its component reads what the subject says. */
export interface WrittenCase {
  readonly component: number;
  /** What the subject says. */
  readonly content: readonly ContentWord[];
  /** Numbers of the subject's images in which the component fires, with its largest activations, and of the others. */
  readonly active: readonly number[];
  readonly activations: Float32Array;
  readonly silent: readonly number[];
}

export interface WrittenQuestion {
  readonly cases: readonly WrittenCase[];
  /** What all subjects say: words to compare with, and before those of the vocabulary. */
  readonly said: readonly string[];
  readonly vocabulary: readonly string[];
  readonly level: number;
}

export interface WrittenGrounds {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  readonly pictures: Pictures;
}

/** Drawn texts by which components are known that fire on text at all. */
const samples = 8;

/** The components, of those asked, that fire on drawn text more than on the same without letters. */
export async function readers(
  components: Int32Array,
  texts: readonly string[],
  level: number,
  inTurn: InTurn,
  job: JobContext,
): Promise<ReadonlySet<number>> {
  const drawn = evenly(
    [...new Set(texts)].filter((text) => text !== '' && undrawable(text).length === 0),
    samples,
  );
  if (drawn.length === 0 || components.length === 0) return new Set();
  const readings = await readWords(drawn, components, inTurn, job);
  return new Set(
    Array.from(components).filter((component) => {
      const more = drawn.flatMap((text) => [...excess(readings, text, component)]);
      return more.reduce((sum, one) => sum + one, 0) > 0 && signFlipP(more) <= level;
    }),
  );
}

/** The test of written words, one per case, in order. */
export async function writtenTests(
  { cases, said, vocabulary, level }: WrittenQuestion,
  { library, subject, inTurn, pictures }: WrittenGrounds,
  job: JobContext,
): Promise<readonly KindTest[]> {
  if (cases.length === 0) return [];
  const phrases = cases.map(({ content }) => joined(content));
  const controls = chooseControls(phrases);
  const drawable = [...new Set(phrases)].filter((phrase) => undrawable(phrase).length === 0);
  if (drawable.length === 0) return cases.map((_, i) => notDrawn(phrases[i]!));
  const components = Int32Array.from(new Set(cases.map(({ component }) => component))).sort();
  const asked = new Set([...drawable, ...drawable.flatMap((phrase) => controls.get(phrase)!)]);
  const readings = await readWords([...asked], components, inTurn, job);
  const studied = await classGeometry(library, subject.embedder, pictures, job);
  const classes = classMeans(studied);
  const between = steps(job, 'Looking where letters are read', cases.length);
  const results: KindTest[] = [];
  for (const [i, one] of cases.entries()) {
    await between();
    const phrase = phrases[i]!;
    if (!readings.words.has(phrase)) {
      results.push(notDrawn(phrase));
      continue;
    }
    const { component } = one;
    const others = controls.get(phrase)!;
    const test = writtenTest(readings, component, phrase, others, await ownImages(one), classes, level);
    results.push(writtenResult(phrase, test, test.holds ? await lettersOf(phrase, component) : null, level));
  }
  return results;

  /** Of each phrase: texts to compare it with; those of as many words share them where they can. */
  function chooseControls(all: readonly string[]): ReadonlyMap<string, readonly string[]> {
    const enough = 2 * fewestForRank(level);
    const pools = new Map<number, readonly string[]>();
    return new Map(
      [...new Set(all)].map((phrase) => {
        const words = phrase.split(' ').length;
        // Half as many again: those that share a word with the phrase are left out of the pool.
        const pool =
          pools.get(words) ??
          controlsOf(phrase, [...said, ...phrasesOf(vocabulary, words)], Math.ceil(1.5 * enough));
        pools.set(words, pool);
        return [phrase, controlsOf(phrase, pool, enough)];
      }),
    );
  }

  async function ownImages({ active, silent, activations }: WrittenCase) {
    const known = (some: readonly number[]) => some.filter((picture) => studied.classOf[picture] !== -1);
    const units = async (some: readonly number[]): Promise<Rows> => {
      const rows = await presentEmbeddings(
        library,
        subject.embedder,
        some.map((picture) => pictures.sha256[picture]!),
      );
      return rowsOf(
        some.map((_, i) => centredUnit(rowOf(rows, i), studied)),
        studied.centre.length,
      );
    };
    return { active: await units(known(active)), silent: await units(known(silent)), activations };
  }

  async function lettersOf(phrase: string, component: number) {
    const inside: number[] = [];
    const area: number[] = [];
    for (const layout of firedLayouts(readings, phrase, component)) {
      const found = await evidenceOnLetters(phrase, layout, component, inTurn, job);
      if (found === null) continue;
      inside.push(found.inside);
      area.push(found.area);
    }
    return onLetters(inside, area, level);
  }
}

/** Of classes with pictures enough. */
function classMeans({ counts, sums }: ClassGeometry): Rows {
  const large = Array.from(counts.keys()).filter((c) => counts[c]! >= FEWEST_SAMPLES);
  return rowsOf(
    large.map((c) => rowOf(sums, c).map((x) => x / counts[c]!)),
    sums.width,
  );
}

function notDrawn(phrase: string): KindTest {
  const letters = undrawable(phrase).slice(0, 5).join(' ');
  return impossible('written', `“${phrase}” could not be drawn: there are no letters for ${letters}.`);
}

function rowsOf(vectors: readonly Float32Array[], width: number): Rows {
  return { data: concat(vectors), width };
}
