import type * as z from 'zod';
import { ClipsightError, errorLine, hasCode, toErrorInfo } from '../shared/errors';
import { connect } from '../shared/rpc/connect';
import type { CallOptions, Protocol, Remote } from '../shared/rpc/protocol';
import { type Caller, remoteOf } from '../shared/rpc/remote';
import { type ProcessOptions, startProcess } from './engineProcess';
import { type Job, jobQueue } from './jobQueue';

/** Why a process is no more. */
export type Ending =
  /** It went by itself, or was killed because it hung; whoever waits is told. */
  | { readonly kind: 'crash'; readonly error: ClipsightError }
  /** Somebody asked for it. */
  | { readonly kind: 'stopped'; readonly error: ClipsightError }
  /** It was killed because a cancelled job would not rest; whoever waits is served by the next process. */
  | { readonly kind: 'blocked' };

export interface LifeOptions<P extends Protocol> extends ProcessOptions {
  readonly name: string;
  readonly protocol: P;
  /** Milliseconds without progress after which a job is given up, by method. */
  readonly deadlines: { readonly [M in keyof P]: number };
  /** Milliseconds that a cancelled job may go on while others wait. */
  readonly cancelGrace: number;
  /** A cheap call, whose answer shows that the engine listens: asked at its start, and after a cancel. */
  readonly ping: (remote: Remote<P>) => Promise<unknown>;
  /** The phase may have changed. */
  readonly changed: () => void;
  readonly ended: (ending: Ending) => void;
}

/** One process of the engine, from its start to its end, and the calls made in it. */
export interface Life<P extends Protocol> {
  readonly pid: number | null;
  readonly phase: 'starting' | 'ready' | 'busy' | 'ended';
  /** Null while it lives. */
  readonly ending: Ending | null;
  /** Fulfilled once the process itself is gone. */
  readonly gone: Promise<void>;
  readonly call: Caller<P>;
  stop(): void;
}

export function startLife<P extends Protocol>(options: LifeOptions<P>): Life<P> {
  const { name, protocol, deadlines, cancelGrace, log, ping, changed, ended } = options;
  const engine = startProcess(options);
  log(`[supervisor] ${name} started, process ${engine.pid ?? 'unknown'}`);
  let ending: Ending | null = null;
  let ready = false;

  const queue = jobQueue(cancelGrace, {
    stuck({ method, patience }) {
      log(`[supervisor] ${name} is killed: no progress on ${method} for ${seconds(patience)}`);
      const message = `The engine made no progress on ${method} for ${seconds(patience)} and was ended.`;
      end({ kind: 'crash', error: new ClipsightError('deadline', message, runAgain) });
      engine.kill();
    },
    blocked({ method }) {
      log(`[supervisor] ${name} is killed: ${method} was cancelled and still keeps others waiting`);
      end({ kind: 'blocked' });
      engine.kill();
    },
  });

  engine.pipe.onClose((reason) => {
    log(`[supervisor] ${name}, process ${engine.pid ?? 'unknown'}: ${reason}`);
    const doing = ready ? queue.oldest && `it worked on ${queue.oldest.method}` : 'it started';
    const message = `The engine stopped${doing === null ? '' : ` while ${doing}`}: ${reason}.`;
    end({ kind: 'crash', error: new ClipsightError('engine-stopped', message, runAgain) });
  });
  const connection = connect(engine.pipe, name, protocol);

  function end(how: Ending): void {
    if (ending !== null) return;
    ending = how;
    connection.dispose();
    queue.clear();
    ended(how);
  }

  function rest(job: Job): void {
    queue.finish(job);
    changed();
  }

  async function call<M extends keyof P & string>(
    method: M,
    request: z.input<P[M]['request']>,
    options: CallOptions = {},
  ): Promise<z.output<P[M]['result']>> {
    const { signal, onProgress } = options;
    // Nothing is sent for it, so it is no job.
    if (signal?.aborted) return connection.remote[method](request, options);
    const job = queue.add(method, deadlines[method]);
    const cancel = () => {
      queue.cancel(job);
      // What already was on its way says nothing about the engine now; the answer to a new call does.
      ping(connection.remote).then(
        () => rest(job),
        () => {},
      );
    };
    signal?.addEventListener('abort', cancel);
    changed();
    try {
      const result = await connection.remote[method](request, {
        signal,
        onProgress(progress) {
          queue.progressed(job);
          onProgress?.(progress);
        },
      });
      queue.finish(job);
      return result;
    } catch (thrown) {
      // An aborted call rejects before the engine has stopped working on it.
      if (!signal?.aborted || !hasCode(thrown, 'cancelled')) queue.finish(job);
      throw thrown;
    } finally {
      signal?.removeEventListener('abort', cancel);
      changed();
    }
  }

  void ping(remoteOf(protocol, call))
    .catch((thrown: unknown) => {
      if (ending === null) log(`[supervisor] ${name}: ${errorLine(toErrorInfo(thrown))}`);
    })
    .then(() => {
      ready = true;
      changed();
    });

  return {
    pid: engine.pid,
    gone: engine.gone,
    call,
    get phase() {
      if (ending !== null) return 'ended';
      if (!ready) return 'starting';
      return queue.size > 0 ? 'busy' : 'ready';
    },
    get ending() {
      return ending;
    },
    stop() {
      const error = new ClipsightError(
        'engine-stopped',
        'The engine was stopped.',
        'Run it again to start it.',
      );
      end({ kind: 'stopped', error });
      engine.stop();
    },
  };
}

const runAgain = 'Run it again, the engine starts afresh; if that does not help, see the log.';

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
