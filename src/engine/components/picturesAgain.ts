import type { JobContext } from '../../shared/rpc/protocol';
import { runSize } from '../attribution/observeAll';
import type { PreparedImage } from '../clip/prepareImage';
import { breather } from '../job';
import { gatherer } from '../library/gather';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { type Need, readPictures } from '../library/readPictures';
import { dot } from '../numeric/vector';
import { rowOf } from '../semantics/rows';
import type { Study } from '../study';
import type { InTurn, Subject } from './subject';

/** What one turn takes, in milliseconds: others wait as long. */
const TURN_MS = 400;
/** Files read, and pictures, for one turn at most; and how long it waits for them, in milliseconds. */
const gathered = { files: 1000, patience: 1000, pictures: 64 };
/** ‖e − stored‖/‖stored‖ above which an embedding is another one. */
const tolerance = 1e-3;

export interface WantedPictures {
  /** Numbers of pictures. */
  readonly which: ReadonlySet<number>;
  readonly pictures: Pictures;
  /** Files with pictures, by SHA-256 (`pictureFiles`). */
  readonly files: ReadonlyMap<string, readonly LibraryFile[]>;
  readonly stage: string;
}

export interface PictureComputation<T> {
  /**
   * Runs the model on some pictures: one result each, in order, with the raw embedding that the unchanged model gave. In a
   * turn; `between` is to be called between two runs of the runtime.
   */
  compute(
    some: readonly { readonly picture: number; readonly image: PreparedImage }[],
    study: Study,
    between: () => Promise<void>,
  ): Promise<readonly { readonly embedding: Float32Array; readonly value: T }[]>;
  /** Takes the result of a picture that is the one that was indexed. */
  use(picture: number, value: T): void;
  /** Called after each turn, and out of it. */
  after?(): Promise<void>;
}

export interface PicturesSeen {
  /** Whose results were taken. */
  readonly used: number;
  /** Gave another embedding than the stored one. */
  readonly different: number;
  /** Have no stored embedding to compare with. */
  readonly unembedded: number;
  /** Could not be read again, or changed since they were indexed. */
  readonly left: number;
}

/**
 * Runs the model on pictures of a library again, in turns, while others are read. Each is checked to be the one that was
 * indexed, by its bytes and by its embedding; of others nothing is used.
 */
export async function picturesAgain<T>(
  { which, pictures, files, stage }: WantedPictures,
  {
    library,
    subject,
    inTurn,
  }: { readonly library: Library; readonly subject: Subject; readonly inTurn: InTurn },
  { compute, use, after }: PictureComputation<T>,
  job: JobContext,
): Promise<PicturesSeen> {
  const preprocessing = await inTurn(job, async ({ study }) => study.model.preprocessing);
  const numbers = new Map(Array.from(which, (picture) => [pictures.sha256[picture]!, picture]));
  const toRead = [...numbers.keys()].flatMap((sha256) => files.get(sha256)?.slice(0, 1) ?? []);
  const source = gatherer(
    readPictures(toRead, {
      model: preprocessing,
      judge: null,
      // A file that now has another picture is not asked for it.
      needs: async (read) => read.map((sha256) => (numbers.has(sha256) ? all : nothing)),
    }),
    job.signal,
    gathered,
  );
  const between = breather(job);
  const counts = { used: 0, different: 0, unembedded: 0 };
  let read = 0;
  let wanted = 1;
  let size = 1;
  try {
    for (;;) {
      job.progress({ stage, done: read, total: toRead.length });
      const { seen, pictures: prepared, ended } = await source.next(wanted);
      read += seen.length;
      if (prepared.length > 0) {
        const { rows, present } = await library.embeddings(
          subject.embedder,
          prepared.map(({ sha256 }) => sha256),
        );
        const asked = prepared.map(({ sha256, pixels, width, height }) => ({
          picture: numbers.get(sha256)!,
          // Nobody asks where in the picture something is.
          image: { pixels: pixels!, width, height, crop: { left: 0, top: 0, width, height } },
        }));
        const found = await inTurn(job, async ({ study }) => {
          const started = performance.now();
          const results: { embedding: Float32Array; value: T }[] = [];
          for (let start = 0; start < asked.length; start += size) {
            await between();
            results.push(...(await compute(asked.slice(start, start + size), study, between)));
          }
          const each = (performance.now() - started) / asked.length;
          size = runSize(each);
          wanted = Math.max(1, Math.min(gathered.pictures, Math.floor(TURN_MS / each)));
          return results;
        });
        for (const [i, { embedding, value }] of found.entries()) {
          if (present[i] === 0) counts.unembedded += 1;
          else if (!isClose(embedding, rowOf(rows, i))) counts.different += 1;
          else {
            counts.used += 1;
            use(asked[i]!.picture, value);
          }
        }
        await after?.();
      }
      if (ended) break;
    }
  } finally {
    source.stop();
  }
  return { ...counts, left: which.size - counts.used - counts.different - counts.unembedded };
}

/** Files with pictures, by SHA-256, each list in the order of the paths. */
export async function pictureFiles(
  library: Pick<Library, 'files'>,
): Promise<ReadonlyMap<string, readonly LibraryFile[]>> {
  const bySha = new Map<string, LibraryFile[]>();
  for (const file of await library.files(null)) {
    if (file.sha256 === null || file.failure !== null) continue;
    const known = bySha.get(file.sha256);
    if (known === undefined) bySha.set(file.sha256, [file]);
    else known.push(file);
  }
  return bySha;
}

/** What a person should know of pictures that were not used. */
export function leftOutNotes(
  { different, left, unembedded }: PicturesSeen,
  model: string,
): readonly string[] {
  return [
    ...counted(
      left,
      'could not be read again, or changed since they were indexed: they are left out until images are indexed again.',
    ),
    ...counted(different, 'gave another embedding than the one that was stored: they are left out.'),
    ...counted(
      unembedded,
      `have no embedding by ${model} yet: they are left out until images are indexed again.`,
    ),
  ];
}

export function counted(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} of the pictures ${what}`];
}

const all: Need = { codes: true, embedding: true, judged: false };
const nothing: Need = { codes: false, embedding: false, judged: false };

/** The same embedding, computed in another batch. */
function isClose(e: Float32Array, stored: Float32Array): boolean {
  const difference = e.map((x, i) => x - stored[i]!);
  return dot(difference, difference) <= tolerance ** 2 * dot(stored, stored);
}
