import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Computed } from '../../../shared/device';
import { hasCode } from '../../../shared/errors';
import { connect } from '../../../shared/rpc/connect';
import { startProcess } from '../../../supervisor/engineProcess';
import type { Graph } from '../../graph/graph';
import { messageOf } from '../onnxModel';
import { modelFor } from '../session';
import type { OpenSession, SessionRequest } from '../sessions';
import { DeviceFault } from './deviceFault';
import { deviceProtocol } from './deviceProtocol';

/** A process that runs graphs on a device. Everything in it rejects with a DeviceFault. */
export interface DeviceProcess {
  readonly computed: Computed;
  /** Null where none could be started. */
  readonly pid: number | null;
  readonly alive: boolean;
  open(graph: Graph, request: Pick<SessionRequest, 'folder' | 'prepack'>): Promise<OpenSession>;
  /** Fulfilled once the process is gone. */
  end(): Promise<void>;
}

/** How long an answer is waited for. In milliseconds. */
export interface Patience {
  /** Opening, and a session's first run: shaders are compiled. */
  readonly first: number;
  /** A later run: so many times what the slowest of the session took, and so much more. */
  readonly factor: number;
  readonly least: number;
}

export interface StartDeviceOptions {
  /** The script that the process runs: `device.js`, beside the engine's. */
  readonly entry: string;
  readonly computed: Computed;
  /** Threads within an op, of what runs on the CPU there. */
  readonly threads?: number | undefined;
  /** As `os.setPriority` takes it; that of this process if left out. */
  readonly priority?: number | undefined;
  readonly patience?: Patience | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly log: (line: string) => void;
}

/**
 * SwiftShader compiles the shaders of a tiny model in 4 s. Nothing may take as long as the engine is given for a job
 * without progress (two minutes), or it would be ended for what the device did.
 */
export const usualPatience: Patience = { first: 100_000, factor: 20, least: 10_000 };
/** What an answer that has come may take to be read, if this process was busy. */
const readingMs = 500;

export function startDevice({
  entry,
  computed,
  threads,
  priority,
  patience = usualPatience,
  env,
  log,
}: StartDeviceOptions): DeviceProcess {
  const child = startProcess({ entry, env, log });
  // Threads inherit it: it is set before there are any that compute.
  if (priority !== undefined && child.pid !== null) lower(child.pid, priority, log);
  const { remote, dispose } = connect(child.pipe, 'device', deviceProtocol);
  let alive = true;
  /** Whether anything was ever opened in it. */
  let served = false;
  void child.gone.then(() => {
    alive = false;
  });

  /** As `call`, and a process that does not answer in time is ended. */
  const answered = async <T>(what: string, within: number, call: Promise<T>): Promise<T> => {
    const done = new AbortController();
    const tooLate = async (): Promise<never> => {
      await sleep(within, null, { signal: done.signal });
      // An answer may lie there already: this process may have been busy all the while.
      await sleep(readingMs, null, { signal: done.signal });
      alive = false;
      child.kill();
      await child.gone;
      throw new DeviceFault('hung', `${what} did not end within ${Math.round(within / 1000)} s`);
    };
    try {
      return await Promise.race([call, tooLate()]);
    } catch (thrown) {
      if (thrown instanceof DeviceFault) throw thrown;
      if (hasCode(thrown, 'engine-stopped')) {
        alive = false;
        throw new DeviceFault('died', `its process ended in ${what}`, { cause: thrown });
      }
      throw new DeviceFault('threw', `${what} failed (${messageOf(thrown)})`, { cause: thrown });
    } finally {
      done.abort();
    }
  };

  return {
    computed,
    pid: child.pid,
    get alive() {
      return alive;
    },
    async open(graph, { folder, prepack }) {
      const model = modelFor(graph, { folder, ...computed });
      const request = {
        model,
        folder,
        device: computed.device,
        ...(threads === undefined ? {} : { threads }),
        ...(prepack === undefined ? {} : { prepack }),
      };
      const { session } = await answered('opening', patience.first, remote.open(request)).catch(
        (fault: DeviceFault) => {
          throw served || fault.kind !== 'threw'
            ? fault
            : new DeviceFault('unavailable', fault.message, { cause: fault.cause });
        },
      );
      served = true;
      /** Milliseconds; null before the first run. */
      let slowest: number | null = null;
      return {
        async run(feeds) {
          const within =
            slowest === null
              ? patience.first
              : Math.min(patience.first, patience.least + patience.factor * slowest);
          const started = performance.now();
          const outputs = await answered('a run', within, remote.run({ session, feeds: { ...feeds } }));
          slowest = Math.max(slowest ?? 0, performance.now() - started);
          return outputs;
        },
        async release() {
          if (alive) await answered('releasing', patience.first, remote.release({ session }));
        },
      };
    },
    async end() {
      alive = false;
      child.stop();
      await child.gone;
      dispose();
    },
  };
}

/** A machine that does not allow it computes all the same. */
function lower(pid: number, priority: number, log: (line: string) => void): void {
  try {
    setPriority(pid, priority);
  } catch (thrown) {
    log(`[device] its priority stays as it is: ${messageOf(thrown)}`);
  }
}
