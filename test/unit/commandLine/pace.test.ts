import { expect, test } from 'vitest';
import { createPace, durationText } from '../../../src/engine/cli/pace';
import { progressText } from '../../../src/engine/cli/progress';

function at(...marks: readonly (readonly [seconds: number, done: number, stage?: string])[]) {
  let time = 0;
  const pace = createPace(() => 1000 * time);
  return marks
    .map(([seconds, done, stage = 'Indexing']) => {
      time = seconds;
      return pace.after({ stage, done, total: 1000 });
    })
    .at(-1);
}

test('a pace is said once it is known, with the time left', () => {
  expect(at([0, 0])).toBeNull();
  expect(at([0, 0], [1, 50])).toBeNull();
  expect(at([0, 0], [1, 50], [4, 200])).toEqual({ perSecond: 50, secondsLeft: 16 });
});

test('what was done before counts as nothing', () => {
  expect(at([0, 500], [5, 600])).toEqual({ perSecond: 20, secondsLeft: 20 });
});

test('it follows a change', () => {
  expect(at([0, 0], [60, 600], [70, 610], [90, 630])!.perSecond).toBe(1);
});

test('another stage begins anew, and so does one that is left and begins again', () => {
  expect(at([0, 0, 'Hashing'], [10, 900, 'Hashing'], [11, 0], [12, 1])).toBeNull();
  expect(at([0, 0], [10, 900], [11, 0], [14, 30])!.perSecond).toBe(10);
});

test('nothing done gives no time left', () => {
  expect(at([0, 5], [10, 5])).toBeNull();
});

test('in words', () => {
  expect([0.2, 59, 90, 3600, 9000].map(durationText)).toEqual([
    '1 s',
    '59 s',
    '2 min',
    '1 h 0 min',
    '2 h 30 min',
  ]);
  const progress = { stage: 'Indexing', done: 200, total: 1000 };
  expect(progressText(progress, { perSecond: 50, secondsLeft: 16 })).toBe(
    'Indexing: 200 of 1000, 50.0 per second, 16 s left',
  );
});
