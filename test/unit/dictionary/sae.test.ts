import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isThere } from '../../../src/engine/checkpoint/fileIdentity';
import { writeDictionary } from '../../../src/engine/dictionary/exportDictionary';
import { readDictionary } from '../../../src/engine/dictionary/readDictionary';
import { fingerprint } from '../../../src/engine/dictionary/record';
import { openSae, selectedTokens } from '../../../src/engine/dictionary/sae';
import { expectError } from '../../support/expectError';
import { type DictionarySpec, plainCodes, randomDictionary } from '../../support/randomDictionary';
import { temporaryFolder } from '../../support/temporaryFolder';
import { randomNumbers } from '../graph/numbers';

const shape = { width: 5, size: 12 };

/** Between them every activation, normalisation, order of the matrices and scale. */
const specs: Readonly<Record<string, DictionarySpec>> = {
  ReLU: { ...shape, activation: 'relu' },
  'ReLU, b_dec kept on': { ...shape, activation: 'relu', subtracts: false, transposed: [true, false] },
  'tanh of a ReLU, soft-capped': {
    ...shape,
    activation: 'tanh-relu',
    softcap: 0.7,
    transposed: [false, true],
  },
  'top k': { ...shape, activation: 'topk', keep: 'relu' },
  'top k with signs': {
    ...shape,
    activation: 'topk',
    k: 9,
    keep: 'signed',
    scaled: true,
    transposed: [true, true],
  },
  'top k of |h|': { ...shape, activation: 'topk', by: 'magnitude', keep: 'absolute', softcap: 2 },
  'top k by |h| with signs': { ...shape, activation: 'topk', by: 'magnitude', keep: 'signed' },
  'top k by |h|, then ReLU': { ...shape, activation: 'topk', by: 'magnitude', keep: 'relu' },
  'top k by h, then |h|': { ...shape, activation: 'topk', k: 9, keep: 'absolute' },
  'the largest of groups': { ...shape, activation: 'groupmax', k: 4 },
  'JumpReLU, layer norm': { ...shape, activation: 'jumprelu', normalization: ['layer_norm'] },
  'gated, constant norm': { ...shape, activation: 'gated', normalization: ['constant_norm_rescale'] },
  'gated, scaled': { ...shape, activation: 'gated', scaled: true },
  affine: { ...shape, activation: 'relu', normalization: ['affine'], softcap: 1.5 },
  'affine, then layer norm': { ...shape, activation: 'topk', normalization: ['affine', 'layer_norm'] },
  'top 1 of one latent': { width: 5, size: 1, activation: 'topk', k: 1, keep: 'signed' },
  'as many latents as inputs': { width: 6, size: 6, activation: 'relu', transposed: [true, false] },
};

const [images, tokens] = [3, 4];
const span = { start: 1, end: 3 };
const hook = { point: 'resid_post', layer: 0, tokens: 'patches' } as const;

describe.each(Object.entries(specs))('%s', (_name, spec) => {
  const random = randomNumbers(5);
  const { width, size } = spec;
  const read = { images, tokens, size: width, data: random(images * tokens * width) };
  const info = { id: 'random', sha256: '', ...hook, size };

  // 10 latents at once: rows are encoded one at a time, and those of an image come in several pieces.
  test.each([undefined, 10])('has the codes that its record says (%s at once)', async (mostAtOnce) => {
    const made = randomDictionary(temporaryFolder(), spec, random);
    const options = mostAtOnce === undefined ? {} : { mostAtOnce };
    const sae = openSae(made.record, { info, hook, span, notes: ['Another.'], threads: 1, ...options });
    const codes = await sae.encode(read);
    expect(codes).toHaveLength(images);
    expect(sae).toMatchObject({ hook, componentSize: 1, notes: ['A note.', 'Another.'] });
    for (const [image, { latents, tokens: selected, activations, outputScale }] of codes.entries()) {
      expect(selected).toBe(2);
      const expected = [1, 2].map((token) => {
        const at = (image * tokens + token) * width;
        return plainCodes(made, [...read.data.subarray(at, at + width)]);
      });
      const active = Array.from({ length: size }, (_, j) => j).filter((j) =>
        expected.some(({ z }) => z[j] !== 0),
      );
      expect([...latents]).toEqual(active);
      expectClose(
        activations,
        expected.flatMap(({ z }) => active.map((j) => z[j]!)),
      );
      if (spec.normalization === undefined) expect(outputScale).toBeNull();
      else
        expectClose(
          outputScale!,
          expected.map(({ scale }) => scale),
        );
    }
    const wanted = Int32Array.of(size - 1, 0);
    expectClose(
      await sae.decoderRows(wanted),
      [...wanted].flatMap((j) => made.decoder[j]!.map((x) => x * (made.record.decoder.scale?.[j] ?? 1))),
    );
    await sae.release();
  });

  test('is the same dictionary in our own format', async () => {
    const { record } = randomDictionary(temporaryFolder(), spec, random);
    const folder = join(temporaryFolder(), 'exported');
    const [config, weights] = await writeDictionary(record, folder);
    const again = await readDictionary(folder);
    expect(again).toMatchObject({ id: 'exported', source: folder, weightsFile: weights });
    expect(again.watched.filter(isThere).map(({ path }) => path)).toEqual([config, weights]);
    for (const key of ['width', 'size', 'activation', 'normalization', 'softcap', 'notes', 'hook'] as const) {
      expect(again[key], key).toEqual(record[key]);
    }
    expect(fingerprint(again)).toBe(fingerprint(record));
    const [one, other] = [record, again].map((of) =>
      openSae(of, { info, hook, span, notes: [], threads: 1 }),
    );
    expect(await other!.encode(read)).toEqual(await one!.encode(read));
    const all = Int32Array.from({ length: size }, (_, j) => j);
    expect(await other!.decoderRows(all)).toEqual(await one!.decoderRows(all));
    await Promise.all([one!.release(), other!.release()]);
  });
});

test('the tokens of a span are picked from every image', () => {
  const data = Float32Array.from({ length: 12 }, (_, i) => i);
  const read = { images: 2, tokens: 3, size: 2, data };
  expect([...selectedTokens(read, { start: 0, end: 1 })]).toEqual([0, 1, 6, 7]);
  expect([...selectedTokens(read, { start: 1, end: 3 })]).toEqual([2, 3, 4, 5, 8, 9, 10, 11]);
  expect(selectedTokens(read, { start: 0, end: 3 })).toBe(data);
});

test('nothing is written over', async () => {
  const { record } = randomDictionary(temporaryFolder(), specs.ReLU!, randomNumbers(1));
  const folder = join(temporaryFolder(), 'exported');
  await writeDictionary(record, folder);
  await expectError(writeDictionary(record, folder), 'dictionary', folder, 'not empty');
});

test('an export can be cancelled, and leaves nothing half done', async () => {
  const { record } = randomDictionary(temporaryFolder(), specs.ReLU!, randomNumbers(1));
  const folder = join(temporaryFolder(), 'exported');
  const signal = AbortSignal.abort();
  await expect(writeDictionary(record, folder, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  await writeDictionary(record, folder);
});

/** float32 against float64. */
function expectClose(a: ArrayLike<number>, b: readonly number[]): void {
  expect(a.length).toBe(b.length);
  b.forEach((expected, i) => {
    expect(Math.abs(a[i]! - expected) / Math.max(1, Math.abs(expected)), `at ${i}`).toBeLessThan(1e-5);
  });
}
