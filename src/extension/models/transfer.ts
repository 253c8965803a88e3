import { l10n } from 'vscode';
import { bytes, percent } from './amounts';

/** How much had come at a moment. */
export interface Mark {
  /** In milliseconds, from any origin. */
  readonly time: number;
  readonly done: number;
}

/** So long ago that a network may have changed its speed since. */
const windowLength = 8000;
/** A speed told from less than this would be a guess. */
const shortest = 1500;

/** The marks that still say how fast it goes, with one more. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  // Another file, or a start over: what was measured before says nothing of it.
  if (marks.some(({ done }) => done > mark.done)) return [mark];
  const recent = marks.filter(({ time }) => mark.time - time <= windowLength);
  return [...recent, mark];
}

/** Bytes per second; null as long as it cannot be told. */
export function speed(marks: readonly Mark[]): number | null {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined || last.time - first.time < shortest) return null;
  return ((last.done - first.done) / (last.time - first.time)) * 1000;
}

/** Seconds until all has come; null as long as it cannot be told. */
export function timeLeft(marks: readonly Mark[], total: number): number | null {
  const rate = speed(marks);
  return rate === null || rate <= 0 || total <= 0 ? null : Math.max(0, total - marks.at(-1)!.done) / rate;
}

/** `34 % of 605 MB, 4.2 MB/s, 2 min left`: what can be told of it. */
export function transferred(marks: readonly Mark[], total: number): string {
  const done = marks.at(-1)?.done ?? 0;
  const rate = speed(marks);
  const amount =
    total > 0 ? l10n.t('{0} of {1}', percent(Math.min(1, done / total)), bytes(total)) : bytes(done);
  if (rate === null) return amount;
  const seconds = timeLeft(marks, total);
  const pace = `${amount}, ${bytes(rate)}/s`;
  return seconds === null || seconds === 0 ? pace : l10n.t('{0}, {1} left', pace, duration(seconds));
}

/** A time to wait as people say it: seconds below a minute, minutes below two hours. */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(1, Math.round(seconds))}\u00a0s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes}\u00a0min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${rest}\u00a0min`;
}
