import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scaling } from '../../../src/shared/intervention';
import {
  dragged,
  factorOf,
  factorsOf,
  factorText,
  interventionOf,
  noFactors,
  readFactor,
  sameFactors,
  stepped,
  withFactor,
} from '../../../src/webview/attribution/factors';

describe('factors', () => {
  it('hold what is changed, and nothing else', () => {
    const changed = withFactor(withFactor(withFactor(noFactors, 7, 0), 3, 1.5), 7, 2);
    expect([...changed]).toEqual([
      [7, 2],
      [3, 1.5],
    ]);
    expect(interventionOf(changed)).toEqual([
      { component: 3, factor: 1.5 },
      { component: 7, factor: 2 },
    ]);
    expect(factorOf(changed, 4)).toBe(1);
    expect([...withFactor(changed, 7, 1).keys()]).toEqual([3]);
    expect(sameFactors(changed, factorsOf(interventionOf(changed)))).toBe(true);
    expect(sameFactors(changed, withFactor(changed, 7, 1.9))).toBe(false);
    expect(factorsOf([{ component: 1, factor: 1 }]).size).toBe(0);
  });

  it('go by exact tenths and stay within what is allowed', () => {
    let factor = 0;
    for (let i = 0; i < 10; i++) factor = stepped(factor, 1);
    expect(factor).toBe(1);
    expect(stepped(0.05, -1)).toBe(0);
    expect(stepped(0, -1)).toBe(0);
    expect(stepped(10, 1)).toBe(10);
    expect(stepped(0.25, 1)).toBe(0.35);
  });

  it('follow a drag along the bar, and snap to off and to one', () => {
    expect(dragged(1, 0, 100)).toBe(1);
    expect(dragged(1, 50, 100)).toBe(1.5);
    expect(dragged(1, -97, 100)).toBe(0);
    expect(dragged(1, -300, 100)).toBe(0);
    expect(dragged(0, 96, 100)).toBe(1);
    expect(dragged(0, 90, 100)).toBe(0.9);
    expect(dragged(1, 1000, 100)).toBe(3);
    // A factor that was written may be larger than a drag goes: a drag only takes from it.
    expect(dragged(5, 1000, 100)).toBe(5);
    expect(dragged(5, -100, 100)).toBe(4);
    // A bar of no length has a lever nevertheless.
    expect(dragged(1, 18, 0)).toBe(1.5);
  });

  it('that a drag gives are always allowed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.integer({ min: -5000, max: 5000 }),
        fc.double({ min: 0, max: 900, noNaN: true }),
        (start, pixels, length) => {
          const factor = dragged(start, pixels, length);
          expect(Scaling.safeParse({ component: 0, factor }).success).toBe(true);
        },
      ),
    );
  });

  it('are read as people write them', () => {
    expect(['1.5', ' 1,5 ', '×2', 'x 0.25', '.5', '0', '10', '2.'].map(readFactor)).toEqual([
      1.5, 1.5, 2, 0.25, 0.5, 0, 10, 2,
    ]);
    expect(['', '-1', '10.1', 'off', '1e1', 'NaN', '1.2.3', '.'].map(readFactor)).toEqual(
      Array(8).fill(null),
    );
    expect([factorText(0), factorText(1.5), factorText(0.1 + 0.2)]).toEqual(['off', '×1.5', '×0.3']);
  });
});
