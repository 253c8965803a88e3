import { describe, expect, it, test } from 'vitest';
import {
  duration,
  type Mark,
  speed,
  timeLeft,
  transferred,
  withMark,
} from '../../../../src/extension/models/transfer';

/** A transfer at a steady speed, one mark a second. */
const steady = (seconds: number, bytesPerSecond: number, from = 0): readonly Mark[] =>
  Array.from({ length: seconds + 1 }, (_, i) => ({ time: i * 1000, done: from + i * bytesPerSecond })).reduce(
    withMark,
    [] as readonly Mark[],
  );

describe('a transfer', () => {
  it('has no speed before it can be told', () => {
    expect(speed([])).toBeNull();
    expect(speed(steady(1, 1e6))).toBeNull();
    expect(timeLeft(steady(1, 1e6), 1e9)).toBeNull();
    expect(transferred(steady(1, 1e6), 1e8)).toBe('1\u00a0% of 100\u00a0MB');
  });

  it('says how far it is, how fast, and how long it takes', () => {
    expect(speed(steady(4, 5e6))).toBeCloseTo(5e6);
    expect(timeLeft(steady(4, 5e6), 1e8)).toBeCloseTo(16);
    expect(transferred(steady(4, 5e6), 1e8)).toBe('20\u00a0% of 100\u00a0MB, 5\u00a0MB/s, 16\u00a0s left');
  });

  it('does not count what was there before it began as its speed', () => {
    expect(timeLeft(steady(4, 5e6, 6e7), 1e8)).toBeCloseTo(4);
  });

  it('forgets how fast it was long ago', () => {
    const slower = [61, 63, 65, 67, 69, 71].reduce(
      (all, second, i) => withMark(all, { time: second * 1000, done: 60e6 + (i + 1) * 2e5 }),
      steady(60, 1e6),
    );
    expect(speed(slower)).toBeCloseTo(1e5, -2);
  });

  it('starts over when less has come than before', () => {
    expect(withMark(steady(4, 5e6), { time: 5000, done: 0 })).toEqual([{ time: 5000, done: 0 }]);
  });

  it('says no time while nothing comes, nor where the size is not known', () => {
    expect(transferred(steady(4, 0, 5e7), 1e8)).toBe('50\u00a0% of 100\u00a0MB, 0\u00a0bytes/s');
    expect(transferred(steady(4, 5e6), 0)).toBe('20\u00a0MB, 5\u00a0MB/s');
  });
});

test.each([
  [0.2, '1 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [200, '3 min'],
  [7140, '119 min'],
  [7200, '2 h'],
  [9000, '2 h 30 min'],
])('%s seconds are %s', (seconds, text) => {
  expect(duration(seconds).replaceAll('\u00a0', ' ')).toBe(text);
});
