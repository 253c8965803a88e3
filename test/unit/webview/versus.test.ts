import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DirectionResult } from '../../../src/shared/analysis';
import { contrast, opponents } from '../../../src/webview/attribution/versus';

const prompts = ['wolf', 'dog', 'camera'];

/** The score of a direction u is linear in it: y = v·u and A_j = c_j·u, here with made-up v and c_j. */
function scored(
  u: readonly number[],
  v: readonly number[],
  c: readonly (readonly number[])[],
): DirectionResult {
  const dot = (a: readonly number[]) => a.reduce((sum, value, i) => sum + value * u[i]!, 0);
  const attributions = Float32Array.from(c, dot);
  return {
    similarity: dot(v),
    total: attributions.reduce((a, b) => a + b, 0),
    attributions,
    mode: 'forward',
  };
}

describe('opponents', () => {
  it('of a prompt on its own are none', () => {
    expect(opponents(prompts, 0, { kind: 'own' })).toEqual([]);
  });

  it('of a prompt versus another are that one, found by its text', () => {
    expect(opponents(prompts, 0, { kind: 'prompt', text: 'camera' })).toEqual([2]);
  });

  it('are none when the other is gone, or is the prompt itself', () => {
    expect(opponents(prompts, 0, { kind: 'prompt', text: 'fox' })).toEqual([]);
    expect(opponents(prompts, 0, { kind: 'prompt', text: 'wolf' })).toEqual([]);
  });

  it('of a prompt versus the others are all but itself', () => {
    expect(opponents(prompts, 1, { kind: 'others' })).toEqual([0, 2]);
    expect(opponents(['wolf'], 0, { kind: 'others' })).toEqual([]);
  });
});

describe('contrast', () => {
  it('with nobody is the prompt’s own', () => {
    const own = scored(
      [1, 2],
      [0.5, 0.25],
      [
        [1, 0],
        [0.5, -1],
      ],
    );
    expect(contrast(own, [])).toEqual({ similarity: 1, attributions: Float64Array.from([1, -1.5]) });
  });

  it('is what the difference of the directions scores', () => {
    const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    const vectors = fc.array(vector, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(vector, vectors, vector, vectors, (of, against, v, c) => {
        const difference = of.map(
          (value, i) => value - against.reduce((sum, u) => sum + u[i]!, 0) / against.length,
        );
        const expected = scored(difference, v, c);
        const { similarity, attributions } = contrast(
          scored(of, v, c),
          against.map((u) => scored(u, v, c)),
        );
        expect(similarity).toBeCloseTo(expected.similarity, 10);
        attributions.forEach((attribution, j) => {
          // Single precision of the attributions as they come.
          expect(attribution).toBeCloseTo(expected.attributions[j]!, 5);
        });
      }),
    );
  });

  it('leaves what it was given as it was', () => {
    const [a, b] = [scored([1, 0], [1, 1], [[1, 1]]), scored([0, 1], [1, 1], [[2, 2]])];
    contrast(a, [b]);
    expect([...a.attributions, ...b.attributions]).toEqual([1, 2]);
  });
});
