import { describe, expect, it } from 'vitest';
import type { Reliance } from '../../../../src/shared/library';
import { byReliance, scalesOf } from '../../../../src/webview/latent/reliance';

const one = (prompt: string, alignment: number | null, mean: number | null): Reliance => ({
  prompt,
  alignment,
  mean,
  classes: [],
});
const order = (...reliance: Reliance[]) => byReliance(reliance).map(({ prompt }) => prompt);

describe('reliance', () => {
  it('begins with the prompts that rely on it most, either way', () => {
    expect(order(one('a', 0.1, 0.02), one('b', 0, -0.05), one('c', 0, 0))).toEqual(['b', 'a', 'c']);
  });

  it('goes by alignment where nothing was computed, and keeps the order of equals', () => {
    expect(
      order(one('a', null, null), one('b', -0.1, null), one('c', 0.2, null), one('d', null, null)),
    ).toEqual(['c', 'b', 'a', 'd']);
  });

  it('draws bars against the largest magnitude', () => {
    expect(scalesOf([one('a', -0.4, 0.01), one('b', 0.2, -0.03), one('c', null, null)])).toEqual({
      alignment: 0.4,
      mean: 0.03,
    });
    expect(scalesOf([one('a', null, 0)])).toEqual({ alignment: 1, mean: 1 });
    expect(scalesOf([])).toEqual({ alignment: 1, mean: 1 });
  });
});
