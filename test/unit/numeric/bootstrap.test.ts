import { describe, expect, it, test } from 'vitest';
import { fewestClusters, meanWithInterval } from '../../../src/engine/numeric/bootstrap';
import { normalBelow, normalQuantile } from '../../../src/engine/numeric/normalDistribution';

const one = (sum: number) => ({ sum, count: 1 });

// scipy 1.17.1: stats.norm.cdf, stats.norm.ppf
test('the normal distribution', () => {
  expect(normalBelow(-3)).toBeCloseTo(0.0013498980316300933, 14);
  expect(normalBelow(0)).toBe(0.5);
  expect(normalBelow(2.5)).toBeCloseTo(0.9937903346742238, 14);
  expect(normalBelow(6)).toBeCloseTo(0.9999999990134123, 14);
  expect(normalBelow(100)).toBe(1);
  expect(normalQuantile(0.0005)).toBeCloseTo(-3.2905267314918945, 10);
  expect(normalQuantile(0.3)).toBeCloseTo(-0.5244005127080409, 10);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10);
});

test('what is no number has no probability', () => {
  expect(normalBelow(Number.NaN)).toBeNaN();
});

// stats.bootstrap((x,), np.mean, n_resamples=200000, method='BCa', random_state=0) with scipy 1.17.1: 2000 draws are
// held against 200 000, which is what the tolerances are for.
describe('the interval of a mean', () => {
  it('is that of scipy where values lie askew', () => {
    const values = [0.2, 0.31, 0.05, 0.9, 0.44, 0.12, 0.27, 0.33, 1.7, 0.08];
    const { mean, interval } = meanWithInterval(values.map(one));
    expect(mean).toBeCloseTo(0.44, 12);
    expect(Math.abs(interval![0] - 0.232)).toBeLessThan(0.01);
    expect(Math.abs(interval![1] - 0.912)).toBeLessThan(0.04);
  });

  it('is that of scipy where units bring more than one value', () => {
    const sums = [1.2, 0.4, 3.1, 0.9, 2.2, 0.1, 1.7, 0.6, 2.9, 1.1];
    const counts = [2, 1, 4, 1, 3, 1, 2, 1, 3, 2];
    const { mean, interval } = meanWithInterval(sums.map((sum, i) => ({ sum, count: counts[i]! })));
    expect(mean).toBeCloseTo(0.71, 12);
    expect(Math.abs(interval![0] - 0.5789)).toBeLessThan(0.02);
    expect(Math.abs(interval![1] - 0.8222)).toBeLessThan(0.02);
  });

  it('has no width where nothing varies', () => {
    expect(meanWithInterval(Array.from({ length: 20 }, () => one(0.25)))).toEqual({
      mean: 0.25,
      interval: [0.25, 0.25],
    });
  });

  it('is the same every time, and there is none for few units', () => {
    const values = Array.from({ length: fewestClusters }, (_, i) => one(i * i));
    expect(meanWithInterval(values)).toEqual(meanWithInterval(values));
    expect(meanWithInterval(values).interval).not.toBeNull();
    expect(meanWithInterval(values.slice(1)).interval).toBeNull();
  });
});
