import type { JobContext } from '../../shared/rpc/protocol';
import { score } from '../attribution/score';
import { pauser } from '../components/pause';
import { presentEmbeddings } from '../components/presentEmbeddings';
import { openProducts } from '../semantics/products';
import { type Rows, rowOf } from '../semantics/rows';
import type { SubjectClasses } from './accuracy';
import { type Attributing, attributionsOf } from './attributions';
import { type PictureCodes, pictureCodes, placeOf } from './pictureCodes';
import { accuracyOf } from './setAccuracy';
import { type EntryAttributions, type ShareMeans, shareMeans, shareRows } from './shares';

/** A subject whose shares are measured over pictures. */
export interface MeasuredSubject {
  /** Among `Attributing.directions`. */
  readonly direction: number;
  /** Of the subject beside it, whose shares on the same pictures are compared; null where there is none. */
  readonly beside: number | null;
  /** Numbers, ascending. At least one. */
  readonly pictures: Int32Array;
  /** Null where accuracy has no meaning. */
  readonly classes: SubjectClasses | null;
}

/** What one subject's images gave. */
export interface Measurement {
  /** Those of its pictures that could be read: where contributions are not kept, files may be gone. */
  readonly pictures: Int32Array;
  /** Pictures that were left out for that. */
  readonly unread: number;
  /** y of each, [pictures]. */
  readonly similarities: Float32Array;
  readonly accuracy: number | null;
  readonly means: ShareMeans;
  /** Of the direction beside it, on the same pictures. */
  readonly beside: ShareMeans | null;
  /** Shares and activations picture by picture, of components asked for, ascending. Only while it is used. */
  rows(components: Int32Array): ReturnType<typeof shareRows>;
}

/** Attributions that are held at a time: 64 MB; and embeddings: 128 MB. */
const HELD = { attributions: 2 ** 24, embeddings: 2 ** 25 };

/**
 * Measures subjects, as many at a time as memory allows.
 *
 * @param perPicture activations above 0 of each picture of the library
 * @param use called with each subject's measurement, in order
 */
export async function measureSubjects(
  subjects: readonly MeasuredSubject[],
  perPicture: Int32Array,
  context: Attributing & { readonly threads: number | undefined },
  use: (index: number, measurement: Measurement) => void,
  job: JobContext,
): Promise<void> {
  const width = context.subject.study.model.embeddingSize;
  const products = openProducts(width, context.threads);
  try {
    for (let start = 0; start < subjects.length; ) {
      const end = blockEnd(subjects, start, perPicture, width);
      const block = subjects.slice(start, end);
      await measureBlock(block, context, products, (i, found) => use(start + i, found), job);
      start = end;
    }
  } finally {
    await products.release();
  }
}

/** Subjects from `start` on that are measured together, one at least. */
function blockEnd(
  subjects: readonly MeasuredSubject[],
  start: number,
  perPicture: Int32Array,
  width: number,
): number {
  let [entries, pictures] = [0, 0];
  for (let at = start; at < subjects.length; at++) {
    const one = subjects[at]!;
    for (const picture of one.pictures) entries += perPicture[picture]! * (one.beside === null ? 1 : 2);
    pictures += one.pictures.length;
    const isFull = entries > HELD.attributions || pictures * width > HELD.embeddings;
    if (isFull && at > start) return at;
  }
  return subjects.length;
}

async function measureBlock(
  block: readonly MeasuredSubject[],
  context: Attributing,
  products: ReturnType<typeof openProducts>,
  use: (index: number, measurement: Measurement) => void,
  job: JobContext,
): Promise<void> {
  const { library, subject, pictures } = context;
  const pause = pauser(job);
  const which = Int32Array.from(new Set(block.flatMap((one) => [...one.pictures]))).sort();
  const codes = await pictureCodes(library, subject.study.key, which, pictures, job);
  const embeddings = await presentEmbeddings(
    library,
    subject.embedder,
    Array.from(which, (picture) => pictures.sha256[picture]!),
  );
  const asked = askedOf(block, codes);
  const { attributions, unread } = await attributionsOf(
    { codes, directions: asked, embeddings },
    context,
    job,
  );
  for (const [i, one] of block.entries()) {
    job.progress({ stage: 'Measuring', done: i, total: block.length });
    await pause();
    const all = one.pictures.map((picture) => placeOf(codes, picture));
    const places = all.filter((place) => !unread.has(place));
    const of = (direction: number): readonly EntryAttributions[] =>
      Array.from(places, (place) => attributions[place]![asked[place]!.indexOf(direction)]!);
    const own = of(one.direction);
    const rows = takenRows(embeddings, places);
    use(i, {
      pictures: places.map((place) => codes.pictures[place]!),
      unread: all.length - places.length,
      similarities: Float32Array.from(places, (place) =>
        score(rowOf(embeddings, place), context.directions[one.direction]!),
      ),
      accuracy:
        one.classes === null || places.length === 0
          ? null
          : await accuracyOf(rows, one.classes, products, pause),
      means: shareMeans(codes, places, own),
      beside: one.beside === null ? null : shareMeans(codes, places, of(one.beside)),
      rows: (components) => shareRows(codes, places, own, components),
    });
  }
}

/** Directions asked about each place, each once. */
function askedOf(block: readonly MeasuredSubject[], codes: PictureCodes): readonly (readonly number[])[] {
  const asked = Array.from(codes.pictures, () => new Set<number>());
  for (const { pictures, direction, beside } of block) {
    for (const picture of pictures) {
      const some = asked[placeOf(codes, picture)]!;
      some.add(direction);
      if (beside !== null) some.add(beside);
    }
  }
  return asked.map((some) => [...some]);
}

function takenRows({ data, width }: Rows, which: Int32Array): Rows {
  const taken = new Float32Array(which.length * width);
  which.forEach((row, at) => {
    taken.set(data.subarray(row * width, (row + 1) * width), at * width);
  });
  return { data: taken, width };
}
