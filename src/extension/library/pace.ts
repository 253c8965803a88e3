import { l10n } from 'vscode';
import type { IndexingState } from '../../shared/inspectorProtocol';
import { indexingStage } from '../../shared/library';
import type { Progress } from '../../shared/rpc/protocol';
import { count, digits, percent } from '../models/amounts';
import { duration, type Mark, speed, timeLeft, withMark } from '../models/transfer';

/** How far an indexing is, and how fast it goes. */
export interface Pace {
  readonly progress: Progress;
  readonly marks: readonly Mark[];
}

export const noPace: Pace = { progress: { stage: '', done: 0, total: 0 }, marks: [] };

/** @param time in milliseconds, from any origin */
export function advance({ progress: before, marks }: Pace, progress: Progress, time: number): Pace {
  const mark = { time, done: progress.done };
  // Only images make a pace in images per second.
  if (progress.stage !== indexingStage) return { progress, marks: [] };
  return { progress, marks: before.stage === progress.stage ? withMark(marks, mark) : [mark] };
}

export function indexingState(kind: IndexingState['kind'], { progress, marks }: Pace): IndexingState {
  const isRunning = kind === 'running';
  return {
    kind,
    progress,
    imagesPerSecond: isRunning ? speed(marks) : null,
    secondsLeft: isRunning && marks.length > 0 ? timeLeft(marks, progress.total) : null,
  };
}

/** `1,234 of 5,000 images · 120 images/s · 2 min left`: what can be told of it. */
export function paceLine({ progress, imagesPerSecond, secondsLeft }: IndexingState): string {
  const { stage, done, total } = progress;
  if (stage !== indexingStage) return total > 1 ? `${stage} · ${percent(Math.min(1, done / total))}` : stage;
  return [
    l10n.t('{0} of {1} images', count(done), count(total)),
    ...(imagesPerSecond === null ? [] : [l10n.t('{0} images/s', digits(imagesPerSecond))]),
    ...(secondsLeft === null ? [] : [l10n.t('{0} left', duration(secondsLeft))]),
  ].join(' · ');
}
