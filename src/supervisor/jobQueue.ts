/** A call that the engine was given. */
export interface Job {
  readonly method: string;
  /** How long it may show no progress, in milliseconds. */
  readonly patience: number;
}

export interface JobQueue {
  readonly size: number;
  /** The job that the engine is thought to work on. */
  readonly oldest: Job | null;
  add(method: string, patience: number): Job;
  progressed(job: Job): void;
  finish(job: Job): void;
  /** The caller no longer waits for the job, but the engine is at it until `finish`. */
  cancel(job: Job): void;
  clear(): void;
}

export interface JobQueueEvents {
  /** The job that the engine works on showed no progress for as long as its patience. */
  readonly stuck: (job: Job) => void;
  /** A cancelled job still blocks the engine after `grace`, and others wait. */
  readonly blocked: (job: Job) => void;
}

/**
 * The calls that the engine was given and has not answered, oldest first.
 *
 * Only the oldest runs against a clock, because a native run blocks the engine's event loop: what was asked
 * later waits behind it through no fault of its own, and its clock starts when it has become the oldest. A
 * cancelled job gets `grace` milliseconds instead, and is held against the engine only where another job waits.
 */
export function jobQueue(grace: number, events: JobQueueEvents): JobQueue {
  const jobs: Job[] = [];
  const cancelled = new Set<Job>();
  let timer: NodeJS.Timeout | undefined;
  let overdue: Job | null = null;

  function restartClock(): void {
    clearTimeout(timer);
    overdue = null;
    const job = jobs[0];
    if (job === undefined) return;
    const given = cancelled.has(job) ? grace : job.patience;
    timer = setTimeout(() => {
      if (!cancelled.has(job)) events.stuck(job);
      else if (jobs.length > cancelled.size) events.blocked(job);
      else overdue = job;
    }, given);
  }

  return {
    get size() {
      return jobs.length;
    },
    get oldest() {
      return jobs[0] ?? null;
    },
    add(method, patience) {
      const job = { method, patience };
      jobs.push(job);
      if (jobs.length === 1) restartClock();
      if (overdue !== null) events.blocked(overdue);
      return job;
    },
    progressed(job) {
      if (job === jobs[0]) restartClock();
    },
    finish(job) {
      const index = jobs.indexOf(job);
      if (index === -1) return;
      jobs.splice(index, 1);
      cancelled.delete(job);
      if (index === 0) restartClock();
    },
    cancel(job) {
      if (!jobs.includes(job)) return;
      cancelled.add(job);
      if (job === jobs[0]) restartClock();
    },
    clear() {
      jobs.length = 0;
      cancelled.clear();
      restartClock();
    },
  };
}
