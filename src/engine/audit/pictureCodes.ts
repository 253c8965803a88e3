import type { JobContext } from '../../shared/rpc/protocol';
import { pauser } from '../components/pause';
import type { Library, Pictures } from '../library/library';

/** What is active in some pictures of a library. */
export interface PictureCodes {
  /** Numbers of the pictures, ascending. */
  readonly pictures: Int32Array;
  /** Entries of the picture in place i: from offsets[i] up to offsets[i + 1]. [pictures + 1] */
  readonly offsets: Int32Array;
  /** Components of the entries, ascending within a picture. */
  readonly components: Int32Array;
  /** Their largest activations over tokens; not above 0 where a component is active below 0 only. */
  readonly activations: Float32Array;
}

/** Place of a picture among those of the codes; −1 where it is none of them. */
export function placeOf({ pictures }: Pick<PictureCodes, 'pictures'>, picture: number): number {
  return search(pictures, picture, 0, pictures.length);
}

/** Entry of a component in the picture in place i; −1 where it is silent. */
export function entryOf({ components, offsets }: PictureCodes, place: number, component: number): number {
  return search(components, component, offsets[place]!, offsets[place + 1]!);
}

function search(sorted: Int32Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < to && sorted[low] === value ? low : -1;
}

/** Codes of the pictures given, ascending numbers, in one pass over the library's. */
export async function pictureCodes(
  library: Library,
  study: string,
  which: Int32Array,
  pictures: Pictures,
  job: JobContext,
): Promise<PictureCodes> {
  const pause = pauser(job);
  const count = pictures.sha256.length;
  const places = new Int32Array(count).fill(-1);
  which.forEach((picture, place) => {
    places[picture] = place;
  });
  const counts = new Int32Array(which.length + 1);
  let components = new Int32Array(1024);
  let activations = new Float32Array(1024);
  let used = 0;
  let last = -1;
  for await (const chunk of library.activations(study, pictures)) {
    for (let n = 0; n < chunk.pictures.length; n++) {
      const place = places[chunk.pictures[n]!]!;
      if (place === -1) continue;
      if (place < last) throw new Error('activations came in another order than that of the pictures');
      last = place;
      if (used === components.length) {
        components = grown(components, new Int32Array(2 * used));
        activations = grown(activations, new Float32Array(2 * used));
      }
      components[used] = chunk.components[n]!;
      activations[used++] = chunk.max[n]!;
      counts[place + 1]!++;
    }
    const at = chunk.pictures[chunk.pictures.length - 1] ?? 0;
    job.progress({ stage: 'Reading activations', done: Math.min(count, at + 1), total: count });
    await pause();
  }
  for (let i = 0; i < which.length; i++) counts[i + 1]! += counts[i]!;
  return {
    pictures: which,
    offsets: counts,
    components: components.slice(0, used),
    activations: activations.slice(0, used),
  };
}

function grown<T extends Int32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
