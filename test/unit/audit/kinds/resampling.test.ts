import { describe, expect, it } from 'vitest';
import { bootstrapP, rankP, signFlipP, twoGroupsP } from '../../../../src/engine/audit/kinds/resampling';
import { normalSource, share } from './drawn';

describe('resampling', () => {
  it('takes the value itself into its rank', () => {
    expect(rankP(5, [1, 2, 3])).toBe(1 / 4);
    expect(rankP(2, [1, 2, 3])).toBe(3 / 4);
    expect(rankP(0, [])).toBe(1);
  });

  it('tries all signs of few values', () => {
    expect(signFlipP([1, 1, 1, 1, 1])).toBe(1 / 32);
    // Of the signs of 3, 2, −1 the sum is at least 4 twice: as it is, and with all of them above 0.
    expect(signFlipP([3, 2, -1])).toBe(2 / 8);
    // Zeros say nothing, either way.
    expect(signFlipP([0, 2, 0])).toBe(1 / 2);
    expect(signFlipP([])).toBe(1);
  });

  it('bootstraps no sign of nothing', () => {
    expect(bootstrapP([])).toBe(1);
    expect(bootstrapP([0, 0, 0])).toBe(1);
    expect(bootstrapP([1, 2, 3])).toBeLessThan(0.001);
    expect(bootstrapP([-1, -2, -3])).toBe(1);
  });

  it('tells two groups apart, in the direction asked', () => {
    const high = [5, 6, 7, 8, 9, 10];
    const low = [1, 2, 3, 4, 0, -1];
    expect(twoGroupsP(high, low)).toBeLessThan(0.01);
    expect(twoGroupsP(low, high)).toBeGreaterThan(0.9);
    expect(twoGroupsP([], low)).toBe(1);
  });

  it('is at its level where nothing is to be found', () => {
    const normals = normalSource(7);
    const tests = 150;
    const of = (p: () => number) => share(tests, () => p() <= 0.05);
    // 150 draws at 5 %: four standard errors are 7 points.
    for (const rate of [
      of(() => signFlipP(normals(10))),
      of(() => twoGroupsP(normals(8), normals(12))),
      of(() => rankP(normals(1)[0]!, normals(39))),
    ]) {
      expect(rate).toBeLessThan(0.12);
      expect(rate).toBeGreaterThan(0);
    }
    // The bootstrap of twenty is a little above its level: its spread is that of n, not n − 1.
    expect(of(() => bootstrapP(normals(20)))).toBeLessThan(0.14);
  });
});
