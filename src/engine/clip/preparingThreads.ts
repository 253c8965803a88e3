import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ClipsightError, fromErrorInfo } from '../../shared/errors';
import type { PreparedImage } from './prepareImage';
import type { PreparePictures } from './preparePictures';
import type { PreparingAnswer, PreparingRequest } from './preparingMessages';

export interface PreparingOptions {
  /** The bundle of preparingWorker.ts. */
  readonly file: string;
  /** Threads at most; half as many as there are cores, up to four, if left out. */
  readonly most?: number;
}

interface Waiting {
  readonly resolve: (images: readonly PreparedImage[]) => void;
  readonly reject: (error: ClipsightError) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/** A thread without work ends after so many milliseconds. */
const patience = 10_000;

/**
 * In threads of their own, beside the runs of the runtime, which block the thread that they are called on. They are
 * started when pictures come and end when none come any more; the process may end before.
 */
export function preparingThreads({
  file,
  most = Math.max(1, Math.min(4, availableParallelism() >> 1)),
}: PreparingOptions): PreparePictures {
  const threads = new Set<Thread>();
  let ids = 0;
  let idle: NodeJS.Timeout | undefined;

  const start = (): Thread => {
    const worker = new Worker(file);
    const thread: Thread = { worker, waiting: new Map() };
    threads.add(thread);
    const ended = (why: string, cause?: unknown) => {
      threads.delete(thread);
      const error = new ClipsightError('internal', `Images could not be prepared: ${why}`, undefined, {
        cause,
      });
      for (const { reject } of thread.waiting.values()) reject(error);
      thread.waiting.clear();
    };
    worker.on('message', (answer: PreparingAnswer) => {
      const asked = thread.waiting.get(answer.id);
      thread.waiting.delete(answer.id);
      if (thread.waiting.size === 0) worker.unref();
      switch (answer.kind) {
        case 'prepared':
          return asked?.resolve(answer.images);
        case 'failed':
          return asked?.reject(fromErrorInfo(answer.error));
      }
    });
    worker.on('error', (cause) => ended(cause instanceof Error ? cause.message : String(cause), cause));
    worker.on('exit', (code) => ended(`their thread ended with code ${code}.`));
    return thread;
  };

  const leastBusy = (): Thread => {
    const [free] = [...threads].toSorted((a, b) => a.waiting.size - b.waiting.size);
    return free !== undefined && (free.waiting.size === 0 || threads.size >= most) ? free : start();
  };

  const endIdle = () => {
    for (const thread of threads) {
      if (thread.waiting.size > 0) continue;
      threads.delete(thread);
      void thread.worker.terminate();
    }
    if (threads.size > 0) idle = setTimeout(endIdle, patience).unref();
  };

  return (bytes, name, models) =>
    new Promise((resolve, reject) => {
      const { worker, waiting } = leastBusy();
      const id = ids++;
      waiting.set(id, { resolve, reject });
      worker.ref();
      const request: PreparingRequest = { id, bytes, name, models };
      worker.postMessage(request);
      clearTimeout(idle);
      idle = setTimeout(endIdle, patience).unref();
    });
}
