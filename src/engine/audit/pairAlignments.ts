import type { JobContext } from '../../shared/rpc/protocol';
import type { ComponentTable } from '../components/componentTable';
import { pauser } from '../components/pause';
import { presentEmbeddings } from '../components/presentEmbeddings';
import type { Subject } from '../components/subject';
import type { Library } from '../library/library';
import { dot } from '../numeric/vector';
import { alignment } from '../semantics/alignment';
import { type Rows, rowOf } from '../semantics/rows';
import { FEWEST_SAMPLES, semanticEmbedding } from '../semantics/semanticEmbedding';
import type { LeftOutSamples } from './ownImagesLeftOut';

/** A component with the pictures that its meaning is read from, and texts that it is compared with. */
export interface AlignmentQuestion {
  readonly component: number;
  readonly samples: LeftOutSamples;
  /** u(text) of the judge, [embedding] each. */
  readonly texts: readonly Float32Array[];
}

/** Bytes of the judge's embeddings that are held. */
const HELD = 128 * 1024 * 1024;

/**
 * Alignments cos(θ, u(text)) − cos(θ, u("")) of each component with its texts; null where too few pictures remain to read a
 * meaning from.
 *
 * @param empty u("")
 */
export async function pairAlignments(
  questions: readonly AlignmentQuestion[],
  empty: Float32Array,
  library: Library,
  { judge }: Pick<Subject, 'judge'>,
  { meanings, meaningRows, pictures }: Pick<ComponentTable, 'meanings' | 'meaningRows' | 'pictures'>,
  job: JobContext,
): Promise<readonly (readonly number[] | null)[]> {
  const pause = pauser(job);
  const found: (readonly number[] | null)[] = questions.map(() => null);
  const nothing = new Map<number, number>();
  const most = Math.max(1, Math.floor(HELD / (4 * judge.embeddingSize)));
  let waiting: number[] = [];
  let needed = new Map<number, number>();
  let done = 0;

  const flush = async (): Promise<void> => {
    const rows = await presentEmbeddings(
      library,
      judge.key,
      Array.from(needed.keys(), (picture) => pictures.sha256[picture]!),
    );
    for (const i of waiting) {
      const { samples, texts } = questions[i]!;
      const theta = meanOf(samples!, needed, rows);
      found[i] = texts.map((text) => alignment(theta, text, empty));
      if (++done % 64 === 0) await pause();
    }
    job.progress({ stage: 'Comparing meanings', done, total: questions.length });
    waiting = [];
    needed = new Map();
  };

  for (const [i, { component, samples, texts }] of questions.entries()) {
    if (samples === null) {
      const row = meaningRows[component]!;
      if (row !== -1) {
        const unit = rowOf(meanings.units, row);
        const none = nothing.get(component) ?? dot(unit, empty);
        nothing.set(component, none);
        found[i] = texts.map((text) => dot(unit, text) - none);
      }
      done += 1;
    } else if (samples.length < FEWEST_SAMPLES) done += 1;
    else {
      waiting.push(i);
      for (const picture of samples) if (!needed.has(picture)) needed.set(picture, needed.size);
      if (needed.size >= most) await flush();
    }
    if (i % 256 === 0) {
      job.progress({ stage: 'Comparing meanings', done, total: questions.length });
      await pause();
    }
  }
  if (waiting.length > 0) await flush();
  return found;
}

function meanOf(samples: Int32Array, rowsOf: ReadonlyMap<number, number>, rows: Rows): Float32Array {
  return semanticEmbedding(
    samples.map((picture) => rowsOf.get(picture)!),
    rows,
  ).vector;
}
