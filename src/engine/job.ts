import { setImmediate } from 'node:timers/promises';
import { ClipsightError } from '../shared/errors';
import type { JobContext } from '../shared/rpc/protocol';

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

/** Runs jobs one after the other, in the order they were asked. */
export function oneAtATime(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = last.then(job, job);
    last = result.catch(() => undefined);
    return result;
  };
}

/** Starts up to `ahead` items before their turn comes and gives the results in order. */
export async function* startedAhead<Item, Result>(
  items: readonly Item[],
  ahead: number,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const waiting: Promise<Result>[] = [];
  for (const item of items) {
    const started = start(item);
    started.catch(() => undefined); // seen when its turn comes
    waiting.push(started);
    if (waiting.length >= ahead) yield await waiting.shift()!;
  }
  for (const started of waiting) yield await started;
}
