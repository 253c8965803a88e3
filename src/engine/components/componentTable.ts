import type { JobContext } from '../../shared/rpc/protocol';
import type { Library, Pictures } from '../library/library';
import { rowOf } from '../semantics/rows';
import { SampleCollector, type SampleTable } from '../semantics/sampleTable';
import { MEANING_SAMPLES, MeaningCollector, type Meanings } from '../semantics/semanticEmbedding';
import { pauser } from './pause';
import { presentEmbeddings } from './presentEmbeddings';
import type { Subject } from './subject';

/** What is known of all components of a study at once, in memory that hardly grows with the library. */
export interface ComponentTable {
  readonly pictures: Pictures;
  /** Pictures that the judge has not seen, by their numbers. */
  readonly unjudged: ReadonlySet<number>;
  /** By largest activation. */
  readonly samples: SampleTable;
  /** Token of the largest activation, and mean activation, of each of the samples. [components, depth] */
  readonly tokens: Int32Array;
  readonly means: Float32Array;
  /** Samples that meanings are read from: those that the judge has seen. */
  readonly judgedSamples: SampleTable;
  readonly meanings: Meanings;
  /** Row of each component in the meanings; −1 where it has too few images. [components] */
  readonly meaningRows: Int32Array;
  /** Activations above 0 of each picture. [pictures] */
  readonly perPicture: Int32Array;
}

/** What a table is built of; two libraries with the same have the same table. */
export interface TableContents {
  readonly pictures: Pictures;
  readonly unjudged: ReadonlySet<number>;
}

/** Samples kept of a component: as many as leave 20 when a prompt's own images are left out, as a rule. */
const DEPTH = 100;
/** Bytes of embeddings that are held: a library reads few at a time as slowly as all. */
const HELD = 128 * 1024 * 1024;

export async function tableContents(library: Library, { study, judge }: Subject): Promise<TableContents> {
  const pictures = await library.pictures(study.key);
  const { embeddings } = await library.lacking(pictures.sha256, { study: study.key, embedders: [judge.key] });
  const [unseen] = embeddings;
  const unjudged = new Set<number>();
  if (unseen !== undefined && unseen.size > 0) {
    pictures.sha256.forEach((sha256, i) => {
      if (unseen.has(sha256)) unjudged.add(i);
    });
  }
  return { pictures, unjudged };
}

export async function buildComponentTable(
  library: Library,
  subject: Subject,
  { pictures, unjudged }: TableContents,
  job: JobContext,
): Promise<ComponentTable> {
  const count = pictures.sha256.length;
  const pause = pauser(job);
  const all = new SampleCollector(subject.size, DEPTH);
  const judged = unjudged.size === 0 ? null : new SampleCollector(subject.size, MEANING_SAMPLES);
  const tokens = new Int32Array(subject.size * DEPTH);
  const means = new Float32Array(subject.size * DEPTH);
  const perPicture = new Int32Array(count);
  for await (const chunk of library.activations(subject.study.key, pictures)) {
    for (let n = 0; n < chunk.components.length; n++) {
      const component = chunk.components[n]!;
      const picture = chunk.pictures[n]!;
      const value = chunk.max[n]!;
      if (value > 0) perPicture[picture]!++;
      const at = all.insert(component, picture, value);
      if (at !== -1) {
        const end = (component + 1) * DEPTH;
        tokens.copyWithin(at + 1, at, end - 1);
        means.copyWithin(at + 1, at, end - 1);
        tokens[at] = chunk.tokens[n]!;
        means[at] = chunk.mean[n]!;
      }
      if (judged !== null && !unjudged.has(picture)) judged.insert(component, picture, value);
    }
    const last = chunk.pictures[chunk.pictures.length - 1] ?? 0;
    job.progress({ stage: 'Reading activations', done: Math.min(count, last + 1), total: count });
    await pause();
  }
  const samples = all.table();
  const judgedSamples = judged?.table() ?? samples;
  const meanings = await readMeanings(library, subject, judgedSamples, pictures, job);
  const meaningRows = new Int32Array(subject.size).fill(-1);
  meanings.components.forEach((component, row) => {
    meaningRows[component] = row;
  });
  return { pictures, unjudged, samples, tokens, means, judgedSamples, meanings, meaningRows, perPicture };
}

async function readMeanings(
  library: Library,
  { judge }: Subject,
  samples: SampleTable,
  { sha256 }: Pictures,
  job: JobContext,
): Promise<Meanings> {
  const pause = pauser(job);
  const collector = new MeaningCollector(samples, sha256.length, judge.embeddingSize);
  const needed = Array.from(sha256.keys()).filter((picture) => collector.needs(picture));
  const step = Math.max(1, Math.floor(HELD / (4 * judge.embeddingSize)));
  for (let start = 0; start < needed.length; start += step) {
    const some = needed.slice(start, start + step);
    const rows = await presentEmbeddings(
      library,
      judge.key,
      some.map((picture) => sha256[picture]!),
    );
    for (const [i, picture] of some.entries()) {
      collector.add(picture, rowOf(rows, i));
      if (i % 256 === 0) await pause();
    }
    job.progress({
      stage: 'Reading what the judge saw',
      done: Math.min(needed.length, start + step),
      total: needed.length,
    });
  }
  return collector.meanings();
}
