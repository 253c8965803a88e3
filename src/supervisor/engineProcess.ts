import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Pipe } from '../shared/rpc/pipe';
import { processPipe } from './processPipe';

export interface ProcessOptions {
  /** The script that the process runs. */
  readonly entry: string;
  /** The Node program that runs it; by default the one that runs us. */
  readonly execPath?: string | undefined;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly args?: readonly string[] | undefined;
  /** Given every line that the process prints. */
  readonly log: (line: string) => void;
}

export interface EngineProcess {
  readonly pid: number | null;
  readonly pipe: Pipe;
  /** Fulfilled once the process has ended, or could not be started. */
  readonly gone: Promise<void>;
  /** Asks the process to end, and makes it end after two seconds. */
  stop(): void;
  kill(): void;
}

const stopGrace = 2_000;

export function startProcess({ entry, execPath, env, args = [], log }: ProcessOptions): EngineProcess {
  const child = fork(entry, [...args], {
    ...(execPath === undefined ? {} : { execPath }),
    // Under VS Code our own program is Electron, which is a plain Node only when told so.
    env: { ...process.env, ...env, ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
    // Not inherited: a debugger's port can be opened only once.
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', log);
  }
  const pipe = processPipe(child);
  const kill = () => {
    child.kill('SIGKILL');
  };
  child.once('disconnect', () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(kill, stopGrace);
    child.once('exit', () => clearTimeout(timer));
  });
  return {
    pid: child.pid ?? null,
    pipe,
    gone: new Promise((resolve) => pipe.onClose(() => resolve())),
    stop() {
      if (child.connected) child.disconnect();
    },
    kill,
  };
}
