import type { KindTest } from '../../../shared/audit';
import type { JobContext } from '../../../shared/rpc/protocol';
import { pauser } from '../../components/pause';
import { alignTexts } from '../../components/textAlignments';
import { steps } from '../../job';
import { evenly } from '../../numeric/evenly';
import { uniforms } from '../../numeric/uniforms';
import { normalise } from '../../numeric/vector';
import { labels } from '../../semantics/labels';
import { type Rows, rowOf } from '../../semantics/rows';
import { samplesOf } from '../../semantics/sampleTable';
import { MEANING_SAMPLES } from '../../semantics/semanticEmbedding';
import { beyondClasses, inCommonP, meanNearness, memoised, nuisanceTest, spreadOf } from './artefact';
import { embeddingsOf, readTogether } from './chunks';
import { centredUnit } from './classGeometry';
import { compoundTest, meanOf } from './compound';
import { type SubPhrase, subPhrases } from './contentWords';
import { homonymTest } from './homonym';
import type { KindsQuestion } from './kindsOf';
import type { Case, Material } from './material';
import { rankP } from './resampling';
import { artefactResult, compoundResult, homonymResult, impossible } from './sentences';
import { rowsOf, splitCosines } from './splits';
import { twoLevels } from './twoLevels';
import { wordScores } from './wordScores';

/** Components whose pictures are looked at to see how spread they are, random sets of pictures, and pictures for them. */
const most = { components: 500, sets: 200, pictures: 1000 };

/** What the pictures of a finding are, by the judge. */
interface Described {
  /** What describes θ best in the vocabulary, u of it, and how well. Null of an empty vocabulary. */
  readonly label: { readonly text: string; readonly vector: Float32Array; readonly alignment: number } | null;
  /** What describes best what the pictures have beyond their classes. */
  readonly common: string | null;
}

/** The tests of compounds, homonyms and artefacts, one list per finding, in order. */
export async function judgedTests(
  question: KindsQuestion,
  material: Material,
  job: JobContext,
): Promise<readonly (readonly KindTest[])[]> {
  const { library, subject, loaded, texts, request, inTurn } = question;
  const { cases, judged, sample, firings, vocabulary, empty } = material;
  const { level } = request;
  const { pictures, meanings, judgedSamples } = loaded.table;
  const pause = pauser(job);

  const raw = (some: Iterable<number>) => embeddingsOf(library, subject.judge.key, pictures, some);
  const embeddings = await raw(cases.flatMap(({ elsewhere }) => [...elsewhere]));
  const rawRows = (some: Iterable<number>) => rowsOf(Array.from(some, (picture) => embeddings.get(picture)!));

  const sampled = await raw(sample.pictures);
  const splits = splitCosines(sample, firings.sample, (picture) => sampled.get(picture)!, judged);
  await pause();

  // What the judge makes of all texts.
  const phrasesOfCase = (one: Case) => subPhrases(one.subject.text, one.content);
  const asked = [
    ...new Set([
      ...cases.map((one) => one.subject.text),
      ...cases.flatMap(phrasesOfCase).map(({ text }) => text),
      ...request.nuisances,
    ]),
  ];
  const read = await texts.of(asked, library, subject, inTurn, job);
  const vectors = new Map(asked.map((text, i) => [text, read[i]!.vector]));
  const aligned = new Map<string, Float32Array>();
  await alignTexts(
    asked,
    (text) => vectors.get(text)!,
    empty,
    meanings,
    loaded.alignments,
    undefined,
    job,
    (text, found) => aligned.set(text, found.aligned),
  );
  const dataOf = (text: string) => ({ text, vector: vectors.get(text)!, components: aligned.get(text)! });
  const phraseData = (phrase: SubPhrase) => ({ phrase, ...dataOf(phrase.text) });
  const nuisances = request.nuisances.map(dataOf);

  // What describes pictures best, of all findings and of random pictures at once.
  const beyond = cases.map(({ elsewhere }) => {
    const units = rowsOf(Array.from(elsewhere, (picture) => centredUnit(embeddings.get(picture)!, judged)));
    const classes = elsewhere.map((picture) => judged.classOf[picture]!);
    return { classes, rows: beyondClasses(units, classes, judged) };
  });
  const best = async (means: readonly Float32Array[]) => {
    if (vocabulary.entries.length === 0 || means.length === 0) return null;
    const units = rowsOf(means.map((mean) => normalise(mean)));
    const components = Int32Array.from(means.keys());
    return await labels({ components, units }, vocabulary.rows, empty, 1, { report: () => pause() });
  };
  const [named, commons] = [
    await best(cases.map(({ elsewhere }) => meanOf(rawRows(elsewhere)))),
    await best(beyond.map(({ rows }) => meanOf(rows))),
  ];
  const described = cases.map((_, i): Described => {
    if (named === null || commons === null) return { label: null, common: null };
    const entry = named.entries[i]!;
    return {
      label: {
        text: vocabulary.entries[entry]!.text,
        vector: rowOf(vocabulary.rows, entry),
        alignment: named.alignments[i]!,
      },
      common: vocabulary.entries[commons.entries[i]!]!.text,
    };
  });

  const drawn = evenly(
    Array.from(judged.classOf.keys()).filter((picture) => judged.classOf[picture] !== -1),
    most.pictures,
  );
  const drawnRows = [...(await raw(drawn)).values()];
  const randomBest = new Map<number, Float32Array>();
  for (const n of new Set(cases.map(({ elsewhere }) => elsewhere.length))) {
    const random = uniforms(n);
    const sets = Array.from({ length: most.sets }, () =>
      meanOf(rowsOf(Array.from({ length: n }, () => drawnRows[Math.floor(random() * drawnRows.length)]!))),
    );
    randomBest.set(n, (await best(sets))?.alignments ?? new Float32Array());
  }

  const cosine = memoised(judged);
  const nearnesses = evenly([...meanings.components], most.components).flatMap((component) => {
    const { images } = samplesOf(judgedSamples, component, MEANING_SAMPLES);
    return (
      meanNearness(
        images.map((picture) => judged.classOf[picture]!),
        cosine,
      ) ?? []
    );
  });

  const scores = await wordScores(question, material, job);
  const between = steps(job, 'Telling kinds apart', cases.length);
  const results: KindTest[][] = [];
  const ownOf = (some: readonly Case[]) => raw(some.flatMap(({ active, silent }) => [...active, ...silent]));
  for await (const { one, index, read: own } of readTogether(cases, ownOf)) {
    await between();
    results.push([compound(one), homonym(one, index, own), artefact(one, index)]);
  }
  return results;

  function compound(one: Case): KindTest {
    const phrases = phrasesOfCase(one).map(phraseData);
    const test = compoundTest(rawRows(one.elsewhere), vectors.get(one.subject.text)!, empty, phrases, level);
    if (test !== null) return compoundResult(test);
    return impossible('compound', 'What the text says is one word: it has no parts.');
  }

  function homonym(one: Case, i: number, own: ReadonlyMap<number, Float32Array>): KindTest {
    const { label } = described[i]!;
    const images = [...one.active, ...one.silent];
    const levels = twoLevels(images.map((_, n) => one.activations[n] ?? 0));
    if (levels === null) {
      return impossible(
        'homonym',
        'The subject’s images fire it too much alike, or are too few, to be divided by how much they do.',
      );
    }
    const group = (some: readonly number[]): Rows =>
      rowsOf(some.map((n) => centredUnit(own.get(images[n]!)!, judged)));
    const test = homonymTest(
      {
        more: group(levels.more),
        less: group(levels.less),
        elsewhere: rowsOf(
          Array.from(one.elsewhere, (picture) => centredUnit(embeddings.get(picture)!, judged)),
        ),
        splits,
        ...scores[i]!,
      },
      level,
    );
    return homonymResult(test, label?.text ?? null, levels.more.length, levels.less.length, level);
  }

  function artefact(one: Case, i: number): KindTest {
    const { classes, rows } = beyond[i]!;
    const own = new Set(one.subject.pictures);
    const others = judged.classOf.filter((c, picture) => c !== -1 && !own.has(picture));
    const spread = spreadOf(classes, others, judged, cosine);
    if (spread === null) {
      return impossible(
        'artefact',
        'The library has too few class folders to say which classes are related.',
      );
    }
    const pSpread = rankP(
      -spread.nearness,
      nearnesses.map((nearness) => -nearness),
    );
    const { label, common } = described[i]!;
    return artefactResult(
      {
        spread,
        pSpread,
        isSpread: spread.pNear > level || pSpread <= level,
        nuisance: nuisanceTest(
          rawRows(one.elsewhere),
          vectors.get(one.subject.text)!,
          empty,
          nuisances,
          level,
        ),
        label: label?.text ?? null,
        best: label?.alignment ?? 0,
        pLabel: label === null ? 1 : rankP(label.alignment, randomBest.get(one.elsewhere.length)!),
        pCommon: inCommonP(rows),
        common,
      },
      level,
    );
  }
}
