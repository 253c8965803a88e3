import type { JobContext } from '../../shared/rpc/protocol';
import type { ComponentTable } from '../components/componentTable';
import { pauser } from '../components/pause';
import type { Library } from '../library/library';
import { referenceSamples } from '../semantics/referenceSamples';
import { keptSamples, samplesOf, samplesWithout } from '../semantics/sampleTable';
import { MEANING_SAMPLES } from '../semantics/semanticEmbedding';

/** A component, and the pictures that its meaning is not to be read from. */
export interface LeftOutQuestion {
  readonly component: number;
  readonly own: ReadonlySet<number>;
}

/**
 * Pictures that a component's meaning is read from, the highest activation first, without those left out; null where none
 * of those are among its pictures anyway: its meaning is then the usual one.
 */
export type LeftOutSamples = Int32Array | null;

/**
 * The highest pictures that are not the subject's, exactly: where more of them are in the way than the table of components
 * is deep, all that the component fires in is read. Questions about one component stand together.
 */
export async function ownImagesLeftOut(
  questions: readonly LeftOutQuestion[],
  library: Library,
  study: string,
  { judgedSamples, unjudged, pictures }: Pick<ComponentTable, 'judgedSamples' | 'unjudged' | 'pictures'>,
  job: JobContext,
): Promise<readonly LeftOutSamples[]> {
  const pause = pauser(job);
  const found: LeftOutSamples[] = questions.map(() => null);
  const short = new Map<number, number[]>();
  for (const [i, { component, own }] of questions.entries()) {
    const usual = samplesOf(judgedSamples, component, MEANING_SAMPLES).images;
    if (!usual.some((picture) => own.has(picture))) continue;
    const samples = samplesWithout(judgedSamples, component, own, MEANING_SAMPLES);
    if (samples !== null) found[i] = samples.images;
    else short.set(component, [...(short.get(component) ?? []), i]);
    if (i % 256 === 0) await pause();
  }
  let done = 0;
  for (const [component, which] of short) {
    job.progress({ stage: 'Reading components', done: done++, total: short.size });
    const firing = await library.activationsOf(study, component, pictures);
    const judged = [...firing.pictures.keys()].filter((row) => !unjudged.has(firing.pictures[row]!));
    if (judged.length < keptSamples(judgedSamples, component))
      throw new Error('the table is of another library');
    for (const i of which) {
      const { own } = questions[i]!;
      const others = judged.filter((row) => !own.has(firing.pictures[row]!));
      found[i] = referenceSamples(
        Int32Array.from(others, (row) => firing.pictures[row]!),
        Float32Array.from(others, (row) => firing.max[row]!),
        MEANING_SAMPLES,
      ).images;
    }
    await pause();
  }
  return found;
}

/** How many pictures the meaning is read from. */
export function sampleCount(
  samples: LeftOutSamples,
  component: number,
  { judgedSamples }: Pick<ComponentTable, 'judgedSamples'>,
): number {
  return samples?.length ?? Math.min(MEANING_SAMPLES, keptSamples(judgedSamples, component));
}
