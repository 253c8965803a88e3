import { expect, test } from 'vitest';
import { resolveDirection } from '../../../src/engine/attribution/direction';
import { logitLens } from '../../../src/engine/attribution/logitLens';
import { score, scoreGradient } from '../../../src/engine/attribution/score';
import { demandRows } from '../../../src/engine/study';
import type { Direction } from '../../../src/shared/direction';

const none = {
  text: () => new Float32Array(),
  image: () => new Float32Array(),
};
const row = (
  input: 'raw' | 'normalised',
  weights: readonly number[] = [0.5, -2, 1.5],
  bias = 4,
): Direction => ({
  kind: 'linear',
  name: 'zebra',
  input,
  weights,
  bias,
});
const e = Float32Array.of(3, 1, -2);
const contribution = Float32Array.of(0.25, 0.5, -0.125);

test.each(['raw', 'normalised'] as const)(
  'a row on %s embeddings: score, and attribution as its slope',
  (input) => {
    const direction = resolveDirection(row(input), none);
    const length = input === 'raw' ? 1 : Math.hypot(...e);
    expect(score(e, direction)).toBeCloseTo((0.5 * 3 - 2 * 1 - 1.5 * 2) / length + 4, 12);
    const gradient = scoreGradient(e, direction);
    const attribution = contribution.reduce((sum, d, i) => sum + d * gradient[i]!, 0);
    // Multiples of 2^-12: exact in float32.
    const step = 2 ** -9;
    const moved = (sign: number) =>
      score(
        e.map((x, i) => x + sign * step * contribution[i]!),
        direction,
      );
    expect(attribution).toBeCloseTo((moved(1) - moved(-1)) / (2 * step), 5);
    const [w, v] = [[0.5, -2, 1.5], e.map((x) => x / length)];
    const along = (a: ArrayLike<number>) => contribution.reduce((sum, d, i) => sum + d * a[i]!, 0);
    const y0 = score(e, direction) - 4;
    const expected = input === 'raw' ? along(w) : (along(w) - y0 * along(v)) / length;
    expect(attribution).toBeCloseTo(expected, 6);
  },
);

test('through the logit lens no component makes the bias', async () => {
  const codes = { latents: Int32Array.of(0), tokens: 1, activations: Float32Array.of(1), outputScale: null };
  const state = { x: e, codes, decoder: e };
  const programs = { finishTokens: async (tokens: Float32Array) => [tokens] };
  const direction = resolveDirection(row('raw'), none);
  const [values] = await logitLens(state, 1, [direction], programs, async () => undefined);
  expect(values![0]).toBeCloseTo(score(e, direction) - 4, 6);
});

test('a row is no part of a difference', () => {
  const versus: Direction = { kind: 'versus', of: row('raw'), against: [row('raw')] };
  expect(() => resolveDirection(versus, none)).toThrow('zebra is a row of a probe');
});

test('a row of another model is refused by name, and one that is not finite', () => {
  const model = { id: 'some-clip', embeddingSize: 3 };
  expect(() => demandRows([row('raw'), { kind: 'prompt', text: 'a' }], model)).not.toThrow();
  const refusal = (what: string) =>
    expect.objectContaining({ code: 'probe', message: expect.stringContaining(what) });
  expect(() => demandRows([row('raw', [1, 2])], model)).toThrow(
    refusal('zebra has 2 weights, but image embeddings of some-clip have 3 numbers'),
  );
  expect(() => demandRows([row('raw', [1, 2, 1e39])], model)).toThrow(refusal('not finite'));
});
