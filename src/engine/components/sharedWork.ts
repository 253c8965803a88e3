import { ClipsightError } from '../../shared/errors';
import type { JobContext } from '../../shared/rpc/protocol';

/** One computation that several jobs wait for. It is cancelled when none of them waits any more. */
class SharedWork<T> {
  private readonly abort = new AbortController();
  private readonly waiting = new Set<JobContext>();
  private readonly result: Promise<T>;
  private state: 'running' | 'done' | 'failed' = 'running';

  constructor(compute: (job: JobContext) => Promise<T>) {
    const progress: JobContext['progress'] = (told) => {
      for (const job of this.waiting) job.progress(told);
    };
    this.result = compute({ signal: this.abort.signal, progress });
    this.result.then(
      () => {
        this.state = 'done';
      },
      () => {
        this.state = 'failed';
      },
    );
  }

  /** Whether it will never give a value. */
  get failed(): boolean {
    return this.state === 'failed' || this.abort.signal.aborted;
  }

  wait(job: JobContext): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(job);
        job.signal.removeEventListener('abort', cancel);
      };
      const cancel = (): void => {
        leave();
        if (this.waiting.size === 0 && this.state === 'running') this.abort.abort();
        reject(new ClipsightError('cancelled', 'Cancelled.'));
      };
      this.waiting.add(job);
      job.signal.addEventListener('abort', cancel);
      if (job.signal.aborted) cancel();
      this.result.then(resolve, reject).finally(leave);
    });
  }
}

/** What was computed last, by key: each once, however many jobs ask for it. What failed is computed anew. */
export class Memo<T> {
  private readonly works = new Map<string, SharedWork<T>>();

  constructor(private readonly most: number) {}

  get(key: string, job: JobContext, compute: (job: JobContext) => Promise<T>): Promise<T> {
    const known = this.works.get(key);
    const work = known === undefined || known.failed ? new SharedWork(compute) : known;
    this.works.delete(key);
    this.works.set(key, work);
    for (const oldest of this.works.keys()) {
      if (this.works.size <= this.most) break;
      this.works.delete(oldest);
    }
    return work.wait(job);
  }
}
