import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readWeightFiles } from '../../../src/engine/checkpoint/weightFiles';
import { expectError } from '../../support/expectError';
import { safetensorsBytes } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';

const index = 'model.safetensors.index.json';
const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const f32 = { dtype: 'F32', shape: [2] };
const shards = {
  [one]: safetensorsBytes({ a: f32, b: f32 }),
  [two]: safetensorsBytes({ c: f32, double: { dtype: 'F64', shape: [1] } }),
};
const places = { a: one, b: one, c: two, double: two };

function folderOf(weight_map: unknown, files: { readonly [name: string]: Uint8Array } = shards): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, index), JSON.stringify({ metadata: { total_size: 32 }, weight_map }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe('weights in several files', () => {
  test('are one source of tensors', async () => {
    const folder = folderOf(places);
    const weights = await readWeightFiles(join(folder, index));
    expect(weights).toMatchObject({ folder, files: [join(folder, one), join(folder, two)] });
    expect(weights.source.path).toBe(join(folder, index));
    expect([...weights.source.tensors].map(([name, { file }]) => [name, file])).toEqual([
      ['a', join(folder, one)],
      ['b', join(folder, one)],
      ['c', join(folder, two)],
    ]);
    expect(weights.source.unsupported).toEqual(new Map([['double', 'F64']]));
    expect(weights.watched.map(({ path }) => path)).toEqual(
      [index, one, two].map((name) => join(folder, name)),
    );
  });

  test('are found behind the links of a hub cache', async () => {
    const folder = folderOf(places);
    mkdirSync(join(folder, 'blobs'));
    mkdirSync(join(folder, 'snapshot'));
    for (const [i, name] of [index, one, two].entries()) {
      renameSync(join(folder, name), join(folder, 'blobs', `${i}`));
      symlinkSync(join('..', 'blobs', `${i}`), join(folder, 'snapshot', name));
    }
    expect(await readWeightFiles(join(folder, 'snapshot', index))).toMatchObject({
      folder: join(folder, 'blobs'),
      files: [join(folder, 'blobs', '1'), join(folder, 'blobs', '2')],
    });
  });

  test('are refused where the files lie apart', async () => {
    const folder = folderOf(places);
    mkdirSync(join(folder, 'other'));
    renameSync(join(folder, two), join(folder, 'other', two));
    symlinkSync(join('other', two), join(folder, two));
    await expectError(
      readWeightFiles(join(folder, index)),
      'checkpoint',
      index,
      'several folders',
      'one folder',
    );
  });

  test.each<[string, unknown, string]>([
    ['without a map', undefined, 'weight_map'],
    ['with an empty map', {}, 'no weights'],
    ['with a file elsewhere', { a: `../${one}` }, 'no .safetensors file beside it'],
    ['with a file of another kind', { a: 'pytorch_model.bin' }, 'no .safetensors file beside it'],
    [
      'with a file that is missing',
      { ...places, d: 'model-3.safetensors' },
      'model-3.safetensors does not exist',
    ],
    ['with a tensor that is missing', { ...places, d: two }, 'has no tensor "d"'],
    ['without a tensor that is there', { a: one, c: two, double: two }, '"b"'],
    ['with a tensor in another file', { ...places, b: two }, '"b"'],
    ['with a name of every object', { ...places, constructor: two }, '"constructor"'],
  ])('are refused by an index %s', async (_name, map, part) => {
    await expectError(readWeightFiles(join(folderOf(map), index)), 'checkpoint', part);
  });

  test('are refused where a tensor is in two files', async () => {
    const twice = { ...shards, [two]: safetensorsBytes({ a: f32, c: f32 }) };
    await expectError(
      readWeightFiles(join(folderOf({ a: one, b: one, c: two }, twice), index)),
      'checkpoint',
      '"a"',
    );
  });
});

describe('weights in one file', () => {
  test('are told from those of PyTorch by the extension, or by how the file begins', async () => {
    const folder = temporaryFolder();
    for (const name of ['a.safetensors', 'pytorch_model.bin', 'blob']) {
      writeFileSync(join(folder, name), safetensorsBytes({ a: f32 }));
      expect((await readWeightFiles(join(folder, name))).files).toEqual([join(folder, name)]);
    }
    writeFileSync(join(folder, 'other.pt'), 'no weights');
    await expectError(readWeightFiles(join(folder, 'other.pt')), 'checkpoint', 'not a file of PyTorch');
    writeFileSync(join(folder, 'other.safetensors'), 'PK');
    await expectError(readWeightFiles(join(folder, 'other.safetensors')), 'checkpoint', 'truncated');
  });
});
