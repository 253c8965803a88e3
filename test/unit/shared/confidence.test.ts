import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidenceOf, promptConfidences } from '../../../src/shared/confidence';

const clip = { logitScale: 100, logitBias: null };
const siglip = { logitScale: 100, logitBias: -12.5 };
const cosines = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });

describe('a model without a bias', () => {
  it('gives each prompt its share of all', () => {
    expect(confidenceOf(clip)).toBe('share');
    const [a, b] = promptConfidences([0.3, 0.28], clip);
    expect(a).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(b).toBeCloseTo(1 / (1 + Math.exp(2)), 12);
  });

  it('whatever the similarities, the shares add up to one', () => {
    fc.assert(
      fc.property(cosines, (similarities) => {
        const sum = promptConfidences(similarities, clip).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('a model with a bias', () => {
  it('gives each prompt a probability', () => {
    expect(confidenceOf(siglip)).toBe('probability');
    expect(promptConfidences([0.125, 0.1], siglip)[0]).toBe(0.5);
    expect(promptConfidences([0.125, 0.1], siglip)[1]).toBeCloseTo(1 / (1 + Math.exp(2.5)), 12);
  });

  it('counts a bias of zero as one', () => {
    expect(promptConfidences([0], { logitScale: 100, logitBias: 0 })).toEqual([0.5]);
  });

  it('of which the other prompts change nothing, and which are never beyond 0 and 1', () => {
    fc.assert(
      fc.property(cosines, (similarities) => {
        const together = promptConfidences(similarities, siglip);
        expect(together).toEqual(similarities.map((y) => promptConfidences([y], siglip)[0]));
        expect(together.every((p) => p >= 0 && p <= 1)).toBe(true);
      }),
    );
  });
});
