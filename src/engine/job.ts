import { setImmediate } from 'node:timers/promises';
import { ClipsightError } from '../shared/errors';
import type { JobContext, Progress } from '../shared/rpc/protocol';

/**
 * A breath between two runs of the runtime, which block the event loop: messages come in, and a job that was
 * cancelled meanwhile ends here. Throws ClipsightError `cancelled`.
 */
export function breather({ signal }: Pick<JobContext, 'signal'>): () => Promise<void> {
  return async () => {
    await setImmediate();
    if (signal.aborted) throw new ClipsightError('cancelled', 'Cancelled.');
  };
}

/** What is told of work by who waits for it: nothing, and it is never cancelled. */
export const unwatched: JobContext = { signal: new AbortController().signal, progress: () => undefined };

/**
 * To be called before each of so many steps: reports how many are done, and lets the job be cancelled there. Throws
 * ClipsightError `cancelled`.
 */
export function steps(job: JobContext, stage: string, total: number): () => Promise<void> {
  const between = breather(job);
  let done = 0;
  return async () => {
    await between();
    job.progress({ stage, done: Math.min(done, total), total });
    done += 1;
  };
}

/** A job whose breaths tell that it lives. */
export interface LivelyJob {
  /** To be called between two runs of the runtime. Throws ClipsightError `cancelled`. */
  between(): Promise<void>;
  progress(progress: Progress): void;
}

/** Milliseconds after which what was told of a job is told again. */
const silence = 1000;

/**
 * As `breather`, and what was last told of the job is told again now and then: one of which nothing is heard for long is
 * taken to hang and ended, though a step of it may be hours of runs.
 */
export function livelyJob(job: JobContext, first: Progress): LivelyJob {
  const breathe = breather(job);
  let told = first;
  let at = performance.now();
  const progress = (next: Progress): void => {
    told = next;
    at = performance.now();
    job.progress(next);
  };
  return {
    async between() {
      await breathe();
      if (performance.now() - at >= silence) progress(told);
    },
    progress,
  };
}

/** Runs jobs one after the other, in the order they were asked. */
export function oneAtATime(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = last.then(job);
    last = result.catch(() => undefined);
    return result;
  };
}
