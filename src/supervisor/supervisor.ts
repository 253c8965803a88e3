import { performance } from 'node:perf_hooks';
import type * as z from 'zod';
import { ClipsightError, hasCode, toErrorInfo } from '../shared/errors';
import type { CallOptions, Protocol, Remote } from '../shared/rpc/protocol';
import { remoteOf } from '../shared/rpc/remote';
import { type Ending, type Life, type LifeOptions, startLife } from './life';
import { unfailing } from './log';

export type EngineState = 'stopped' | 'starting' | 'ready' | 'busy' | 'failed';

export interface Supervisor<P extends Protocol> {
  /** Every call starts the engine if it is not running. */
  readonly remote: Remote<P>;
  readonly state: EngineState;
  /** Null while no process is running. */
  readonly pid: number | null;
  /** Returns the function that stops listening. */
  onState(listener: (state: EngineState) => void): () => void;
  /** Ends the process and starts another, also after too many crashes. */
  restart(): Promise<void>;
  /** Ends the process; what is pending rejects with `engine-stopped`. The next call starts another. */
  stop(): Promise<void>;
}

export type SupervisorOptions<P extends Protocol> = Omit<LifeOptions<P>, 'changed' | 'ended'>;

/** As many crashes within the window and the engine is not started again by itself. A hang counts as a crash. */
const crashCap = { count: 5, window: 3 * 60_000 };

/**
 * Keeps a process that serves a protocol: starts it at the first call, kills it when it hangs (nothing inside
 * it could: a native run blocks its event loop), and starts the next one when it is needed.
 *
 * A call rejects with `deadline` if the engine made no progress for too long, with `engine-stopped` if it
 * crashed or was stopped. Only calls that waited behind a cancelled job which blocked the engine are made again.
 */
export function supervise<P extends Protocol>(options: SupervisorOptions<P>): Supervisor<P> {
  const log = unfailing(options.log);
  const listeners = new Set<(state: EngineState) => void>();
  let life: Life<P> | null = null;
  let crashes: readonly number[] = [];
  let failed = false;
  let state: EngineState = 'stopped';

  function changed(): void {
    const phase = life?.phase ?? 'ended';
    const next = phase !== 'ended' ? phase : failed ? 'failed' : 'stopped';
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener(state);
  }

  function ended(ending: Ending): void {
    if (ending.kind === 'crash') {
      const now = performance.now();
      crashes = [...crashes.filter((time) => now - time < crashCap.window), now];
      failed = crashes.length >= crashCap.count;
    }
    changed();
  }

  /** The process in use, started if there is none and the one before it is gone. */
  async function awake(): Promise<Life<P>> {
    while (life?.phase === 'ended') {
      const last: Life<P> = life;
      await last.gone;
      if (life === last) life = null;
    }
    if (failed) throw givenUp();
    if (life === null) {
      life = start();
      changed();
    }
    return life;
  }

  function start(): Life<P> {
    try {
      return startLife({ ...options, log, changed, ended });
    } catch (thrown) {
      const { message } = toErrorInfo(thrown);
      throw new ClipsightError('engine-stopped', `The engine could not be started: ${message}`);
    }
  }

  async function call<M extends keyof P & string>(
    method: M,
    request: z.input<P[M]['request']>,
    callOptions?: CallOptions,
  ): Promise<z.output<P[M]['result']>> {
    for (;;) {
      const current = await awake();
      try {
        return await current.call(method, request, callOptions);
      } catch (thrown) {
        const { ending } = current;
        if (ending === null || !hasCode(thrown, 'engine-stopped')) throw thrown;
        if (ending.kind !== 'blocked') throw ending.error;
      }
    }
  }

  async function stop(): Promise<void> {
    const last = life;
    last?.stop();
    await last?.gone;
  }

  return {
    remote: remoteOf(options.protocol, call),
    get state() {
      return state;
    },
    get pid() {
      return life === null || life.phase === 'ended' ? null : life.pid;
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async restart() {
      await stop();
      crashes = [];
      failed = false;
      await awake();
    },
    stop,
  };
}

function givenUp(): ClipsightError {
  return new ClipsightError(
    'engine-stopped',
    `The engine stopped ${crashCap.count} times within ${crashCap.window / 60_000} minutes and is left stopped.`,
    'See the log for the cause, then choose “Restart engine”.',
  );
}
