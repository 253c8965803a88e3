import { expect, test } from 'vitest';
import { averagePrecision, precisionAt } from '../../../tools/auditBench/metrics';
import { belongs, raises } from '../../../tools/auditBench/paired';

test('precision is of the first ones, of all where there are fewer', () => {
  const ranking = [true, false, true, true];
  expect(precisionAt(ranking, 2)).toBe(1 / 2);
  expect(precisionAt(ranking, 10)).toBe(3 / 4);
  expect(precisionAt([], 10)).toBeNull();
});

test('area is the mean precision where each thing is found first, 0 of what is not found', () => {
  const finds = (place: number) => [[0], [], [0], [1, 2]][place]!;
  const ranking = [true, false, true, true];
  expect(averagePrecision(ranking, finds, 3)).toBeCloseTo((1 + 3 / 4 + 3 / 4) / 3);
  expect(averagePrecision(ranking, finds, 5)).toBeCloseTo((1 + 3 / 4 + 3 / 4) / 5);
  expect(averagePrecision([false], () => [0], 1)).toBe(0);
  expect(averagePrecision([], () => [], 0)).toBe(0);
});

test('a thing drives a prompt by more than the amount, certainly, and upwards', () => {
  const measured = { scenes: 64, without: 0.5, with: 0.52, interval: [0.01, 0.03] as [number, number] };
  expect(raises(measured, 0.01)).toBe(true);
  expect(raises(measured, 0.03)).toBe(false);
  expect(raises({ ...measured, interval: [-0.01, 0.05] }, 0.01)).toBe(false);
  expect(raises({ ...measured, without: 0.54, interval: [-0.03, -0.01] }, 0.01)).toBe(false);
});

test('a latent belongs to what it fires for twice as much, a quarter of what is usual, and certainly', () => {
  const measured = { scenes: 48, without: 1, with: 2, interval: [0.5, 1.5] as [number, number] };
  expect(belongs(measured, 8)).toBe(true);
  expect(belongs(measured, 8.1)).toBe(false);
  expect(belongs({ ...measured, without: 1.1 }, 8)).toBe(false);
  expect(belongs({ ...measured, interval: [-0.1, 2] }, 8)).toBe(false);
});
