import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { linePath, nearest, plotScale } from '../../../src/webview/components/plotScale';

it('ends at round numbers that hold all values, with few ticks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
      (values) => {
        const { at, ticks } = plotScale(values, 100, 0);
        for (const value of values) {
          expect(at(value)).toBeGreaterThanOrEqual(-1e-3);
          expect(at(value)).toBeLessThanOrEqual(100 + 1e-3);
        }
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(at(ticks[0]!)).toBeCloseTo(100);
        expect(at(ticks.at(-1)!)).toBeCloseTo(0);
      },
    ),
  );
});

it('has ticks of 1, 2 or 5', () => {
  expect(plotScale([0.112, 0.717], 0, 1).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  expect(plotScale([-0.03, 0.05], 0, 1).ticks).toEqual([-0.04, -0.02, 0, 0.02, 0.04, 0.06]);
});

it('has a scale for values that hardly differ, or not at all', () => {
  for (const values of [[0], [0.3, 0.3], [5e-324, 0], [-1e-300, 0]]) {
    const { at, ticks } = plotScale(values, 100, 0);
    expect(ticks.every(Number.isFinite)).toBe(true);
    expect(values.every((value) => Math.abs(at(value) - 50) <= 50 + 1e-6)).toBe(true);
  }
});

it('draws a line through its points', () => {
  expect(
    linePath([
      [0, 1],
      [2.04, 3],
    ]),
  ).toBe('M0.0 1.0L2.0 3.0');
});

it('finds the nearest', () => {
  expect(nearest([0, 0.5, 1], 0.7)).toBe(1);
  expect(nearest([], 0.7)).toBe(-1);
});
