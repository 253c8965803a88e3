import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DictionaryRecord, resolve } from '../../../src/engine/dictionary/record';
import { selfTest } from '../../../src/engine/dictionary/selfTest';
import { SelfTest } from '../../../src/shared/selfTest';
import { expectError } from '../../support/expectError';
import {
  type DictionarySpec,
  plainCodes,
  type RandomDictionary,
  randomDictionary,
} from '../../support/randomDictionary';
import { temporaryFolder } from '../../support/temporaryFolder';
import { randomNumbers } from '../graph/numbers';

const options = { images: 2, threads: 1 };

function make(spec: Partial<DictionarySpec>, seed = 3): RandomDictionary {
  const full = { width: 6, size: 9, activation: 'relu', ...spec } as const;
  return randomDictionary(temporaryFolder(), full, randomNumbers(seed));
}

/** What a dictionary gives for random codes: it reconstructs none of it, but nothing is too far away either. */
const activations = (count: number, width: number, seed = 8) => randomNumbers(seed)(count * width);

describe('what is measured', () => {
  test.each<[string, Partial<DictionarySpec>]>([
    ['ReLU', {}],
    ['top k with signs, transposed', { activation: 'topk', k: 2, keep: 'signed', transposed: [true, true] }],
    ['layer norm', { normalization: ['layer_norm'], scaled: true }],
    ['gated, affine, capped', { activation: 'gated', normalization: ['affine'], softcap: 0.5 }],
  ])('of %s is what plain arithmetic gives', async (_name, spec) => {
    const made = make(spec);
    const { width, size } = made.record;
    const x = activations(20, width);
    const rows = Array.from({ length: 20 }, (_, row) => [...x.subarray(row * width, (row + 1) * width)]);
    const plain = rows.map((row) => plainCodes(made, row));
    const { taken, others, vectors } = await selfTest(made.record, x, options);
    expect({ vectors, others }).toEqual({ vectors: 20, others: [] });
    const mean = rows[0]!.map((_, i) => sum(rows.map((row) => row[i]!)) / 20);
    const y = plain.map(({ reconstruction }) => reconstruction);
    const variance = sum(rows.map((row) => distance(row, mean)));
    const scale = sum(rows.map((row, n) => dot(row, y[n]!))) / sum(y.map((row) => dot(row, row)));
    const expected = {
      fvu: sum(rows.map((row, n) => distance(row, y[n]!))) / variance,
      scaledFvu:
        sum(
          rows.map((row, n) =>
            distance(
              row,
              y[n]!.map((value) => scale * value),
            ),
          ),
        ) / variance,
      cosine: sum(rows.map((row, n) => dot(row, y[n]!) / Math.sqrt(dot(row, row) * dot(y[n]!, y[n]!)))) / 20,
      l0: sum(plain.map(({ z }) => z.filter((value) => value !== 0).length)) / 20,
      dead:
        Array.from({ length: size }, (_, j) => plain.every(({ z }) => z[j] === 0)).filter(Boolean).length /
        size,
    };
    for (const [key, value] of Object.entries(expected)) {
      expect(taken[key as keyof typeof expected], key).toBeCloseTo(value, 4);
    }
  });

  test('is of an even selection, where there are more vectors than are needed', async () => {
    const { record } = make({});
    const { vectors } = await selfTest(record, activations(3000, 6), options);
    expect(vectors).toBe(1024);
  });
});

describe('what is decided', () => {
  test('b_dec is taken off where that reconstructs better, and the other way is reported', async () => {
    for (const truth of [true, false]) {
      const made = identity(truth);
      const open: DictionaryRecord = { ...made, subtractsDecoderBias: 'undecided' };
      const tested = SelfTest.parse(await selfTest(open, activations(30, 4, 30), options));
      expect(tested.taken.subtractsDecoderBias).toBe(truth);
      expect(tested.taken.fvu).toBeLessThan(1e-6);
      expect(tested.verdict).toBe('good');
      // Square, but there is no reason to think that W_enc lies the other way.
      expect(tested.others).toHaveLength(1);
      expect(resolve(open, tested.taken)).toMatchObject({ subtractsDecoderBias: truth });
      expect(tested.notes.join(' ')).toContain(truth ? 'input: it is, which' : 'input: it is not, which');
    }
  });

  test('a square encoder that lies the other way round is found out', async () => {
    const made = identity(true);
    const { stored } = made.encoder.weight;
    const wrong = { ...made, encoder: { ...made.encoder, weight: { stored, transposed: true } } };
    const tested = await selfTest(wrong, activations(30, 4, 30), options);
    expect(tested.taken).toMatchObject({ transposed: true, subtractsDecoderBias: true });
    expect(tested.taken.fvu).toBeLessThan(1e-6);
    expect(resolve(wrong, tested.taken).encoder.weight.transposed).toBe(false);
    expect(tested.notes.some((note) => note.includes('transpose'))).toBe(true);
  });

  test('of a square one that reconstructs in neither order, what its format says is kept', async () => {
    let better = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const { record } = make({ width: 6, size: 6 }, seed);
      const { taken, others, verdict } = await selfTest(record, activations(20, 6), options);
      expect({ verdict, transposed: taken.transposed }).toEqual({ verdict: 'poor', transposed: false });
      expect(others).toHaveLength(1);
      if (others[0]!.fvu < taken.fvu) better++;
    }
    expect(better).toBeGreaterThan(0);
  });

  test('one that reconstructs nothing is poor, and says so', async () => {
    const { record } = make({});
    const tested = await selfTest(record, activations(20, 6), options);
    expect(tested).toMatchObject({ judgedBy: 'fvu', verdict: 'poor', images: 2 });
    expect(tested.notes.join(' ')).toContain('another model, layer or choice of tokens');
  });

  test('activations of another scale are recognised', async () => {
    const made = identity(false);
    const zero = { ...made, decoder: { ...made.decoder, bias: null } };
    const half = {
      ...zero,
      encoder: { ...zero.encoder, bias: null },
      decoder: { ...zero.decoder, scale: new Float32Array(4).fill(0.25) },
    };
    const tested = await selfTest(half, activations(30, 4, 30).map(Math.abs), options);
    expect(tested.verdict).toBe('poor');
    expect(tested.taken.scaledFvu).toBeLessThan(1e-6);
    expect(tested.notes.join(' ')).toContain('Times 4.00');
  });

  test('a dictionary of directions is judged by them, and has to beat the mean', async () => {
    const made = identity(false);
    const directions = {
      ...made,
      directionOnly: true,
      encoder: { ...made.encoder, bias: null },
      decoder: { ...made.decoder, bias: null, scale: new Float32Array(4).fill(7) },
    };
    const x = activations(30, 4, 30).map(Math.abs);
    const good = await selfTest(directions, x, options);
    expect(good).toMatchObject({ judgedBy: 'cosine', verdict: 'good' });
    expect(good.taken.cosine).toBeCloseTo(1, 5);
    // Nearly the same everywhere: any dictionary that gives the one direction has a high cosine.
    const alike = x.map((value) => 10 + 0.1 * value);
    const flat = {
      ...directions,
      encoder: { ...made.encoder, scale: new Float32Array(4), bias: Float32Array.of(1, 1, 1.2, 1) },
    };
    const poor = await selfTest(flat, alike, options);
    expect(poor.taken.cosine).toBeGreaterThan(0.9);
    expect(poor.verdict).toBe('poor');
  });
});

describe('what is refused', () => {
  test('activations that are all the same', async () => {
    const { record } = make({});
    await expectError(selfTest(record, new Float32Array(60).fill(1), options), 'dictionary', 'all the same');
  });

  test('numbers that are not finite', async () => {
    const { record } = make({});
    const x = activations(10, 6);
    x[7] = Number.NaN;
    await expectError(selfTest(record, x, options), 'dictionary', 'not finite');
  });
});

/**
 * x̂ = x, in one of the two ways: all four latents are kept, W_enc turns the axes and W_dec turns them back; what is
 * not taken off the input before is taken off by b_enc.
 */
function identity(subtracts: boolean): DictionaryRecord {
  const { record } = make({ width: 4, size: 4, activation: 'topk', k: 4, keep: 'signed', subtracts });
  const turn = [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0];
  const back = [0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  writeFileSync(
    record.weightsFile,
    Buffer.concat([Buffer.alloc(16), Buffer.from(Float32Array.from([...turn, ...back]).buffer)]),
  );
  const [a, b, c, d] = record.decoder.bias!;
  const bias = subtracts ? new Float32Array(4) : Float32Array.of(-d!, -a!, -b!, -c!);
  return { ...record, encoder: { ...record.encoder, bias } };
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, i) => value * b[i]!));
const distance = (a: readonly number[], b: readonly number[]) =>
  sum(a.map((value, i) => (value - b[i]!) ** 2));
