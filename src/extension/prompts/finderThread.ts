import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { ClipsightError, hasCode, toErrorInfo } from '../../shared/errors';
import { type FinderProtocol, finderProtocol } from '../../shared/finderProtocol';
import { type Connection, connect } from '../../shared/rpc/connect';
import type { Remote } from '../../shared/rpc/protocol';
import { threadPipe } from '../../shared/rpc/threadPipe';

/**
 * Looks for prompts in a thread, which the first call starts. One request at a time is given to it, in the order they
 * were asked: one that is cancelled while it waits is never begun. A call rejects with `cancelled` as soon as its
 * signal aborts, and with `engine-stopped` where the thread crashed, hung or was disposed of; the next one starts
 * another, unless two crashed within a minute.
 */
export interface FinderThread extends Remote<FinderProtocol> {
  dispose(): void;
}

export interface FinderThreadOptions {
  /** The script of the thread, `dist/prompts.js`. */
  readonly entry: string;
  /** Milliseconds that one request may take. */
  readonly deadline?: number;
}

interface Life {
  readonly connection: Connection<FinderProtocol>;
  end(reason: string): void;
}

/** The thread is left alone once it crashed so often within so many milliseconds. */
const crashCap = { count: 2, window: 60_000 };
/** A megabyte takes a second. */
const DEADLINE = 30_000;
/** In MB. A syntax tree of 5 MB of text takes some hundreds. */
const MOST_MEMORY = 2048;

export function finderThread({ entry, deadline = DEADLINE }: FinderThreadOptions): FinderThread {
  let life: Life | null = null;
  let crashes: readonly number[] = [];
  let disposed = false;
  /** Fulfilled when what was asked last is done with. */
  let last: Promise<unknown> = Promise.resolve();

  function start(): Life {
    const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY } });
    // A window that closes doesn't wait for it.
    thread.unref();
    const gone = new Promise<string>((resolve) => {
      thread.once('error', (error) => resolve(toErrorInfo(error).message));
      thread.once('exit', (code) => resolve(`its thread ended with code ${code}`));
    });
    const connection = connect(threadPipe(thread, gone), 'finder', finderProtocol);
    const started: Life = {
      connection,
      end(reason) {
        connection.dispose(reason);
        if (life === started) life = null;
        void thread.terminate();
      },
    };
    void gone.then((reason) => {
      if (life === started) crashed(started, reason);
    });
    return started;
  }

  function crashed(which: Life, reason: string): void {
    crashes = [...crashes, performance.now()];
    which.end(reason);
  }

  function running(): Life {
    if (disposed) throw stopped('The search for prompts was ended.');
    crashes = crashes.filter((time) => performance.now() - time < crashCap.window);
    if (life === null && crashes.length >= crashCap.count) {
      throw stopped(`The search for prompts stopped ${crashCap.count} times within a minute.`);
    }
    life ??= start();
    return life;
  }

  async function ask(request: FinderRequest): Promise<FinderResult> {
    const current = running();
    const timer = setTimeout(() => {
      crashed(current, `nothing was found out within ${deadline / 1000} s`);
    }, deadline);
    try {
      return await current.connection.remote.find(request);
    } catch (thrown) {
      throw hasCode(thrown, 'engine-stopped') ? stopped(thrown.message) : thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async find(request, { signal } = {}) {
      const cancelled = () => new ClipsightError('cancelled', 'The search for prompts was cancelled.');
      const before = last;
      const answer = (async () => {
        await before;
        if (signal?.aborted) throw cancelled();
        return ask(request);
      })();
      last = answer.catch(() => undefined);
      if (signal === undefined) return answer;
      let cancel!: () => void;
      const interrupted = new Promise<never>((_resolve, reject) => {
        cancel = () => reject(cancelled());
      });
      signal.addEventListener('abort', cancel);
      if (signal.aborted) cancel();
      try {
        return await Promise.race([answer, interrupted]);
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
    dispose() {
      disposed = true;
      life?.end('it was ended');
    },
  };
}

type FinderRequest = Parameters<Remote<FinderProtocol>['find']>[0];
type FinderResult = Awaited<ReturnType<Remote<FinderProtocol>['find']>>;

function stopped(message: string): ClipsightError {
  return new ClipsightError('engine-stopped', message, 'Reload the window if it stays so.');
}
