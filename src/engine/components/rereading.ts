import type { JobContext } from '../../shared/rpc/protocol';
import { type KeptImage, observe } from '../attribution/attribute';
import { breather } from '../job';
import { gatherer } from '../library/gather';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { type Need, type PreparedPicture, readPictures } from '../library/readPictures';
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

/** What is found out about a picture that is read again. */
export interface Reread {
  /** Raw embedding e as it comes out now, by which the picture is known to be the one that was indexed. */
  readonly embedding: Float32Array;
}

export interface Rereading<Found extends Reread> {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  /** That `numbers` are of. */
  readonly pictures: Pictures;
  /** What is told of it. */
  readonly stage: string;
  /** Computes, in a turn, something of each of some pictures, in their order. `between` is for between two runs. */
  compute(
    images: readonly KeptImage[],
    numbers: readonly number[],
    study: Study,
    between: () => Promise<void>,
  ): Promise<readonly Found[]>;
  /** Given what one turn computed, of those pictures that are still the ones that were indexed. */
  take(found: readonly RereadPicture<Found>[]): Promise<void> | void;
}

export interface RereadPicture<Found extends Reread> {
  /** Its number among the pictures. */
  readonly picture: number;
  readonly found: Found;
  /** Its raw embedding in the library. */
  readonly stored: Float32Array;
}

/** Pictures by what became of them. Those that are in no count could not be read, or changed since. */
export interface RereadCounts {
  readonly added: number;
  /** Of another embedding than the one that was stored. */
  readonly different: number;
  /** Without a stored embedding. */
  readonly unembedded: number;
}

/**
 * Reads pictures again, each checked to be the one that was indexed, by its bytes and by its embedding, and computes
 * something of them in turns, while others are read on.
 * @param files a file for each of the pictures, by number
 */
export async function rereadPictures<Found extends Reread>(
  files: ReadonlyMap<number, LibraryFile>,
  { library, subject, inTurn, pictures, stage, compute, take }: Rereading<Found>,
  job: JobContext,
): Promise<RereadCounts> {
  const counts = { added: 0, different: 0, unembedded: 0 };
  if (files.size === 0) return counts;
  const numbers = new Map(Array.from(files.keys(), (picture) => [pictures.sha256[picture]!, picture]));
  const { preprocessing, prepare } = await inTurn(job, async ({ study }) => study.model);
  const source = gatherer(
    readPictures(files.values(), {
      model: preprocessing,
      judge: null,
      prepare,
      // A file that now has another picture is not asked for it.
      needs: async (read) => read.map((sha256) => (numbers.has(sha256) ? all : nothing)),
    }),
    job.signal,
    gathered,
  );
  const between = breather(job);
  let read = 0;
  let wanted = 1;
  try {
    for (;;) {
      job.progress({ stage, done: read, total: files.size });
      const { seen, pictures: prepared, ended } = await source.next(wanted);
      read += seen.length;
      if (prepared.length > 0) {
        const { rows, present } = await library.embeddings(
          subject.embedder,
          prepared.map(({ sha256 }) => sha256),
        );
        const found = await inTurn(job, async ({ study }) => {
          const started = performance.now();
          const results: Found[] = [];
          for (let start = 0; start < prepared.length; ) {
            await between();
            const some = prepared.slice(start, start + study.programs.imagesPerRun());
            start += some.length;
            const images = await observe(some.map(seenWhole), study.programs, study.dictionary);
            const ofThem = some.map(({ sha256 }) => numbers.get(sha256)!);
            results.push(...(await compute(images, ofThem, study, between)));
          }
          const each = (performance.now() - started) / prepared.length;
          wanted = Math.max(1, Math.min(gathered.pictures, Math.floor(TURN_MS / each)));
          return results;
        });
        const same: RereadPicture<Found>[] = [];
        for (const [i, one] of found.entries()) {
          const stored = rowOf(rows, i);
          if (present[i] === 0) counts.unembedded += 1;
          else if (!isClose(one.embedding, stored)) counts.different += 1;
          else same.push({ picture: numbers.get(prepared[i]!.sha256)!, found: one, stored });
        }
        counts.added += same.length;
        await take(same);
      }
      if (ended) return counts;
    }
  } finally {
    source.stop();
  }
}

const all: Need = { codes: true, embedding: true, judged: false };
const nothing: Need = { codes: false, embedding: false, judged: false };

/** Nobody asks where in the picture something is. */
function seenWhole({ pixels, width, height }: PreparedPicture) {
  return { pixels: pixels!, width, height, crop: { left: 0, top: 0, width, height } };
}

/** The same embedding, computed in another batch. */
function isClose(e: Float32Array, stored: Float32Array): boolean {
  const difference = e.map((x, i) => x - stored[i]!);
  return dot(difference, difference) <= tolerance ** 2 * dot(stored, stored);
}
