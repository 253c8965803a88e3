import { hasCode, toErrorInfo } from '../../../shared/errors';
import type { Part } from './hoverContent';

/** Something that is under way, and what of it is there now. */
export interface Watched<Value> {
  /** Never rejects. */
  readonly ended: Promise<void>;
  readonly now: () => Part<Value>;
}

/** Null is nothing: nobody was asked, or what was asked was cancelled. */
export function watched<Value>(work: Promise<Value | null>): Watched<Value> {
  let part: Part<Value> = { kind: 'pending' };
  const ended = work.then(
    (value) => {
      part = value === null ? { kind: 'none' } : { kind: 'known', value };
    },
    (thrown) => {
      part = hasCode(thrown, 'cancelled') ? { kind: 'none' } : { kind: 'failed', error: toErrorInfo(thrown) };
    },
  );
  return { ended, now: () => part };
}

/** Resolves when all have ended, or after so many milliseconds. */
export async function within(milliseconds: number, all: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([Promise.allSettled(all), late]);
  clearTimeout(timer);
}
