import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { ClipsightError } from '../../../shared/errors';
import { type Rows, rowCount } from '../../semantics/rows';
import { pca } from './pca';
import { intoSquare, type Positions } from './positions';
import type { UmapInput, UmapMessage } from './umapMessages';

/** For each row the numbers of its k nearest rows, nearest first; −1 after the last. It may be among them. [rows, k] */
export interface Neighbours {
  readonly k: number;
  readonly others: Int32Array;
  readonly cosines: Float32Array;
}

export interface UmapOptions {
  readonly signal: AbortSignal;
  /** Told of epochs. */
  readonly onProgress: (done: number, total: number) => void;
  readonly threads?: number | undefined;
  /** The bundle of umapWorker.ts: beside that of the engine unless told. */
  readonly worker?: string;
}

/** Neighbours that are looked at; as in the paper. */
export const umapNeighbours = 14;
/** Fewer have no neighbourhoods to speak of: they stay where PCA puts them. */
const FEWEST = 5;
/** In MB: the package takes 2 GB for 30 000 rows, which is more than a thread is given on a small machine. */
const MOST_MEMORY = 4096;
/** Half the side of the square that the rows start in. */
const START = 10;

/**
 * Places by UMAP (McInnes, Healy & Melville 2018) with 1 − cos as distance, starting from PCA, in the square
 * [−1, 1]² with one scale for both axes. The same rows give the same places. Computed in a thread of its own, which
 * ends when the signal aborts. Rejects with ClipsightError `cancelled`.
 */
export async function umap(
  units: Rows,
  neighbours: Neighbours,
  { signal, onProgress, threads, worker = path.join(__dirname, 'umap.js') }: UmapOptions,
): Promise<Positions> {
  const count = rowCount(units);
  if (neighbours.others.length !== count * neighbours.k)
    throw new Error('the neighbours are not those of the rows');
  const start = await pca(units, { threads, signal });
  if (count < FEWEST || neighbours.k < 2) return start;
  const input: UmapInput = {
    ...nearestOf(neighbours, count),
    x: start.x.map((x) => x * START),
    y: start.y.map((y) => y * START),
  };
  return intoSquare(await inThread(worker, input, signal, onProgress));
}

/** As many neighbours as are looked at; a row that has fewer has its last distance for those that are missing. */
function nearestOf(
  { k: given, others: all, cosines }: Neighbours,
  count: number,
): Pick<UmapInput, 'k' | 'others' | 'distances'> {
  // The package wants to know of more rows than it looks at.
  const k = Math.min(given, umapNeighbours, count - 2);
  const others = new Int32Array(count * k).fill(-1);
  const distances = new Float32Array(count * k);
  for (let row = 0; row < count; row++) {
    let to = row * k;
    for (let at = row * given; at < (row + 1) * given && to < (row + 1) * k; at++) {
      if (all[at]! < 0 || all[at] === row) continue;
      others[to] = all[at]!;
      // Rounding puts the cosine of equal rows beyond 1.
      distances[to++] = Math.max(0, 1 - cosines[at]!);
    }
    distances.fill(distances[to - 1] ?? 0, to, (row + 1) * k);
  }
  return { k, others, distances };
}

function inThread(
  file: string,
  input: UmapInput,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<Positions> {
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown, what: string) =>
      reject(
        new ClipsightError('internal', `The map could not be laid out: ${what}`, undefined, {
          cause,
        }),
      );
    // Reading in the neighbours takes a third of the time, and cannot be told how far it is.
    onProgress(0, 1);
    const thread = new Worker(file, {
      workerData: input,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
    });
    const cancel = () => {
      reject(new ClipsightError('cancelled', 'Cancelled.'));
      void thread.terminate();
    };
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    thread.on('message', (message: UmapMessage) => {
      if (message.kind === 'done') resolve(message);
      else if (!signal.aborted) onProgress(message.done, message.total);
    });
    thread.on('error', (cause) => failed(cause, cause instanceof Error ? cause.message : String(cause)));
    thread.on('exit', (code) => {
      signal.removeEventListener('abort', cancel);
      // Says nothing where the thread has answered.
      failed(undefined, `its thread ended with code ${code}.`);
    });
  });
}
