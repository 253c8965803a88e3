import type { Progress } from '../../shared/rpc/protocol';

/** Milliseconds that are looked back on: long enough to smooth batches, short enough to follow a change. */
const lookBack = 30_000;
/** Milliseconds of a stage before its pace is said. */
const settled = 2_000;

/** How fast a job is, and how long it will take, from what it told of its progress. */
export interface Pace {
  /** Null while it is too early to say, and for stages of one step. */
  after(progress: Progress): { readonly perSecond: number; readonly secondsLeft: number } | null;
}

/** @param now Milliseconds on a clock that does not jump. */
export function createPace(now: () => number): Pace {
  let stage = '';
  let marks: { readonly time: number; readonly done: number }[] = [];
  return {
    after(progress) {
      const time = now();
      const last = marks.at(-1);
      // A stage that begins anew, or was left: what was before says nothing about it.
      if (progress.stage !== stage || (last !== undefined && progress.done < last.done)) marks = [];
      stage = progress.stage;
      marks.push({ time, done: progress.done });
      while (marks.length > 2 && time - marks[1]!.time >= lookBack) marks.shift();
      const first = marks[0]!;
      const seconds = (time - first.time) / 1000;
      const perSecond = (progress.done - first.done) / seconds;
      if (progress.total <= 1 || time - first.time < settled || !(perSecond > 0)) return null;
      return { perSecond, secondsLeft: Math.max(0, progress.total - progress.done) / perSecond };
    },
  };
}

/** Seconds as people say them. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
