import type { JobContext } from '../../shared/rpc/protocol';
import { attribute } from '../attribution/attribute';
import { type ScoreDirection, scoreGradient } from '../attribution/score';
import { pauser } from '../components/pause';
import { rereadPictures } from '../components/rereading';
import type { InTurn, Subject } from '../components/subject';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { keepResults, memoName } from '../library/memo';
import { dot } from '../numeric/vector';
import { type Rows, rowOf } from '../semantics/rows';
import { entryOf, type PictureCodes, placeOf } from './pictureCodes';
import type { EntryAttributions } from './shares';

export interface Attributing {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  readonly pictures: Pictures;
  readonly directions: readonly ScoreDirection[];
  /** Files with pictures, by SHA-256; asked for where the model has to be run. */
  readonly files: () => Promise<ReadonlyMap<string, readonly LibraryFile[]>>;
}

/** Directions asked about the picture in each place of the codes, and its raw embedding in that row. */
export interface AskedAttributions {
  readonly codes: PictureCodes;
  readonly directions: readonly (readonly number[])[];
  readonly embeddings: Rows;
}

export interface FoundAttributions {
  /** By place, and in the order asked. */
  readonly attributions: readonly (readonly EntryAttributions[])[];
  /** Places of pictures that would have to be read again and could not: their attributions are not known. */
  readonly unread: ReadonlySet<number>;
}

/** Milliseconds after which results of the model are kept: what a run that is cancelled loses. */
const KEEP_MS = 1000;

/**
 * Attributions A = ⟨d_j, ∂y/∂e⟩ of many directions on many pictures (method.md): from contribution vectors where the
 * library keeps them, in half precision; by running the model on the other pictures, in turns, whose results the library
 * keeps from then on.
 */
export async function attributionsOf(
  { codes, directions: asked, embeddings }: AskedAttributions,
  context: Attributing,
  job: JobContext,
): Promise<FoundAttributions> {
  const attributions = asked.map((some, place) => {
    const entries = codes.offsets[place + 1]! - codes.offsets[place]!;
    return some.map(() => new Float32Array(entries));
  });
  const question = { codes, asked, embeddings, attributions };
  const left = await fromContributions(question, context, job);
  const unknown = await fromMemo(left, question, context);
  if (unknown.size === 0) return { attributions, unread: new Set() };
  const read = await fromModel(unknown, question, context, job);
  return { attributions, unread: new Set([...unknown.keys()].filter((place) => !read.has(place))) };
}

interface Question {
  readonly codes: PictureCodes;
  readonly asked: readonly (readonly number[])[];
  readonly embeddings: Rows;
  /** What is found goes here. */
  readonly attributions: readonly (readonly EntryAttributions[])[];
}

/** The places of pictures in which something is active and of which no contributions are kept. */
async function fromContributions(
  { codes, asked, embeddings, attributions }: Question,
  { library, subject, pictures, directions }: Attributing,
  job: JobContext,
): Promise<readonly number[]> {
  const pause = pauser(job);
  const count = codes.pictures.length;
  const entries = (place: number) => codes.offsets[place + 1]! - codes.offsets[place]!;
  const came = new Int32Array(count);
  /** ∂y/∂e of pictures of which something came, until all of it did. */
  const gradients = new Map<number, readonly Float32Array[]>();
  let done = 0;
  for await (const chunk of library.contributionsFor(subject.study.key, codes.pictures, pictures)) {
    for (const [row, picture] of chunk.pictures.entries()) {
      const place = placeOf(codes, picture);
      const isFirst = came[place]!++ === 0;
      if (isFirst) done += 1;
      const e = rowOf(embeddings, place);
      const known = gradients.get(place) ?? asked[place]!.map((d) => scoreGradient(e, directions[d]!));
      gradients.set(place, known);
      const entry = entryOf(codes, place, chunk.components[row]!);
      if (entry !== -1) {
        const at = entry - codes.offsets[place]!;
        const contribution = rowOf(chunk.contributions, row);
        for (const [k, gradient] of known.entries()) {
          attributions[place]![k]![at] = dot(contribution, gradient);
        }
      }
      if (came[place]! >= entries(place)) gradients.delete(place);
    }
    job.progress({ stage: 'Reading contributions', done, total: count });
    await pause();
  }
  return [...came.keys()].filter((place) => came[place] === 0 && entries(place) > 0);
}

/** Places of pictures, and by place which of the directions asked about them are not known. */
type Unknown = ReadonlyMap<number, readonly number[]>;

/** Takes what earlier runs of the model found. */
async function fromMemo(
  places: readonly number[],
  question: Question,
  context: Attributing,
): Promise<Unknown> {
  const names = places.map((place) => question.asked[place]!.map((d) => nameOf(place, d, question, context)));
  const kept = await context.library.kept(names.flat());
  const unknown = new Map<number, readonly number[]>();
  for (const [i, place] of places.entries()) {
    const lacking: number[] = [];
    for (const [k, name] of names[i]!.entries()) {
      const bytes = kept.get(name);
      if (bytes === undefined) lacking.push(k);
      else fill(question, place, k, decoded(bytes));
    }
    if (lacking.length > 0) unknown.set(place, lacking);
  }
  return unknown;
}

/** The places of the pictures that were read again and are the ones that were indexed. */
async function fromModel(
  unknown: Unknown,
  question: Question,
  context: Attributing,
  job: JobContext,
): Promise<ReadonlySet<number>> {
  const { codes, asked } = question;
  const { library, pictures, directions } = context;
  const files = await context.files();
  const places = new Map(Array.from(unknown.keys(), (place) => [codes.pictures[place]!, place]));
  const toRead = new Map(
    [...places.keys()].flatMap((picture) =>
      (files.get(pictures.sha256[picture]!) ?? []).slice(0, 1).map((file) => [picture, file] as const),
    ),
  );
  const fresh = new Map<string, Uint8Array>();
  let keptAt = performance.now();
  const keep = async (): Promise<void> => {
    await keepResults(library, fresh);
    fresh.clear();
    keptAt = performance.now();
  };
  const read = new Set<number>();
  try {
    await rereadPictures(
      toRead,
      {
        ...context,
        stage: 'Attributing images',
        async compute(images, numbers, { programs }, between) {
          const results = [];
          for (const [i, image] of images.entries()) {
            await between();
            const place = places.get(numbers[i]!)!;
            const lacking = unknown.get(place)!.map((k) => directions[asked[place]![k]!]!);
            const { analysis, kept } = await attribute(image, lacking, programs, between);
            results.push({ embedding: kept.embedding!, analysis });
          }
          return results;
        },
        async take(found) {
          for (const { picture, found: one } of found) {
            const place = places.get(picture)!;
            read.add(place);
            for (const [i, k] of unknown.get(place)!.entries()) {
              const result = {
                components: one.analysis.latents,
                attributions: one.analysis.directions[i]!.attributions,
              };
              fill(question, place, k, result);
              fresh.set(nameOf(place, asked[place]![k]!, question, context), encoded(result));
            }
          }
          if (performance.now() - keptAt > KEEP_MS) await keep();
        },
      },
      job,
    );
    return read;
  } finally {
    await keep();
  }
}

interface ComponentAttributions {
  readonly components: Int32Array;
  readonly attributions: Float32Array;
}

/**
 * A component that rounding makes active in one batch and not in another has nothing here, or is passed over: it hardly
 * fires.
 */
function fill(
  { codes, attributions: all }: Question,
  place: number,
  k: number,
  { components, attributions }: ComponentAttributions,
): void {
  const target = all[place]![k]!;
  for (const [i, component] of components.entries()) {
    const entry = entryOf(codes, place, component);
    if (entry !== -1) target[entry - codes.offsets[place]!] = attributions[i]!;
  }
}

/** Change the name where the bytes come to mean something else. */
function nameOf(
  place: number,
  direction: number,
  { codes }: Question,
  { subject, pictures, directions }: Attributing,
): string {
  const { kind, vector } = directions[direction]!;
  const sha256 = pictures.sha256[codes.pictures[place]!]!;
  return memoName('attributions 1', subject.study.key, sha256, kind, vector);
}

/** Components, then their attributions, both little-endian. */
function encoded({ components, attributions }: ComponentAttributions): Uint8Array {
  const bytes = new Uint8Array(8 * components.length);
  bytes.set(new Uint8Array(components.buffer, components.byteOffset, components.byteLength));
  bytes.set(
    new Uint8Array(attributions.buffer, attributions.byteOffset, attributions.byteLength),
    components.byteLength,
  );
  return bytes;
}

function decoded(bytes: Uint8Array): ComponentAttributions {
  if (bytes.length % 8 !== 0) throw new Error(`corrupt: kept attributions of ${bytes.length} bytes`);
  const { buffer } = bytes.slice();
  const count = bytes.length / 8;
  return { components: new Int32Array(buffer, 0, count), attributions: new Float32Array(buffer, 4 * count) };
}
