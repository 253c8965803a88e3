import { describe, expect, it } from 'vitest';
import { logitLens } from '../../../src/engine/attribution/logitLens';
import { type ScoreDirection, score } from '../../../src/engine/attribution/score';

const direction: ScoreDirection = { kind: 'cosine', vector: Float32Array.of(1, 0) };

describe('a score', () => {
  it.each([
    ['zero', [0, 0]],
    ['not a number', [Number.NaN, 1]],
    ['too large', [Number.POSITIVE_INFINITY, 1]],
  ])('is refused of an embedding that is %s', (_, e) => {
    expect(() => score(Float32Array.from(e), direction)).toThrow(
      expect.objectContaining({ code: 'checkpoint' }),
    );
  });

  it('of a component that writes nothing is 0 through the logit lens', async () => {
    const state = {
      x: new Float32Array(2),
      codes: {
        latents: Int32Array.of(0, 1),
        tokens: 1,
        activations: Float32Array.of(1, 1),
        outputScale: null,
      },
      decoder: Float32Array.of(0, 0, 3, 4),
    };
    const programs = {
      finishTokens: async (tokens: Float32Array) => [tokens.subarray(0, 2), tokens.subarray(2, 4)],
    };
    const [values] = await logitLens(state, 1, [direction], programs, async () => undefined);
    expect([...values!]).toEqual([0, Math.fround(0.6)]);
  });
});
