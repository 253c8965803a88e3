import type { JobContext } from '../../../shared/rpc/protocol';
import { textLists, type VocabularyEntry } from '../../components/vocabulary';
import { concat } from '../../numeric/vector';
import type { Rows } from '../../semantics/rows';
import { samplesOf, samplesWithout } from '../../semantics/sampleTable';
import { MEANING_SAMPLES } from '../../semantics/semanticEmbedding';
import type { Audited, Mismatch } from '../parts';
import { type ClassGeometry, classGeometry } from './classGeometry';
import { type ContentWord, contentWords, templateWords } from './contentWords';
import { type Firings, readFirings } from './firings';
import type { KindsQuestion } from './kindsOf';
import { type SplitSample, splitSample } from './splits';

/** A finding with what its tests are made on; pictures by their numbers. */
export interface Case {
  readonly finding: Mismatch;
  readonly subject: Audited;
  readonly content: readonly ContentWord[];
  /** The subject's images in which the component fires, with its largest activations, and the others. */
  readonly active: readonly number[];
  readonly activations: Float32Array;
  readonly silent: readonly number[];
  /** The pictures that its meaning is read from: none of the subject's. */
  readonly elsewhere: Int32Array;
}

/** What the tests share. */
export interface Material {
  /** One per finding, in order. */
  readonly cases: readonly Case[];
  /** Words in most of the subjects' texts. */
  readonly template: ReadonlySet<string>;
  readonly judged: ClassGeometry;
  readonly sample: SplitSample;
  readonly firings: Firings;
  readonly vocabulary: {
    /** Those that the judge reads fully. */
    readonly entries: readonly VocabularyEntry[];
    /** Their u, [entries, embedding]. */
    readonly rows: Rows;
  };
  /** u("") by the judge. */
  readonly empty: Float32Array;
}

export async function readMaterial(question: KindsQuestion, job: JobContext): Promise<Material> {
  const { audited, findings, library, subject, loaded, texts, request, nounsFile, inTurn } = question;
  const { pictures, judgedSamples } = loaded.table;
  const subjects = new Map(audited.map((one) => [one.subject, one]));
  const template = templateWords(audited.map(({ text }) => text));
  const judged = await classGeometry(library, subject.judge.key, pictures, job);
  const sample = splitSample(judged);
  const firings = await readFirings(
    library,
    subject.study.key,
    loaded.table,
    new Set(findings.map(({ component }) => component)),
    new Set(findings.flatMap((finding) => [...subjects.get(finding.subject)!.pictures])),
    sample.pictures,
    job,
  );
  const cases = findings.map((finding): Case => {
    const of = subjects.get(finding.subject)!;
    const own = new Set(of.pictures);
    const fired = firings.of.get(finding.component)!;
    const seen = Array.from(of.pictures).filter((picture) => judged.classOf[picture] !== -1);
    const active = seen.filter((picture) => fired.has(picture));
    const meaning =
      samplesWithout(judgedSamples, finding.component, own, MEANING_SAMPLES) ??
      // As many as are known: the subject's images take up the table.
      samplesOf(judgedSamples, finding.component);
    return {
      finding,
      subject: of,
      content: contentWords(of.text, template),
      active,
      activations: Float32Array.from(active, (picture) => fired.get(picture)!),
      silent: seen.filter((picture) => !fired.has(picture)),
      elsewhere: meaning.images.filter((picture) => !own.has(picture)).slice(0, MEANING_SAMPLES),
    };
  });
  const entries = (await textLists(request.vocabulary, nounsFile)).flatMap((list) => list.entries);
  const kept = await texts.of([...entries.map(({ phrase }) => phrase), ''], library, subject, inTurn, job);
  const read = entries.flatMap((entry, i) =>
    kept[i]!.truncated || kept[i]!.readAs !== null ? [] : [{ entry, vector: kept[i]!.vector }],
  );
  return {
    cases,
    template,
    judged,
    sample,
    firings,
    vocabulary: {
      entries: read.map(({ entry }) => entry),
      rows: { data: concat(read.map(({ vector }) => vector)), width: subject.judge.embeddingSize },
    },
    empty: kept.at(-1)!.vector,
  };
}
