import type { JobContext } from '../../shared/rpc/protocol';
import type { ActivationChunk, Library } from '../library/library';
import { activationLengths, type ImageActivations, nearestInActivation } from '../semantics/coactivation';
import type { NearComponent } from '../semantics/nearestComponent';
import type { ComponentTable } from './componentTable';
import { pauser } from './pause';
import type { Subject } from './subject';

/** Activations by picture, from which it is read what fires together. */
export interface Coactivity {
  /** Pictures looked at: the first so many, which is a sample of all, for their order is that of their hashes. */
  readonly pictures: number;
  readonly activations: ImageActivations;
  readonly lengths: Float64Array;
}

/** Activations that are held: 128 MB. */
const MOST = 16_000_000;

export async function buildCoactivity(
  library: Library,
  { study, size }: Subject,
  { pictures, perPicture }: Pick<ComponentTable, 'pictures' | 'perPicture'>,
  job: JobContext,
  most = MOST,
): Promise<Coactivity> {
  const pause = pauser(job);
  const offsets = offsetsWithin(perPicture, most);
  const count = offsets.length - 1;
  const components = new Int32Array(offsets[count]!);
  const values = new Float32Array(offsets[count]!);
  const next = offsets.slice();
  for await (const chunk of library.activations(study.key, pictures)) {
    for (let n = 0; n < chunk.pictures.length; n++) {
      const picture = chunk.pictures[n]!;
      if (picture >= count || !(chunk.max[n]! > 0)) continue;
      const to = next[picture]!++;
      components[to] = chunk.components[n]!;
      values[to] = chunk.max[n]!;
    }
    const last = chunk.pictures[chunk.pictures.length - 1] ?? 0;
    job.progress({ stage: 'Reading what fires together', done: last + 1, total: perPicture.length });
    await pause();
  }
  const activations = { offsets, components, values };
  return { pictures: count, activations, lengths: activationLengths(activations, size) };
}

/** Of the k components that fire most alike. `own`: the component's activations. */
export function nearestByActivity(
  { pictures, activations, lengths }: Coactivity,
  component: number,
  own: ActivationChunk,
  k: number,
): readonly NearComponent[] {
  const seen = own.pictures.findIndex((picture) => picture >= pictures);
  const end = seen === -1 ? own.pictures.length : seen;
  const samples = { images: own.pictures.subarray(0, end), values: own.max.subarray(0, end) };
  return nearestInActivation(activations, lengths, component, samples, k);
}

/** Where the activations of each picture begin, of as many pictures as hold no more than `most`. */
function offsetsWithin(perPicture: Int32Array, most: number): Int32Array {
  const offsets = new Int32Array(perPicture.length + 1);
  for (let picture = 0; picture < perPicture.length; picture++) {
    const end = offsets[picture]! + perPicture[picture]!;
    if (end > most) return offsets.slice(0, picture + 1);
    offsets[picture + 1] = end;
  }
  return offsets;
}
