import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { discoveries } from '../../src/engine/numeric/falseDiscovery';
import { isotonicAt, isotonicFit } from '../../src/engine/numeric/isotonic';
import { openLogisticRegression } from '../../src/engine/numeric/logisticRegression';
import { resamples, testMean } from '../../src/engine/numeric/studentisedBootstrap';

/**
 * The statistics of the audit against scikit-learn, statsmodels and numpy: test/reference/audit_statistics.py. Both are
 * float64: what is not iterated agrees to 1e-9, and coefficients of the logistic regression to 1e-5 of their largest.
 */

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const float32s = bytes.transform((raw) => new Float32Array(raw.buffer));
const float64s = bytes.transform((raw) => new Float64Array(raw.buffer));
const int32s = bytes.transform((raw) => new Int32Array(raw.buffer));
const Control = z.object({ adjusted: float64s, rejected: z.array(z.int()) });
const Reference = z.object({
  isotonic: z.array(
    z.object({ x: float64s, y: float64s, weights: float64s.nullable(), at: float64s, expected: float64s }),
  ),
  bootstrap: z.array(
    z.object({
      values: float64s,
      bound: z.number(),
      draws: z.int(),
      seed: z.int(),
      level: z.number(),
      indices: int32s,
      constant: z.int(),
      mean: z.number(),
      t: z.number(),
      p: z.number(),
      interval: z.array(z.number().nullable()),
    }),
  ),
  discoveries: z.array(
    z.object({ p: float64s, level: z.number(), benjaminiYekutieli: Control, benjaminiHochberg: Control }),
  ),
  logistic: z.array(
    z.object({
      features: float32s,
      width: z.int(),
      classes: z.array(z.int()),
      c: z.number(),
      weights: float64s,
      biases: float64s,
    }),
  ),
});
const reference = Reference.parse(
  JSON.parse(readFileSync(join(__dirname, 'audit-statistics.json'), 'utf8')) as unknown,
);

test.each(reference.isotonic.map((one, i) => ({ i, ...one })))(
  'isotonic fit $i is that of scikit-learn',
  ({ x, y, weights, at, expected }) => {
    const fit = isotonicFit(x, y, weights ?? undefined);
    expect(
      farthest(
        at.map((one) => isotonicAt(fit, one)),
        expected,
      ),
    ).toBeLessThan(1e-9);
  },
);

test.each(reference.bootstrap.map((one, i) => ({ i, ...one })))(
  'studentised bootstrap $i is that of numpy',
  ({ values, bound, draws, seed, level, indices, ...expected }) => {
    const drawn = resamples(values.length, draws, seed);
    expect(drawn.indices.subarray(0, indices.length)).toEqual(indices);
    const { mean, t, p, interval } = testMean(values, bound, drawn, level);
    expect(p).toBe(expected.p);
    const ends = interval.map((end) => (Number.isFinite(end) ? end : null));
    expect(ends.map((end) => end === null)).toEqual(expected.interval.map((end) => end === null));
    const numbers = [mean, t, ...ends.map((end) => end ?? 0)];
    // Deviations of values near a million lose six digits of sixteen.
    const tolerance = mean > 1e5 ? 1e-8 : 1e-9;
    [expected.mean, expected.t, ...expected.interval.map((end) => end ?? 0)].forEach((number, k) => {
      expect(Math.abs(numbers[k]! - number)).toBeLessThan(tolerance * Math.max(1, Math.abs(number)));
    });
  },
);

test('one of the cases has resamples without deviation, and an end of an interval that is not known', () => {
  expect(reference.bootstrap.some(({ constant }) => constant > 0)).toBe(true);
  expect(reference.bootstrap.some(({ interval }) => interval.includes(null))).toBe(true);
});

test.each(reference.discoveries.map((one, i) => ({ i, ...one })))(
  'false-discovery control $i is that of statsmodels',
  ({ p, level, benjaminiYekutieli, benjaminiHochberg }) => {
    for (const [control, expected] of [
      ['benjamini-yekutieli', benjaminiYekutieli],
      ['benjamini-hochberg', benjaminiHochberg],
    ] as const) {
      const { adjusted, rejected } = discoveries(p, level, control);
      expect(farthest(adjusted, expected.adjusted)).toBeLessThan(1e-12);
      expect([...rejected]).toEqual(expected.rejected);
    }
  },
);

test.each(reference.logistic.map((one, i) => ({ i, ...one })))(
  'logistic regression $i is that of scikit-learn',
  async ({ features, width, classes, c, ...expected }) => {
    const classCount = Math.max(...classes) + 1;
    const regression = openLogisticRegression(
      { features, width, classes: Int32Array.from(classes), classCount },
      1,
    );
    const { weights, biases } = await regression.fit({ c });
    await regression.release();
    const largest = Math.max(...expected.weights.map(Math.abs));
    expect(farthest(weights, expected.weights) / largest).toBeLessThan(1e-5);
    expect(
      farthest(biases, expected.biases) / Math.max(largest, ...expected.biases.map(Math.abs)),
    ).toBeLessThan(1e-5);
  },
);

function farthest(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
