import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resamples, testMean } from '../../../src/engine/numeric/studentisedBootstrap';
import { uniforms } from '../../../src/engine/numeric/uniforms';

const drawn = resamples(12, 200, 1);

test('draws are the same for a seed, and within the values', () => {
  expect(resamples(12, 200, 1)).toEqual(drawn);
  expect(resamples(12, 200, 2).indices).not.toEqual(drawn.indices);
  expect(drawn.indices.length).toBe(12 * 200);
  expect(new Set(drawn.indices)).toEqual(new Set(Array.from({ length: 12 }, (_, i) => i)));
});

test('p rises with the bound, and moving and stretching values moves and stretches all', () => {
  const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 3, noNaN: true }), (some, step) => {
      const low = testMean(some, 1, drawn, 0.9);
      const high = testMean(some, 1 + step, drawn, 0.9);
      expect(high.p).toBeGreaterThanOrEqual(low.p);
      expect(low.interval[0]).toBeLessThanOrEqual(low.interval[1]);
      const moved = testMean(
        some.map((value) => 4 * value + 8),
        12,
        drawn,
        0.9,
      );
      expect(moved.mean).toBeCloseTo(4 * low.mean + 8, 9);
      if (Number.isFinite(low.interval[0])) expect(moved.interval[0]).toBeCloseTo(4 * low.interval[0] + 8, 6);
    }),
  );
});

test('of equal values nothing is known but the mean', () => {
  const whole = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const equal = new Float64Array(12).fill(0.1);
  expect(testMean(equal, 0, drawn, 0.9)).toEqual({
    mean: 0.1,
    t: Number.POSITIVE_INFINITY,
    p: 1,
    interval: whole,
  });
  expect(testMean(equal, 0.1, drawn, 0.9)).toEqual({ mean: 0.1, t: 0, p: 1, interval: whole });
  expect(testMean(equal, 1, drawn, 0.9).t).toBe(Number.NEGATIVE_INFINITY);
});

test('at the bound, of skewed values, it rejects about as often as it says', () => {
  const random = uniforms(3);
  const sets = resamples(20, 400, 5);
  let rejected = 0;
  const runs = 600;
  for (let run = 0; run < runs; run++) {
    const values = Float64Array.from({ length: 20 }, () => -Math.log(1 - random()));
    if (testMean(values, 1, sets, 0.9).p <= 0.05) rejected++;
  }
  // 600 runs of 5 %: a standard error of 0.9 %.
  expect(rejected / runs).toBeGreaterThan(0.02);
  expect(rejected / runs).toBeLessThan(0.08);
});

test('what cannot be tested is an error', () => {
  expect(() => testMean([1, 2], 0, drawn, 0.9)).toThrow('2 values');
  expect(() => testMean([1], 0, resamples(1, 10, 1), 0.9)).toThrow('1 values');
  expect(() => testMean([...new Array<number>(11).fill(1), Number.NaN], 0, drawn, 0.9)).toThrow('no number');
  expect(() => testMean(new Array<number>(12).fill(1), Number.NaN, drawn, 0.9)).toThrow('no number');
});
