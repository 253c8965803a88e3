import fc from 'fast-check';
import { expect, test } from 'vitest';
import { discoveries } from '../../../src/engine/numeric/falseDiscovery';

const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 });

test('adjusted p is never below p, rises with p, and decides by the level', () => {
  fc.assert(
    fc.property(probabilities, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (p, level) => {
      const { adjusted, rejected } = discoveries(p, level);
      const mild = discoveries(p, level, 'benjamini-hochberg');
      p.forEach((one, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(one);
        expect(adjusted[i]).toBeLessThanOrEqual(1);
        expect(mild.adjusted[i]).toBeLessThanOrEqual(adjusted[i]!);
        if (rejected[i] === 1) expect(mild.rejected[i]).toBe(1);
        if (Math.abs(adjusted[i]! - level) > 1e-9) expect(rejected[i]).toBe(adjusted[i]! <= level ? 1 : 0);
        p.forEach((other, k) => {
          if (other <= one) expect(adjusted[k]).toBeLessThanOrEqual(adjusted[i]!);
        });
      });
    }),
  );
});

test('of nothing nothing is rejected; what is no probability is an error', () => {
  expect(discoveries([], 0.05)).toEqual({ adjusted: new Float64Array(0), rejected: new Uint8Array(0) });
  expect(() => discoveries([0.1, Number.NaN], 0.05)).toThrow('NaN is no probability');
  expect(() => discoveries([1.1], 0.05)).toThrow('no probability');
  expect(() => discoveries([0.1], 0)).toThrow('no level');
});
