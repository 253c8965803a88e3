import type { AuditSubject, FindingKind, KindTest } from '../../shared/audit';
import type { Vocabulary } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import type { LoadedTable } from '../components/componentTables';
import { pauser } from '../components/pause';
import type { InTurn, Subject } from '../components/subject';
import { alignTexts } from '../components/textAlignments';
import type { TextVectors } from '../components/textVectors';
import type { Library } from '../library/library';
import { dot } from '../numeric/vector';
import { openProducts } from '../semantics/products';
import { rowOf } from '../semantics/rows';
import type { AlignedPair } from './alignedPairs';
import { imageClasses } from './imageClasses';
import { componentSpreads } from './kinds/componentSpread';
import { type CompoundTest, compoundTest } from './kinds/compound';
import { type NuisanceData, nuisanceTest } from './kinds/nuisance';
import type { Senses } from './kinds/senses';
import { artefactResult, compoundResult, homonymResult, impossible } from './kinds/sentences';
import { isSpread, type Spread } from './kinds/spread';
import { divisionsOfSense, meanUnit, subjectSenses } from './kinds/subjectSenses';
import { type VocabularyRows, vocabularyRows } from './kinds/vocabularyRows';
import { pairAlignments } from './pairAlignments';
import { sampleEmbeddings } from './sampleEmbeddings';
import { phraseVectors, type SubjectTexts } from './subjectTexts';
import { writtenPairs } from './writtenPairs';

/** A pair with what it is, as far as that shows without looking at shares. */
export interface StructuredPair extends AlignedPair {
  /** Null where no test of a kind holds: what the component answers to may well be what the subject says. */
  readonly kind: FindingKind | null;
  readonly tests: readonly KindTest[];
  /** The alignment that its share is expected by (docs/audit.md, *What excuses*). */
  readonly excuse: number;
}

/** A subject's images that were measured, and how a component fires in them. */
export interface SubjectActivity {
  readonly pictures: Int32Array;
  /** Largest activations, [pictures]; 0 where silent. */
  activations(component: number): Float32Array;
}

export interface StructureQuestion {
  readonly subjects: readonly AuditSubject[];
  readonly activity: (subject: number) => SubjectActivity;
  /** Of each subject, all the pictures that are its own. */
  readonly own: (subject: number) => ReadonlySet<number>;
  readonly texts: SubjectTexts;
  readonly vocabulary: Vocabulary;
  readonly nuisances: readonly string[];
  readonly level: number;
}

export interface StructureGrounds {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  readonly loaded: LoadedTable;
  readonly texts: TextVectors;
  readonly nounsFile: string;
  readonly threads: number | undefined;
}

/** The first that holds names the pair. */
const precedence = ['written', 'compound', 'homonym', 'artefact'] as const satisfies readonly FindingKind[];

/** Pairs looked at together. */
const BLOCK = 512;

/**
 * What every pair is by the tests of docs/audit.md, *Kinds*. They look at what fires a component and never at its shares,
 * so that choosing pairs by them leaves the test of shares what it is.
 *
 * @param pairs by component
 */
export async function structuredPairs(
  pairs: readonly AlignedPair[],
  question: StructureQuestion,
  grounds: StructureGrounds,
  job: JobContext,
): Promise<readonly StructuredPair[]> {
  if (pairs.length === 0) return [];
  const { library, subject, inTurn, texts, nounsFile } = grounds;
  const vocabulary = await vocabularyRows(
    question.vocabulary,
    nounsFile,
    texts,
    library,
    subject,
    inTurn,
    job,
  );
  const mean = await meanUnit(library, subject.judge.key, grounds.loaded.table.pictures);
  const compounds = await compoundsOf(pairs, question, mean, grounds, job);
  const senses = await sensesOfPairs(pairs, question, vocabulary, mean, grounds, job);
  const isSense = divisionsOfSense(senses, question.level);
  const written = await writtenPairs(pairs, question, vocabulary.texts, grounds, job);
  const { tests: artefacts, spreads } = await artefactsOf(pairs, question, vocabulary, grounds, job);
  const excuses = await sensesExcuses(pairs, senses, isSense, vocabulary, question, grounds, job);
  return pairs.map((pair, i): StructuredPair => {
    const compound = compounds[i]!;
    const tests = [
      readIn(written[i]!, spreads[i]!, question.level),
      compound === null
        ? impossible('compound', 'What the text says is one word: it has no parts.')
        : compoundResult(compound),
      homonymResult(senses[i]!, isSense[i]!, vocabulary.texts),
      artefacts[i]!,
    ];
    const kind = precedence.find((one) => tests.some((test) => test.kind === one && test.holds)) ?? null;
    return { ...pair, kind, tests, excuse: excuseOf(pair, kind, compound, excuses[i]!) };
  });
}

/** What fires on letters may fire a little on stripes: where other images fire it more, the subject's have no letters. */
function readIn(test: KindTest, spread: Spread | null, level: number): KindTest {
  if (!test.holds || spread === null || spread.pWeaker > level) return test;
  return {
    ...test,
    holds: false,
    evidence: `It fires on written text, but on the subject’s images less than on others that fire it: there is hardly any in them.`,
    text: null,
  };
}

function excuseOf(
  { alignment, alignments }: AlignedPair,
  kind: FindingKind | null,
  compound: CompoundTest | null,
  sense: number,
): number {
  // What the person declared it may rely on excuses whatever it is.
  const declared = alignments.slice(1);
  switch (kind) {
    case 'compound':
      return Math.max(...declared, compound!.whole - compound!.part);
    case 'homonym':
      return Math.max(...declared, sense);
    case 'written':
    case 'artefact':
    case null:
      return alignment;
  }
}

/** One per pair; null where the subject's text has no parts. */
async function compoundsOf(
  pairs: readonly AlignedPair[],
  { subjects, texts, level }: StructureQuestion,
  mean: Float32Array,
  grounds: StructureGrounds,
  job: JobContext,
): Promise<readonly (CompoundTest | null)[]> {
  const { library, subject, loaded, threads } = grounds;
  const phrases = await phraseVectors(
    [...new Set(pairs.map((pair) => subjects[pair.subject]!.text))],
    grounds,
    job,
  );
  const found: (CompoundTest | null)[] = pairs.map(() => null);
  const asked = [...pairs.keys()].filter((i) => phrases.get(subjects[pairs[i]!.subject]!.text)!.length > 0);
  if (asked.length === 0) return found;
  const vectors = new Map([...phrases.values()].flat().map(({ text, vector }) => [text, vector]));
  const components = new Map<string, Float32Array>();
  await alignTexts(
    [...vectors.keys()],
    (text) => vectors.get(text)!,
    texts.empty,
    loaded.table.meanings,
    loaded.alignments,
    threads,
    job,
    (text, { aligned }) => components.set(text, aligned),
  );
  const pause = pauser(job);
  for (let start = 0; start < asked.length; start += BLOCK) {
    job.progress({ stage: 'Comparing phrases', done: start, total: asked.length });
    const some = asked.slice(start, start + BLOCK);
    const rows = await sampleEmbeddings(
      some.map((i) => pairs[i]!),
      library,
      subject.judge,
      loaded.table,
    );
    for (const [at, i] of some.entries()) {
      await pause();
      const pair = pairs[i]!;
      const whole = texts.vectors[pair.subject]![0]!;
      found[i] = compoundTest(
        rows[at]!,
        { vector: whole, usual: dot(whole, mean) },
        texts.empty,
        phrases.get(subjects[pair.subject]!.text)!.map(({ text, vector }) => ({
          phrase: { words: text, text },
          vector,
          components: components.get(text)!,
          usual: dot(vector, mean),
        })),
        level,
      );
    }
  }
  return found;
}

/** One per pair; null where a group is too small to say. */
async function sensesOfPairs(
  pairs: readonly AlignedPair[],
  { activity, texts }: StructureQuestion,
  vocabulary: VocabularyRows,
  mean: Float32Array,
  { library, subject, loaded, threads }: StructureGrounds,
  job: JobContext,
): Promise<readonly (Senses | null)[]> {
  const { pictures } = loaded.table;
  const context = { library, judge: subject.judge.key, pictures };
  const usual = Float32Array.from(vocabulary.texts, (_, text) => dot(rowOf(vocabulary.rows, text), mean));
  const bySubject = new Map<number, number[]>();
  for (const [i, pair] of pairs.entries()) {
    bySubject.set(pair.subject, [...(bySubject.get(pair.subject) ?? []), i]);
  }
  const found: (Senses | null)[] = pairs.map(() => null);
  const products = openProducts(subject.judge.embeddingSize, threads);
  try {
    let done = 0;
    for (const [index, which] of bySubject) {
      job.progress({ stage: 'Telling senses apart', done: done++, total: bySubject.size });
      const { pictures: own, activations } = activity(index);
      const senses = await subjectSenses(
        {
          pictures: own,
          said: texts.vectors[index]![0]!,
          components: which.map((i) => ({
            component: pairs[i]!.component,
            active: Uint8Array.from(activations(pairs[i]!.component), (z) => (z > 0 ? 1 : 0)),
          })),
        },
        vocabulary,
        usual,
        context,
        products,
        job,
      );
      which.forEach((i, at) => {
        found[i] = senses[at]!;
      });
    }
  } finally {
    await products.release();
  }
  return found;
}

/** The alignment that excuses each homonym: with the sense of the images in which the component is silent. */
async function sensesExcuses(
  pairs: readonly AlignedPair[],
  senses: readonly (Senses | null)[],
  isSense: readonly boolean[],
  { rows }: VocabularyRows,
  { texts }: StructureQuestion,
  { library, subject, loaded }: StructureGrounds,
  job: JobContext,
): Promise<Float64Array> {
  const excuses = new Float64Array(pairs.length);
  const asked = [...pairs.keys()].filter((i) => isSense[i]);
  const aligned = await pairAlignments(
    asked.map((i) => {
      const { component, samples } = pairs[i]!;
      return { component, samples, texts: [rowOf(rows, senses[i]!.silent!.text)] };
    }),
    texts.empty,
    library,
    subject,
    loaded.table,
    job,
  );
  asked.forEach((i, at) => {
    excuses[i] = aligned[at]![0]!;
  });
  return excuses;
}

async function artefactsOf(
  pairs: readonly AlignedPair[],
  { own, texts, nuisances, level }: StructureQuestion,
  vocabulary: VocabularyRows,
  grounds: StructureGrounds,
  job: JobContext,
): Promise<{ readonly tests: readonly KindTest[]; readonly spreads: readonly (Spread | null)[] }> {
  const { library, subject, loaded, threads } = grounds;
  const { table } = loaded;
  const classes = await imageClasses(
    library,
    subject.judge.key,
    table.pictures,
    vocabulary.rows,
    { threads },
    job,
  );
  if (classes === null) {
    const unknown = impossible(
      'artefact',
      'The library has no class folders, and there is no vocabulary to tell classes by.',
    );
    return { tests: pairs.map(() => unknown), spreads: pairs.map(() => null) };
  }
  const spreads = await componentSpreads(
    pairs.map((pair) => ({ component: pair.component, own: own(pair.subject) })),
    classes,
    library,
    subject.study.key,
    table.pictures,
    job,
  );
  const declared = await nuisanceData(nuisances, texts, grounds, job);
  const results: KindTest[] = [];
  for (const [i, pair] of pairs.entries()) {
    const spread: Spread | null = spreads[i]!;
    const holds = spread !== null && isSpread(spread, level);
    const [rows] = holds ? await sampleEmbeddings([pair], library, subject.judge, table) : [];
    results.push(
      artefactResult(
        spread,
        holds,
        rows === undefined
          ? null
          : nuisanceTest(rows, texts.vectors[pair.subject]![0]!, texts.empty, declared, level),
        classes.by,
      ),
    );
  }
  return { tests: results, spreads };
}

async function nuisanceData(
  nuisances: readonly string[],
  { empty }: SubjectTexts,
  { library, subject, inTurn, loaded, texts, threads }: StructureGrounds,
  job: JobContext,
): Promise<readonly NuisanceData[]> {
  const distinct = [...new Set(nuisances)];
  const read = await texts.of(distinct, library, subject, inTurn, job);
  const vectors = new Map(distinct.map((text, i) => [text, read[i]!.vector]));
  const found = new Map<string, Float32Array>();
  await alignTexts(
    distinct,
    (text) => vectors.get(text)!,
    empty,
    loaded.table.meanings,
    loaded.alignments,
    threads,
    job,
    (text, { aligned }) => found.set(text, aligned),
  );
  return distinct.map((text) => ({ text, vector: vectors.get(text)!, components: found.get(text)! }));
}
