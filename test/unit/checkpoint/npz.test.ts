import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { npyHeader } from '../../../src/engine/checkpoint/npy';
import { readNpz } from '../../../src/engine/checkpoint/npz';
import { readFloats } from '../../../src/engine/checkpoint/tensors';
import type { TorchTensor } from '../../../src/engine/checkpoint/torchTensor';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';
import { type EntryToWrite, zipBytes } from '../../support/zipFile';

/** Written by test/reference/containers.py: arrays count from 0 unless it says otherwise. */
const files = join(__dirname, '../../reference/files/containers');
const counting = (count: number) => Array.from({ length: count }, (_, i) => i);
const read = (name: string, cacheFolder?: string) =>
  readNpz(join(files, name), 'dictionary', cacheFolder === undefined ? {} : { cacheFolder });

async function valuesOf(tensor: TorchTensor | undefined): Promise<number[]> {
  if (tensor === undefined || tensor.layout === 'unsupported') throw new Error('no values to read');
  return [...(await readFloats(tensor.stored, 'dictionary'))];
}

async function expectPlain(arrays: ReadonlyMap<string, TorchTensor>): Promise<void> {
  expect(await valuesOf(arrays.get('W'))).toEqual(counting(6));
  expect(arrays.get('W')).toMatchObject({ layout: 'rows', stored: { shape: [2, 3], type: 'float32' } });
  expect(await valuesOf(arrays.get('half'))).toEqual(counting(6));
  expect(arrays.get('half')).toMatchObject({ stored: { type: 'float16' } });
  expect(arrays.get('columns')).toMatchObject({ layout: 'columns', stored: { shape: [3, 2] } });
  expect(await valuesOf(arrays.get('columns'))).toEqual([0, 3, 1, 4, 2, 5]);
  expect(await valuesOf(arrays.get('vector'))).toEqual([0, 1, 2]);
  expect(await valuesOf(arrays.get('scalar'))).toEqual([2.5]);
  expect(arrays.get('scalar')).toMatchObject({ stored: { shape: [] } });
  expect(arrays.get('empty')).toMatchObject({ stored: { shape: [0, 3], length: 0 } });
  expect(arrays.get('ints')).toMatchObject({ stored: { type: 'int64', shape: [3] } });
  expect(arrays.get('bools')).toMatchObject({ stored: { type: 'bool', shape: [2] } });
  expect(await valuesOf(arrays.get('a/b'))).toEqual([3, 4, 5]);
}

describe('arrays of numpy', () => {
  test('stay where they are when they are stored as they are computed with', async () => {
    const folder = temporaryFolder();
    const { arrays, tensors, unsupported } = await read('plain.npz', folder);
    await expectPlain(arrays);
    expect(tensors.get('W')?.file).toBe(join(files, 'plain.npz'));
    expect([...unsupported]).toEqual([['columns', 'float32, column by column']]);
    expect(tensors.size + unsupported.size).toBe(arrays.size);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['wide.npz', 'compressed.npz'])('of %s are written to the cache, once', async (name) => {
    const folder = temporaryFolder();
    const { arrays, tensors } = await read(name, folder);
    await expectPlain(arrays);
    expect(await valuesOf(arrays.get('double'))).toEqual([0.1, -2.5e-7, 3e8].map(Math.fround));
    expect(arrays.get('double_columns')).toMatchObject({ layout: 'columns', stored: { type: 'float32' } });
    expect(await valuesOf(arrays.get('double_columns'))).toEqual([0, 3, 1, 4, 2, 5]);
    for (const big of ['big', 'big_half', 'big_double']) {
      expect(await valuesOf(arrays.get(big))).toEqual(counting(6));
    }
    const files = readdirSync(folder).filter((file) => file !== 'hashes.json');
    expect(files).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.npz1\.safetensors$/)]);
    expect(new Set([...tensors.values()].map(({ file }) => file))).toEqual(
      new Set([join(folder, files[0]!)]),
    );
    expect((await read(name, folder)).arrays).toEqual(arrays);
  });

  test('that would have to be written are unsupported where there is no cache', async () => {
    const { tensors, unsupported } = await read('wide.npz');
    expect([...tensors.keys()].toSorted()).toEqual(
      ['W', 'a/b', 'bools', 'empty', 'half', 'ints', 'scalar', 'vector'].toSorted(),
    );
    expect(unsupported.get('double')).toBe('float64');
    expect(unsupported.get('big')).toBe('float32, big-endian');
    expect((await read('compressed.npz')).unsupported.get('W')).toBe('float32, compressed');
  });

  test('of other types are named, never unpickled', async () => {
    const { unsupported, arrays } = await read('unusual.npz', temporaryFolder());
    await expectPlain(arrays);
    expect(unsupported.get('short')).toBe('<i2');
    expect(unsupported.get('text')).toBe('<U2');
    expect(unsupported.get('pairs')).toBe('structured');
    expect(unsupported.get('cube')).toBe("float32, in Fortran's order");
    expect((await read('objects.npz')).unsupported.get('objects')).toBe('|O');
  });
});

const header = (description: string, version = 1) => {
  const start = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(description.length, 0, length.length);
  return Buffer.concat([start, length, Buffer.from(description)]);
};
const f4 = (shape: string) => `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }\n`;

describe('a header', () => {
  test.each([
    ['3, 4', [3, 4]],
    ['3,', [3]],
    ['', []],
    ['0, 2, 1', [0, 2, 1]],
  ])('with the shape (%s)', (text, shape) => {
    for (const version of [1, 2, 3]) expect(npyHeader(header(f4(text), version))?.shape).toEqual(shape);
  });

  test.each([
    ['of a version to come', header(f4('3,'), 4)],
    ['without its end', header(f4('3,')).subarray(0, -1)],
    ['of nothing', Buffer.alloc(0)],
    ['of another file', Buffer.from('PK\x03\x04 and so on and on')],
    ['with a shape that is a number', header(f4('3'))],
    ['with a negative size', header(f4('-3, 4'))],
    ['with a size beyond 2^53', header(f4('99999999999999999999, 1'))],
    ['with a call', header(f4('__import__("os"),'))],
    ['with another order of keys', header("{'shape': (3,), 'descr': '<f4', 'fortran_order': False}")],
  ])('%s is none', (_name, bytes) => {
    expect(npyHeader(bytes)).toBeNull();
  });
});

describe('what is refused', () => {
  const array = (shape: string, bytes: number) => Buffer.concat([header(f4(shape)), Buffer.alloc(bytes)]);
  const write = (...entries: EntryToWrite[]) => {
    const path = join(temporaryFolder(), 'weights.npz');
    writeFileSync(path, zipBytes(entries));
    return path;
  };
  const refused = (path: string, ...parts: string[]) =>
    expectError(
      readNpz(path, 'dictionary', { cacheFolder: temporaryFolder() }),
      'dictionary',
      path,
      ...parts,
    );

  test('another file', async () => {
    await refused(join(files, 'single.npy'), 'directory at the end');
    await refused(join(files, 'prisma.pt'), 'not one of numpy');
    await refused(join(files, 'none.npz'), 'does not exist');
  });

  test('an array that is not as long as it says', async () => {
    await refused(write({ name: 'W.npy', data: array('2, 3', 20) }), '"W" has 20 bytes', 'takes 24');
    await refused(write({ name: 'W.npy', data: array('2, 3', 28) }), '"W" has 28 bytes');
    await refused(write({ name: 'W.npy', data: array('3000000000, 3000000000', 28) }), '"W" has 28 bytes');
    await refused(write({ name: 'W.npy', data: Buffer.from('no array') }), 'no sound header');
  });

  test('a compressed array with another checksum', async () => {
    const data = array('2, 3', 24);
    const entry = { name: 'W.npy', data, deflated: true };
    await refused(write(entry), 'checksum');
    const sound = write({ ...entry, crc32: crc32(data) });
    const { tensors } = await readNpz(sound, 'dictionary', { cacheFolder: temporaryFolder() });
    expect(tensors.get('W')?.shape).toEqual([2, 3]);
  });

  test('a bomb', async () => {
    const zeros = array('50000000,', 200_000_000);
    await refused(write({ name: 'W.npy', data: zeros, deflated: true }), 'no weights do');
    const small = array('50000000,', 1000);
    await refused(write({ name: 'W.npy', data: small, deflated: true, size: zeros.length }), 'no weights do');
  });

  test('a file that is damaged where its weights are, when they are copied', async () => {
    const bytes = readFileSync(join(files, 'compressed.npz'));
    const path = join(temporaryFolder(), 'weights.npz');
    bytes[bytes.indexOf('W.npy') + 60]! ^= 0x10;
    writeFileSync(path, bytes);
    await refused(path);
  });
});
