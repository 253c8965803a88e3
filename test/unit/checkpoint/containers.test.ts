import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { narrowedFile, narrowedTensors } from '../../../src/engine/checkpoint/narrow';
import { recordFields } from '../../../src/engine/checkpoint/recordFields';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors';
import { stateDict } from '../../../src/engine/checkpoint/stateDict';
import { readFloats } from '../../../src/engine/checkpoint/tensors';
import { readTorch, type TorchValue } from '../../../src/engine/checkpoint/torchFile';
import type { TorchTensor } from '../../../src/engine/checkpoint/torchTensor';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

/** Written by test/reference/containers.py: tensors count from 0 unless it says otherwise. */
const files = join(__dirname, '../../reference/files/containers');
const counting = (count: number) => Array.from({ length: count }, (_, i) => i);

async function valuesOf(tensor: TorchTensor | undefined): Promise<number[]> {
  if (tensor === undefined || tensor.layout === 'unsupported') throw new Error('no values to read');
  return [...(await readFloats(tensor.stored, 'dictionary'))];
}

const read = (name: string, cacheFolder = temporaryFolder()) =>
  readTorch(join(files, name), 'dictionary', { cacheFolder });

async function fieldOf(name: string, ...keys: readonly string[]): Promise<TorchValue | undefined> {
  let value: TorchValue | undefined = (await read(name)).root;
  for (const key of keys) value = recordFields(value)?.get(key);
  return value;
}

describe('an autoencoder of', () => {
  test.each([
    ['prisma.pt', ['cfg'], 9],
    ['prisma.pkl', ['cfg'], 9],
    ['prisma.pkl.gz', ['cfg'], 9],
    ['hugofry.pkl.gz', ['cfg'], 10],
    ['patchsae.pt', ['cfg'], 10],
  ])('%s has its weights and its configuration', async (name, path, layer) => {
    const tensors = stateDict(await read(name));
    expect([...tensors.keys()]).toEqual(['W_enc', 'b_enc', 'W_dec', 'b_dec']);
    expect(tensors.get('W_enc')).toMatchObject({
      layout: 'rows',
      stored: { shape: [4, 8], type: 'float32' },
    });
    expect(await valuesOf(tensors.get('W_enc'))).toEqual(counting(32));
    expect(await valuesOf(tensors.get('W_dec'))).toEqual(counting(32).map((value) => -value));
    expect(await valuesOf(tensors.get('b_dec'))).toEqual(counting(4));
    const config = recordFields(await fieldOf(name, ...path));
    expect(config?.get('hook_point_layer') ?? config?.get('block_layer')).toBe(layer);
    expect(config?.get('d_in')).toBe(4);
  });

  test('prisma.pkl.gz has the fields that its class gave it', async () => {
    const config = recordFields(await fieldOf('prisma.pkl.gz', 'cfg'));
    expect(config?.get('activation_fn_kwargs')).toEqual(new Map([['k', 64]]));
    expect(config?.get('cls_token_only')).toBe(true);
    expect(config?.get('_device')).toBe('cuda');
    expect(await fieldOf('prisma.pkl.gz', 'cfg', 'vit_model_cfg', 'eps')).toBe(1e-6);
  });

  test('an older one lies deeper', async () => {
    const root = await fieldOf('prisma-older.pkl.gz', 'autoencoder', 'state_dict', 'W_enc');
    expect(await valuesOf(root as TorchTensor)).toEqual(counting(32));
    expect(await fieldOf('prisma-older.pkl.gz', 'config', 'dtype')).toEqual({
      kind: 'global',
      module: 'torch',
      name: 'float32',
    });
  });
});

describe('tensors in', () => {
  test.each(['legacy.pt', 'legacy.pt.gz', 'zip.pt.gz', 'tensors.pkl', 'protocol3.pkl', 'protocol5.pkl'])(
    '%s are those that were saved',
    async (name) => {
      const tensors = stateDict(await read(name));
      expect([...tensors.keys()]).toEqual([
        'whole',
        'rows',
        'transposed',
        'half',
        'ints',
        'empty',
        'parameter',
      ]);
      expect(await valuesOf(tensors.get('whole'))).toEqual(counting(12));
      expect(await valuesOf(tensors.get('rows'))).toEqual([3, 4, 5, 6, 7, 8]);
      expect(tensors.get('transposed')).toMatchObject({ layout: 'columns', stored: { shape: [4, 3] } });
      expect(await valuesOf(tensors.get('transposed'))).toEqual(counting(12));
      expect(tensors.get('half')).toMatchObject({ stored: { type: 'float16' } });
      expect(await valuesOf(tensors.get('half'))).toEqual([0, 1, 2]);
      expect(tensors.get('ints')).toMatchObject({ stored: { type: 'int64', shape: [3] } });
      expect(await valuesOf(tensors.get('empty'))).toEqual([]);
      expect(await valuesOf(tensors.get('parameter'))).toEqual([0, 1, 2]);
    },
  );

  test.each(['legacy.pt', 'tensors.pkl'])('%s stay where they are', async (name) => {
    const folder = temporaryFolder();
    const tensors = stateDict(await read(name, folder));
    expect(tensors.get('whole')).toMatchObject({ stored: { file: join(files, name) } });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('large.pkl.gz are found among pickle’s frames', async () => {
    const { root } = await read('large.pkl.gz');
    const fields = recordFields(root);
    expect(await valuesOf(fields?.get('W') as TorchTensor)).toEqual(counting(30_000).map((i) => i % 7));
    expect(await valuesOf(fields?.get('half') as TorchTensor)).toEqual(counting(40_000).map((i) => i % 5));
  });

  test.each(['legacy.pt', 'tensors.pkl', 'prisma.pkl'])('%s are refused where it is cut', async (name) => {
    const bytes = readFileSync(join(files, name));
    const path = join(temporaryFolder(), 'cut');
    // pickle.dump ends with the pickle, torch.save with weights: neither has anything to spare.
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(path, bytes.subarray(0, length));
      await expectError(readTorch(path, 'dictionary'), 'dictionary', path);
    }
  });

  test.each<[string, string, string, string]>([
    ['are big-endian', 'little_endianq\x02\x88', 'little_endianq\x02\x89', 'not little-endian'],
    ['are of another version', 'M\xe9\x03.\x80', 'M\xea\x03.\x80', 'unknown version'],
    ['have another length than is said', 'K\x0cN', 'K\x0dN', 'two sizes'],
    ['are a part of others', 'K\x0cN', 'K\x0c\x88', 'part of another'],
  ])('legacy.pt are refused where they %s', async (_name, from, to, said) => {
    const text = readFileSync(join(files, 'legacy.pt')).toString('latin1');
    expect(text).toContain(from);
    const path = join(temporaryFolder(), 'legacy.pt');
    writeFileSync(path, text.replace(from, to), 'latin1');
    await expectError(readTorch(path, 'dictionary'), 'dictionary', path, said);
  });

  test('protocol2.pkl are text, which is refused', async () => {
    await expectError(read('protocol2.pkl'), 'dictionary', 'protocol2.pkl', 'not where its bytes');
  });
});

describe('fields of', () => {
  test.each(['fields.pt', 'fields2.pkl', 'fields3.pkl', 'fields4.pkl', 'fields5.pkl'])('%s', async (name) => {
    const fields = recordFields((await read(name)).root)!;
    const of = (key: string) => Object.fromEntries(recordFields(fields.get(key)) ?? []);
    const global = (module: string, of: string) => ({ kind: 'global', module, name: of });
    const nested = recordFields(fields.get('nested'));
    expect(nested?.get('k')).toBe(64);
    expect(recordFields(nested?.get('deeper'))?.get('on')).toBe(true);
    expect(fields.get('torch_dtype')).toEqual(global('torch', 'bfloat16'));
    expect(fields.get('torch_device')).toMatchObject({ module: 'torch', name: 'device', args: ['cuda', 1] });
    expect(fields.get('path')).toMatchObject({ name: 'PosixPath', args: ['/', 'data', 'imagenet', 'train'] });
    expect(fields.get('kind')).toMatchObject({ name: 'Kind', args: ['topk'] });
    expect(fields.get('level')).toMatchObject({ name: 'Level', args: [3] });
    expect(fields.get('numpy_int')).toBe(-7);
    expect(fields.get('numpy_float')).toBe(0.5);
    expect(fields.get('numpy_double')).toBe(1e-4);
    expect(fields.get('numpy_bool')).toBe(true);
    expect(fields.get('numpy_half')).toMatchObject({ kind: 'record', name: 'scalar' });
    expect(of('counts')).toEqual({ dead: 3 });
    expect(of('options')).toEqual({ lr: 1e-4, sizes: [1, 2] });
    expect(of('simple')).toEqual({ seed: 42 });
    expect(of('attributes')).toEqual({ seed: 1, extra: 2 });
    expect(of('slotted')).toEqual({ k: 5, name: 'slots', other: 'dict' });
    expect(recordFields(fields.get('itself'))?.get('numpy_int')).toBe(-7);
  });

  test('what has none', () => {
    for (const value of [null, 1, 'text', [], new Set<never>(), undefined]) {
      expect(recordFields(value)).toBeNull();
    }
    expect(recordFields({ kind: 'global', module: 'torch', name: 'float32' })).toBeNull();
  });
});

describe('what gzip unpacks to', () => {
  const copy = (bytes: Uint8Array) => {
    const path = join(temporaryFolder(), 'weights.pkl.gz');
    writeFileSync(path, bytes);
    return path;
  };
  const gzip = readFileSync(join(files, 'tensors.pkl'));

  test('is kept, and used again', async () => {
    const folder = join(temporaryFolder(), 'made', 'when missing');
    const path = copy(gzipSync(gzip));
    const stages: string[] = [];
    await readTorch(path, 'dictionary', {
      cacheFolder: folder,
      onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done} of ${total}`),
    });
    const [name, ...more] = readdirSync(folder).filter((file) => file !== 'hashes.json');
    expect(more).toEqual([]);
    expect(name).toMatch(/^[0-9a-f]{64}\.unpacked$/);
    expect(readFileSync(join(folder, name!))).toEqual(gzip);
    expect(stages.at(-1)).toMatch(/^Unpacking weights.pkl.gz (\d+) of \1$/);
    const { mtimeMs } = statSync(join(folder, name!));
    const again = stateDict(await readTorch(copy(gzipSync(gzip)), 'dictionary', { cacheFolder: folder }));
    expect(again.get('whole')).toMatchObject({ stored: { file: join(folder, name!) } });
    expect(statSync(join(folder, name!)).mtimeMs).toBe(mtimeMs);
  });

  test('is the same for many who ask at once', async () => {
    const folder = temporaryFolder();
    const path = copy(gzipSync(gzip));
    const all = await Promise.all(
      counting(5).map(() => readTorch(path, 'dictionary', { cacheFolder: folder })),
    );
    const places = all.map((file) => stateDict(file).get('whole'));
    expect(new Set(places.map((place) => JSON.stringify(place))).size).toBe(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('.unpacked'))).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('is whole or not there', async () => {
    const refused = async (bytes: Uint8Array, ...parts: string[]) => {
      const folder = temporaryFolder();
      const path = copy(bytes);
      await expectError(readTorch(path, 'dictionary', { cacheFolder: folder }), 'dictionary', path, ...parts);
      expect(readdirSync(folder)).toEqual(['hashes.json']);
    };
    const packed = gzipSync(gzip);
    await refused(packed.subarray(0, -20), 'damaged or truncated');
    const wrong = Buffer.from(packed);
    wrong[packed.length - 8]! ^= 1;
    await refused(wrong, 'damaged or truncated');
    await refused(gzipSync(packed), 'compressed twice');
  });

  test('is not written when that is cancelled', async () => {
    const folder = temporaryFolder();
    const path = copy(gzipSync(gzip));
    const controller = new AbortController();
    const work = readTorch(path, 'dictionary', {
      cacheFolder: folder,
      signal: controller.signal,
      onProgress: ({ stage }) => {
        if (stage.startsWith('Hashing')) controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    const later = new AbortController();
    const large = copy(gzipSync(Buffer.concat([gzip, Buffer.alloc(20_000_000)])));
    const unpacking = readTorch(large, 'dictionary', {
      cacheFolder: folder,
      signal: later.signal,
      onProgress: ({ stage }) => {
        if (stage.startsWith('Unpacking')) later.abort();
      },
    });
    await expect(unpacking).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(folder)).toEqual(['hashes.json']);
  });

  test('is refused where there is no cache, and where it cannot be written', async () => {
    const path = copy(gzipSync(gzip));
    await expectError(readTorch(path, 'dictionary'), 'dictionary', path, 'gzip');
    await expectError(
      readTorch(path, 'dictionary', { cacheFolder: join(path, 'inside') }),
      'dictionary',
      path,
      'cache',
    );
  });

  test('what an ended process left is removed when it is old', async () => {
    const folder = temporaryFolder();
    const old = join(folder, `${'0'.repeat(64)}.unpacked.1.x.part`);
    const recent = join(folder, `${'1'.repeat(64)}.unpacked.1.x.part`);
    const other = join(folder, 'notes.part');
    for (const path of [old, recent, other]) writeFileSync(path, '');
    for (const path of [old, other]) utimesSync(path, 0, 0);
    await readTorch(copy(gzipSync(gzip)), 'dictionary', { cacheFolder: folder });
    expect([old, recent, other].map((path) => existsSync(path))).toEqual([false, true, true]);
  });
});

describe('float64', () => {
  const options = () => ({ cacheFolder: temporaryFolder() });
  const expected = [0.1, -2.5e-7, 3e8, Number.POSITIVE_INFINITY, 0, -0].map(Math.fround);

  test('of torch becomes the nearest float32, all tensors in one file', async () => {
    const tensors = stateDict(await read('doubles.pt'));
    expect(tensors.get('W')).toMatchObject({ layout: 'unsupported', type: 'float64' });
    const narrowed = await narrowedTensors(tensors, 'dictionary', options());
    expect([...narrowed.keys()]).toEqual([...tensors.keys()]);
    expect(await valuesOf(narrowed.get('W'))).toEqual(expected);
    expect(narrowed.get('W')).toMatchObject({ layout: 'rows', stored: { shape: [2, 3], type: 'float32' } });
    expect(narrowed.get('transposed')).toMatchObject({ layout: 'columns', stored: { shape: [2, 3] } });
    expect(await valuesOf(narrowed.get('transposed'))).toEqual(counting(6));
    expect(await valuesOf(narrowed.get('half'))).toEqual(counting(3));
    expect(new Set([...narrowed.values()].map((t) => t.layout !== 'unsupported' && t.stored.file)).size).toBe(
      1,
    );
  });

  test('of safetensors likewise', async () => {
    const file = await readSafetensors(join(files, 'doubles.safetensors'), 'dictionary');
    const { tensors, unsupported } = await narrowedFile(file, options());
    expect([...(await readFloats(tensors.get('W')!, 'dictionary'))]).toEqual(expected);
    expect([...(await readFloats(tensors.get('single')!, 'dictionary'))]).toEqual([0, 1]);
    expect(unsupported.size).toBe(0);
  });

  test('that float32 has no number for is refused', async () => {
    const folder = temporaryFolder();
    const tensors = stateDict(await read('too-large.pt'));
    const work = narrowedTensors(tensors, 'dictionary', { cacheFolder: folder });
    await expectError(work, 'dictionary', 'too-large.pt', '"W"', '1e+300');
    expect(readdirSync(folder)).toEqual(['hashes.json']);
  });

  test('nothing is written where there is none', async () => {
    const tensors = stateDict(await read('legacy.pt'));
    expect(await narrowedTensors(tensors, 'dictionary', { cacheFolder: '/nowhere' })).toBe(tensors);
  });
});
