import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isotonicAt, isotonicFit } from '../../../src/engine/numeric/isotonic';

// Few x, so that some are equal.
const points = fc.array(
  fc.record({
    x: fc.integer({ min: -5, max: 5 }),
    y: fc.double({ min: -10, max: 10, noNaN: true }),
    weight: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 40 },
);
const fitOf = (some: readonly { readonly x: number; readonly y: number; readonly weight: number }[]) =>
  isotonicFit(
    some.map(({ x }) => x),
    some.map(({ y }) => y),
    some.map(({ weight }) => weight),
  );

test('it never falls, and its corners ascend', () => {
  fc.assert(
    fc.property(
      points,
      fc.double({ min: -7, max: 7, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (some, at, step) => {
        const fit = fitOf(some);
        expect(isotonicAt(fit, at + step)).toBeGreaterThanOrEqual(isotonicAt(fit, at));
        for (let i = 1; i < fit.x.length; i++) {
          expect(fit.x[i]).toBeGreaterThan(fit.x[i - 1]!);
          expect(fit.y[i]).toBeGreaterThanOrEqual(fit.y[i - 1]!);
        }
      },
    ),
  );
});

test('it keeps the weighted mean, and fits no worse than any constant', () => {
  fc.assert(
    fc.property(points, (some) => {
      const fit = fitOf(some);
      const total = some.reduce((sum, { weight }) => sum + weight, 0);
      const mean = some.reduce((sum, { y, weight }) => sum + weight * y, 0) / total;
      const fitted = some.reduce((sum, { x, weight }) => sum + weight * isotonicAt(fit, x), 0) / total;
      expect(fitted).toBeCloseTo(mean, 9);
      const squares = (at: (x: number) => number) =>
        some.reduce((sum, { x, y, weight }) => sum + weight * (y - at(x)) ** 2, 0);
      expect(squares((x) => isotonicAt(fit, x))).toBeLessThanOrEqual(squares(() => mean) + 1e-9);
    }),
  );
});

test('what does not fall already is fitted exactly, and equal numbers stay what they are', () => {
  const fit = isotonicFit([1, 2, 3], [0.1, 0.1, 0.7]);
  expect([0, 1, 1.5, 2, 2.5, 3, 9].map((x) => isotonicAt(fit, x))).toEqual([
    0.1, 0.1, 0.1, 0.1, 0.4, 0.7, 0.7,
  ]);
  expect([...isotonicFit([1, 2, 3], [0.1, 0.1, 0.1]).y]).toEqual([0.1, 0.1]);
});

test('what is no point, or has no weight, is an error', () => {
  expect(() => isotonicFit([], [])).toThrow('no points');
  expect(() => isotonicFit([1], [1], [0])).toThrow('no points');
  expect(() => isotonicFit([1, Number.NaN], [1, 2])).toThrow('no point');
  expect(() => isotonicFit([1], [Number.POSITIVE_INFINITY])).toThrow('no point');
  expect(() => isotonicFit([1], [1], [-1])).toThrow('no weight');
  expect(() => isotonicFit([1, 2], [1])).toThrow('not points');
  expect(() => isotonicAt(isotonicFit([1], [1]), Number.NaN)).toThrow('no number');
});
