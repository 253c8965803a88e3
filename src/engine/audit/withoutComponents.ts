import type { JobContext } from '../../shared/rpc/protocol';
import type { KeptImage } from '../attribution/attribute';
import type { HookPrograms } from '../attribution/hookPrograms';
import { pauser } from '../components/pause';
import { rereadPictures } from '../components/rereading';
import type { InTurn, Subject } from '../components/subject';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { keepResults } from '../library/memo';
import { rowOf } from '../semantics/rows';
import { type Changes, changesName, decodedChanges, encodedChanges } from './keptChanges';

/** Pictures asked for at a time: 4 MB of what the memo keeps of the usual width and number of components. */
const ASKED = 64;
/** Milliseconds after which results of the model are kept: what a run that is cancelled loses. */
const KEEP_MS = 1000;

/** What a picture's embedding is without each of its active components, one at a time. */
export interface WithoutComponents extends Changes {
  /** Its number among the pictures. */
  readonly picture: number;
  /** Raw embedding in the library. */
  readonly embedding: Float32Array;
}

export interface SwitchingOff {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  readonly pictures: Pictures;
  /** Files with pictures, by SHA-256; asked for where the model has to be run. */
  readonly files: () => Promise<ReadonlyMap<string, readonly LibraryFile[]>>;
}

/**
 * Switches off each active component of pictures, by running what follows it in the model (`varyProgram`). That no
 * direction has a part in it: all of them are read off what is found. The library keeps it, in half precision of the
 * change (docs/audit.md): a picture is run once.
 *
 * What is kept is the change of the embedding, of two rows of one run: its rounding is that of the change, not of the
 * embedding. It belongs to the stored one.
 *
 * @param wanted numbers of pictures that have an embedding
 * @param take called with each of them, in no order
 * @returns those that would have to be read again and could not, or are no longer what was indexed
 */
export async function withoutComponents(
  wanted: Iterable<number>,
  context: SwitchingOff,
  take: (found: WithoutComponents) => void,
  job: JobContext,
): Promise<ReadonlySet<number>> {
  const missing = await fromMemo([...wanted], context, take, job);
  if (missing.size > 0) await fromModel(missing, context, take, job);
  return missing;
}

/** Takes what is kept; the others. */
async function fromMemo(
  wanted: readonly number[],
  { library, subject, pictures }: SwitchingOff,
  take: (found: WithoutComponents) => void,
  job: JobContext,
): Promise<Set<number>> {
  const pause = pauser(job);
  const missing = new Set<number>();
  for (let start = 0; start < wanted.length; start += ASKED) {
    const some = wanted.slice(start, start + ASKED);
    const kept = await library.kept(some.map((picture) => changesName(picture, subject, pictures)));
    const known = some.filter((picture) => kept.has(changesName(picture, subject, pictures)));
    const { rows, present } = await library.embeddings(
      subject.embedder,
      known.map((picture) => pictures.sha256[picture]!),
    );
    for (const picture of some) if (!known.includes(picture)) missing.add(picture);
    for (const [i, picture] of known.entries()) {
      await pause();
      const bytes = kept.get(changesName(picture, subject, pictures))!;
      if (present[i] === 0) missing.add(picture);
      else take({ picture, embedding: rowOf(rows, i), ...decodedChanges(bytes, rows.width) });
    }
  }
  return missing;
}

/** Takes what running the model gives, and removes the pictures from those that are missing. */
async function fromModel(
  missing: Set<number>,
  context: SwitchingOff,
  take: (found: WithoutComponents) => void,
  job: JobContext,
): Promise<void> {
  const { library, subject, pictures } = context;
  const files = await context.files();
  const toRead = new Map(
    [...missing].flatMap((picture) =>
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
  try {
    await rereadPictures(
      toRead,
      {
        ...context,
        stage: 'Switching components off',
        async compute(images, _, { programs }, between) {
          const results = [];
          for (const image of images) results.push(await changesOf(image, programs, between));
          return results;
        },
        async take(found) {
          for (const { picture, found: one, stored } of found) {
            const bytes = encodedChanges(one);
            fresh.set(changesName(picture, subject, pictures), bytes);
            // As it is kept: the next run gives the same numbers.
            take({ picture, embedding: stored, ...decodedChanges(bytes, stored.length) });
            missing.delete(picture);
          }
          if (performance.now() - keptAt > KEEP_MS) await keep();
        },
      },
      job,
    );
  } finally {
    await keep();
  }
}

async function changesOf(
  image: KeptImage,
  programs: Pick<HookPrograms, 'vary' | 'embed'>,
  between: () => Promise<void>,
): Promise<Changes & { readonly embedding: Float32Array }> {
  const { components } = image;
  const count = components.length;
  const factors = new Float32Array((1 + count) * count).fill(1);
  for (let i = 0; i < count; i++) factors[(1 + i) * count + i] = 0;
  const [embedding, ...without] =
    count === 0 ? await programs.embed([image.x]) : await programs.vary(image, factors, between);
  const width = embedding!.length;
  const data = new Float32Array(count * width);
  without.forEach((e, i) => {
    for (let d = 0; d < width; d++) data[i * width + d] = e[d]! - embedding![d]!;
  });
  return { embedding: embedding!, components: Int32Array.from(components), changes: { data, width } };
}
