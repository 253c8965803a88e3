import { expect, test } from 'vitest';
import { holm, signFlipTest } from '../../../tools/faithfulness/significance';

// scipy 1.17.1: stats.permutation_test((d,), sum, permutation_type='samples', n_resamples=inf).pvalue = 0.041015625
test('the sign-flip test is that of scipy, as far as 100 000 draws tell', () => {
  const d = Float64Array.of(0.3, 0.1, -0.2, 0.5, 0.4, 0.05, -0.1, 0.25, 0.6, 0.15);
  expect(Math.abs(signFlipTest(d) - 0.041015625)).toBeLessThan(0.002);
  expect(signFlipTest(d.map((x) => -x))).toBe(signFlipTest(d));
});

test('no difference at all is no evidence, and much of it is as much as draws can give', () => {
  expect(signFlipTest(new Float64Array(50))).toBe(1);
  expect(signFlipTest(new Float64Array(50).fill(0.1))).toBe(1 / 100_001);
});

// By hand: sorted 0.01·4, 0.02·3, 0.03·2, 0.5·1, each at least as large as the one before.
test('Holm’s correction', () => {
  expect(holm([0.5, 0.01, 0.03, 0.02]).map((p) => Number(p.toFixed(6)))).toEqual([0.5, 0.04, 0.06, 0.06]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
});
