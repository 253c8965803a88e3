import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { fitProbe } from '../../src/engine/probe/fitProbe';
import { readProbe } from '../../src/engine/probe/readProbe';
import { writeProbe } from '../../src/engine/probe/writeProbe';
import type { Probe } from '../../src/shared/probe';

/**
 * Linear probes as torch, numpy and scikit-learn save and fit them: test/reference/probes.py. Scores agree to 1e-6, which
 * is float32 on the other side; the rows of a fit to 1e-5 of their largest number.
 */

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const float32s = bytes.transform((raw) => new Float32Array(raw.buffer));
const float64s = bytes.transform((raw) => new Float64Array(raw.buffer));
const Reference = z.object({
  embeddings: float64s,
  width: z.int(),
  files: z.record(
    z.string(),
    z.object({
      scores: float64s,
      classes: z.array(z.string()),
      input: z.enum(['raw', 'normalised']),
      difference: z.boolean(),
    }),
  ),
  fits: z.array(
    z.object({
      embeddings: float32s,
      width: z.int(),
      classes: z.array(z.int()),
      heldOut: z.number(),
      tried: z.array(z.number()),
      seed: z.int(),
      c: z.number(),
      fitted: z.int(),
      held: z.int(),
      accuracy: z.object({ fitted: z.number(), heldOut: z.number() }),
      weights: float64s,
      biases: float64s,
    }),
  ),
});
const reference = Reference.parse(
  JSON.parse(readFileSync(join(__dirname, 'probes.json'), 'utf8')) as unknown,
);
const folder = join(__dirname, 'probes');
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'clipsight-probes-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(Object.entries(reference.files))('%s is read to the same numbers', async (file, expected) => {
  const { probe, notes } = await readProbe(join(folder, file));
  expect(probe.classes.map(({ name }) => name)).toEqual(expected.classes);
  expect(probe.input).toBe(expected.input);
  const scores = scoresOf(probe);
  const found = expected.difference
    ? scores.filter((_, i) => i % 2 === 1).map((score, i) => score - scores[2 * i]!)
    : scores;
  expect(farthest(found, expected.scores)).toBeLessThan(1e-6);
  const isNamed = !expected.classes[0]!.startsWith('class ');
  expect(notes.some((note) => note.includes('does not name its classes'))).toBe(!isNamed);
  const saysInput = ['prefixed.safetensors', 'columns.npz', 'own.json'].includes(file);
  expect(notes.some((note) => note.includes('does not say what its rows are multiplied with'))).toBe(!saysInput);
});

test.each(['.json', '.safetensors'])('a probe that is written as %s is read as it was', async (ending) => {
  const { probe } = await readProbe(join(folder, 'sklearn.npz'));
  const file = join(scratch, `written${ending}`);
  await writeProbe(file, probe, { fitted: { model: 'some-clip', c: 1 } });
  const read = await readProbe(file);
  expect(read.notes).toEqual([]);
  expect({ ...read.probe, classes: [] }).toEqual({ ...probe, classes: [] });
  expect(read.probe.classes.map(({ name }) => name)).toEqual(probe.classes.map(({ name }) => name));
  expect(farthest(scoresOf(read.probe), scoresOf(probe))).toBeLessThan(ending === '.json' ? 1e-15 : 1e-6);
});

test.each([
  ['pickled.npz', 'pickled objects, which are never read'],
  ['scaled.npz', '“mean_” beside the weights'],
  ['square.npz', 'whether the rows or the columns of “W” [3, 3]'],
  ['torch.pt', 'not one of numpy'],
  ['mlp.safetensors', 'the weights of 2 layers'],
])('%s is refused by name', async (file, what) => {
  const path = join(folder, file);
  await expect(readProbe(path)).rejects.toMatchObject({
    code: 'probe',
    message: expect.stringContaining(path),
    remedy: expect.any(String),
  });
  await expect(readProbe(path)).rejects.toThrow(what);
});

test.each(reference.fits.map((one, i) => ({ i, ...one })))(
  'fit $i is that of scikit-learn',
  async ({ embeddings, width, classes, heldOut, tried, seed, ...expected }) => {
    const names = Array.from({ length: Math.max(...classes) + 1 }, (_, k) => `class ${k}`);
    const { model, c, images, accuracy } = await fitProbe(
      { embeddings: { data: embeddings, width }, classes: Int32Array.from(classes), names },
      {
        heldOut,
        c: tried.toReversed(),
        seed,
        threads: 1,
        between: async () => undefined,
        progress: () => undefined,
      },
    );
    expect({ c, images, accuracy }).toEqual({
      c: expected.c,
      images: { fitted: expected.fitted, heldOut: expected.held },
      accuracy: expected.accuracy,
    });
    const largest = Math.max(...expected.weights.map(Math.abs));
    expect(farthest(model.weights, expected.weights) / largest).toBeLessThan(1e-5);
    expect(farthest(model.biases, expected.biases) / largest).toBeLessThan(1e-5);
  },
);

/** [embeddings, classes] */
function scoresOf({ classes }: Probe): Float64Array {
  const { embeddings, width } = reference;
  return Float64Array.from({ length: (embeddings.length / width) * classes.length }, (_, at) => {
    const row = Math.floor(at / classes.length);
    const { weights, bias } = classes[at % classes.length]!;
    expect(weights.length).toBe(width);
    return weights.reduce((sum, weight, j) => sum + weight * embeddings[row * width + j]!, bias);
  });
}

function farthest(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
