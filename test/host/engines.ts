import { readdirSync, readFileSync } from 'node:fs';

/** Processes of engines that this extension host has started (Linux, as VS Code for the browser needs). */
export function engines(): number[] {
  const read = (pid: number, what: string) => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8');
    } catch {
      return ''; // It ended meanwhile.
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const [, parent] = /^\d+ \(.*\) \w (\d+) /.exec(read(pid, 'stat')) ?? [];
    return Number(parent) === process.pid && read(pid, 'cmdline').includes('engine.js');
  });
}

/** Runs `body` while every engine is frozen: what waits for an answer of one waits all the time. */
export async function whileFrozen<Result>(body: () => Promise<Result>): Promise<Result> {
  const pids = engines();
  if (pids.length === 0) throw new Error('There is no engine to freeze');
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    return await body();
  } finally {
    const left = new Set(engines());
    for (const pid of pids) if (left.has(pid)) process.kill(pid, 'SIGCONT');
  }
}
