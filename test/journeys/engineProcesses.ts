import { readdirSync, readFileSync } from 'node:fs';

/** The engine processes of one profile, found as the system lists them (Linux, as VS Code for the browser needs). */
function engineProcesses(profile: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isEngine(commandOf(name), profile))
    .map(Number);
}

function isEngine(command: readonly string[], profile: string): boolean {
  return (
    command.some((word) => word.endsWith('/dist/engine.js')) &&
    command.some((word) => word.startsWith(`${profile}/`))
  );
}

function commandOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // It ended meanwhile.
  }
}

/** Signals every engine of a profile, which is a folder. Returns how many there were. */
export function signalEngines(profile: string, signal: 'SIGSTOP' | 'SIGKILL'): number {
  const pids = engineProcesses(profile);
  for (const pid of pids) process.kill(pid, signal);
  return pids.length;
}
