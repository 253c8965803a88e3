import type { KindTest } from '../../../shared/audit';
import type { JobContext } from '../../../shared/rpc/protocol';
import { steps } from '../../job';
import { type Rows, rowOf } from '../../semantics/rows';
import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';
import { embeddingsOf, readTogether } from './chunks';
import { type ClassGeometry, centredUnit, classGeometry } from './classGeometry';
import { contentWords } from './contentWords';
import { undrawable } from './drawnWords';
import type { KindsQuestion } from './kindsOf';
import { evidenceOnLetters } from './letterEvidence';
import type { Case, Material } from './material';
import { fewestForRank } from './resampling';
import { impossible, writtenResult } from './sentences';
import { rowsOf } from './splits';
import { readWords } from './wordReadings';
import { controlsOf, joined, phrasesOf } from './words';
import { firedLayouts, type OwnImages, onLetters, writtenTest } from './written';

/** The test of written words, one per finding, in order. */
export async function writtenTests(
  question: KindsQuestion,
  { cases, template, vocabulary }: Material,
  job: JobContext,
): Promise<readonly KindTest[]> {
  const { audited, library, subject, loaded, inTurn, request } = question;
  const { level } = request;
  const { pictures } = loaded.table;
  const phrases = cases.map(({ content }) => joined(content));
  const controls = chooseControls(
    phrases,
    audited.map(({ text }) => joined(contentWords(text, template))),
  );
  const drawable = [...new Set(phrases)].filter((phrase) => undrawable(phrase).length === 0);
  if (drawable.length === 0) return cases.map((_, i) => notDrawn(phrases[i]!));
  const components = Int32Array.from(new Set(cases.map(({ finding }) => finding.component))).sort();
  const asked = new Set([...drawable, ...drawable.flatMap((phrase) => controls.get(phrase)!)]);
  const readings = await readWords([...asked], components, inTurn, job);
  const studied = await classGeometry(library, subject.embedder, pictures, job);
  const classes = classMeans(studied);
  const between = steps(job, 'Looking where letters are read', cases.length);
  const results: KindTest[] = [];
  const seen = (picture: number) => studied.classOf[picture] !== -1;
  const ownOf = (some: readonly Case[]) =>
    embeddingsOf(
      library,
      subject.embedder,
      pictures,
      some.flatMap(({ active, silent }) => [...active, ...silent]).filter(seen),
    );
  for await (const { one, index, read: own } of readTogether(cases, ownOf)) {
    await between();
    const phrase = phrases[index]!;
    if (!readings.words.has(phrase)) {
      results.push(notDrawn(phrase));
      continue;
    }
    const { component } = one.finding;
    const others = controls.get(phrase)!;
    const test = writtenTest(readings, component, phrase, others, ownImages(one, own), classes, level);
    results.push(writtenResult(phrase, test, test.holds ? await lettersOf(phrase, component) : null, level));
  }
  return results;

  /** Of each phrase: texts to compare it with; those of as many words share them where they can. */
  function chooseControls(
    all: readonly string[],
    said: readonly string[],
  ): ReadonlyMap<string, readonly string[]> {
    const enough = 2 * fewestForRank(level);
    const nouns = vocabulary.entries.map(({ text }) => text);
    const pools = new Map<number, readonly string[]>();
    return new Map(
      [...new Set(all)].map((phrase) => {
        const words = phrase.split(' ').length;
        // Half as many again: those that share a word with the phrase are left out of the pool.
        const pool =
          pools.get(words) ??
          controlsOf(phrase, [...said, ...phrasesOf(nouns, words)], Math.ceil(1.5 * enough));
        pools.set(words, pool);
        return [phrase, controlsOf(phrase, pool, enough)];
      }),
    );
  }

  function ownImages(
    { active, silent, activations }: Case,
    own: ReadonlyMap<number, Float32Array>,
  ): OwnImages {
    const units = (some: readonly number[]): Rows =>
      rowsOf(
        some.filter(seen).map((picture) => centredUnit(own.get(picture)!, studied)),
        studied.centre.length,
      );
    return { active: units(active), silent: units(silent), activations };
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
