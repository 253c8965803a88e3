import { setTimeout as wait } from 'node:timers/promises';
import { ClipsightError } from '../../shared/errors';
import type { LibraryFile } from './library';
import type { PreparedFile, PreparedPicture } from './readPictures';

export interface Gathered {
  readonly seen: readonly LibraryFile[];
  readonly pictures: readonly PreparedPicture[];
  readonly ended: boolean;
}

export interface GatherLimits {
  /** Files taken at once, at most. */
  readonly files: number;
  /** Milliseconds after which what there is is given. */
  readonly patience: number;
}

/** Takes from what is read as many pictures as are wanted, or what there is after a while. */
export function gatherer(
  source: AsyncGenerator<PreparedFile>,
  signal: AbortSignal,
  { files, patience }: GatherLimits,
) {
  let pending: ReturnType<typeof source.next> | null = null;
  return {
    /** Throws ClipsightError `cancelled`, whatever is read at the time. */
    async next(wanted: number): Promise<Gathered> {
      const seen: LibraryFile[] = [];
      const pictures: PreparedPicture[] = [];
      const ended = new AbortController();
      const late = wait(patience, null, { signal: ended.signal }).catch(() => null);
      // Of this call alone: a promise remembers every race it is in, and with it the picture that won.
      const cancelled = cancellation(signal, ended.signal);
      try {
        while (pictures.length < wanted && seen.length < files) {
          pending ??= source.next();
          const next = await Promise.race([pending, late, cancelled]);
          if (next === null) return { seen, pictures, ended: false };
          pending = null;
          if (next.done === true) return { seen, pictures, ended: true };
          seen.push(next.value.file);
          if (next.value.picture !== null) pictures.push(next.value.picture);
        }
        return { seen, pictures, ended: false };
      } finally {
        ended.abort();
      }
    },
    stop(): void {
      // It may still wait for a file; nobody waits for it.
      source.return(undefined).catch(() => undefined);
    },
  };
}

/** Rejects when `signal` is aborted, unless `ended` was before. */
function cancellation(signal: AbortSignal, ended: AbortSignal): Promise<never> {
  const cancelled = new Promise<never>((_, reject) => {
    const cancel = () => reject(new ClipsightError('cancelled', 'Cancelled.'));
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true, signal: ended });
  });
  cancelled.catch(() => undefined); // seen by whoever waits
  return cancelled;
}
