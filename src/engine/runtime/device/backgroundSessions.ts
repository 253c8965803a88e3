import type { Graph } from '../../graph/graph';
import type { OpenSession, SessionRequest, Sessions } from '../sessions';
import { DeviceFault } from './deviceFault';
import type { DeviceProcess, Patience } from './deviceProcess';

export interface BackgroundOptions {
  /** Starts a process of low priority that runs on the CPU. */
  readonly start: () => DeviceProcess;
  /** Where it goes on if that process cannot be had, or ends. */
  readonly cpu: Sessions;
  /** How long a process without work is kept, in milliseconds. */
  readonly idle?: number;
  readonly log: (line: string) => void;
}

/** Who has a low priority may wait long for a core: only what is stuck for good is given up. In milliseconds. */
export const backgroundPatience: Patience = { first: 600_000, factor: 100, least: 120_000 };

/** As `os.setPriority` takes it (on Windows, below normal). */
export const backgroundPriority = 10;

/**
 * Sessions on the CPU in a process of low priority: on Linux a process that lowered its own could never raise it again.
 * They compute what this process would, to the last bit where they have as many threads. The process is started by the
 * first run and ended, with the memory that it has, when no run was asked for in a while.
 */
export function backgroundSessions({ start, cpu, idle = 30_000, log }: BackgroundOptions): {
  readonly sessions: Sessions;
  end(): Promise<void>;
} {
  let process: DeviceProcess | null = null;
  let busy = 0;
  let timer: NodeJS.Timeout | undefined;

  const end = async (): Promise<void> => {
    clearTimeout(timer);
    const ending = process;
    process = null;
    await ending?.end();
  };
  const inProcess = async <T>(work: (process: DeviceProcess) => Promise<T>): Promise<T> => {
    clearTimeout(timer);
    busy += 1;
    try {
      if (process?.alive !== true) process = start();
      return await work(process);
    } finally {
      busy -= 1;
      if (busy === 0 && process !== null) timer = setTimeout(() => void end(), idle).unref();
    }
  };

  const open = async (graph: Graph, request: SessionRequest): Promise<OpenSession> => {
    let there: { readonly process: DeviceProcess; readonly session: Promise<OpenSession> } | null = null;
    let here: Promise<OpenSession> | null = null;
    return {
      async run(feeds) {
        if (here === null) {
          try {
            return await inProcess(async (process) => {
              if (there?.process !== process) there = { process, session: process.open(graph, request) };
              return (await there.session).run(feeds);
            });
          } catch (thrown) {
            if (!(thrown instanceof DeviceFault)) throw thrown;
            log(`[background] goes on at usual priority: ${thrown.message}`);
            // Of the weights, or of the graph, it says what is wrong itself.
            here = cpu.open(graph, request);
          }
        }
        return (await here).run(feeds);
      },
      async release() {
        const [remote, local] = [there, here];
        there = null;
        here = null;
        if (remote?.process.alive === true) {
          // What cannot be released goes with its process.
          await remote.session.then((session) => session.release()).catch(() => undefined);
        }
        await (await local?.catch(() => null))?.release();
      },
    };
  };

  return { sessions: { open }, end };
}
