import { Worker } from 'node:worker_threads';

/**
 * Ends this process soon after its parent is gone, also while a native run holds its event loop, for ever if a driver
 * hangs: a thread looks after the parent. (Where nothing hangs, the process ends with its channel before that.)
 */
export function endWithParent(): void {
  const watch = (parent: number) => {
    setInterval(() => {
      try {
        process.kill(parent, 0);
        if (process.ppid === parent) return;
      } catch {
        // There is no such process any more.
      }
      process.kill(process.pid, 'SIGKILL');
    }, 1000);
  };
  new Worker(`(${watch})(${process.ppid})`, { eval: true }).unref();
}
