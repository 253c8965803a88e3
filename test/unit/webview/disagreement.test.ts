import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disagreement } from '../../../src/webview/attribution/disagreement';

describe('disagreement', () => {
  it('is of the sign where either is worth it', () => {
    expect(disagreement(0.06, -0.001, 1)).toBe('sign');
    expect(disagreement(-0.001, 0.06, 1)).toBe('sign');
    expect(disagreement(0.04, -0.04, 1)).toBeNull();
    expect(disagreement(0.06, 0, 1)).toBeNull();
  });

  it('is of the size where one is more than twice the other and the difference is worth it', () => {
    expect(disagreement(0.5, 0.24, 1)).toBe('less');
    expect(disagreement(-0.24, -0.5, 1)).toBe('more');
    expect(disagreement(0.5, 0.25, 1)).toBeNull();
    expect(disagreement(0.15, 0.06, 1)).toBeNull();
    expect(disagreement(0.2, 0, 1)).toBe('less');
    expect(disagreement(0, 0, 0)).toBeNull();
  });

  it('does not depend on the unit, nor on which way is up', () => {
    const number = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(number, number, (a, m) => {
        const found = disagreement(a, m, 1);
        expect(disagreement(-a, -m, 1)).toBe(found);
        expect(disagreement(a * 64, m * 64, 64)).toBe(found);
      }),
    );
  });
});
