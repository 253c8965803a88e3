import { expect, it } from 'vitest';
import { midRanks, rankCorrelation } from '../../../src/engine/numeric/ranks';

it('shares the ranks of equal values', () => {
  expect([...midRanks([5, 1, 5, 3])]).toEqual([3.5, 1, 3.5, 2]);
});

// python -c "from scipy import stats; print(repr(float(stats.spearmanr(a, b).statistic)))" with scipy 1.17.1
it.each([
  [[1, 2, 2, 3, 5], [3, 1, 1, 4, 4], 0.6488856845230502],
  [[0.5, 0.5, 0.5, 1], [1, 2, 3, 4], 0.7745966692414834],
  [[3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8], 0.19885368120992467],
  [[1, 2, 3], [10, 20, 30], 1],
])('gives what scipy gives for %j and %j', (a, b, expected) => {
  expect(rankCorrelation(a, b)).toBeCloseTo(expected, 14);
});

it('gives nothing where there is nothing to rank', () => {
  expect(rankCorrelation([1], [2])).toBeNull();
  expect(rankCorrelation([], [])).toBeNull();
  expect(rankCorrelation([0, 0, 0], [1, 2, 3])).toBeNull();
});
