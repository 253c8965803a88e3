import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stateDict, torchTensors } from '../../../src/engine/checkpoint/stateDict';
import { bytesPerElement, readFloats } from '../../../src/engine/checkpoint/tensors';
import { readTorch, type TorchValue } from '../../../src/engine/checkpoint/torchFile';
import type { TorchTensor } from '../../../src/engine/checkpoint/torchTensor';
import { ClipsightError } from '../../../src/shared/errors';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';
import { type EntryToWrite, zipBytes } from '../../support/zipFile';

/** Written by tools/golden/torch_files.py: tensors count from 0 unless it says otherwise. */
const files = join(__dirname, '../../golden/torch/files');
const counting = (count: number) => Array.from({ length: count }, (_, i) => i);

async function tensorsOf(name: string) {
  return stateDict(await readTorch(join(files, name)));
}

async function valuesOf(tensor: TorchTensor | undefined): Promise<number[]> {
  if (tensor === undefined || tensor.layout === 'unsupported') throw new Error('no values to read');
  return [...(await readFloats(tensor.stored, 'checkpoint'))];
}

describe('a file of torch.save', () => {
  test.each<[string, readonly number[], readonly number[]]>([
    ['float32', [2, 3], counting(6)],
    ['float16', [2, 3], counting(6)],
    ['bfloat16', [2, 3], counting(6)],
    ['scalar', [], [2.5]],
    ['empty', [0, 3], []],
    ['parameter', [3], counting(3)],
    ['shared', [4, 3], counting(12)],
    ['rows', [2, 3], [3, 4, 5, 6, 7, 8]],
    ['row', [3], [6, 7, 8]],
    ['row_as_matrix', [1, 3], [6, 7, 8]],
  ])('has %s row by row', async (name, shape, values) => {
    const tensor = (await tensorsOf('tensors.pt')).get(name);
    expect(tensor).toMatchObject({ layout: 'rows', stored: { shape } });
    expect(await valuesOf(tensor)).toEqual(values);
  });

  test.each<[string, readonly number[], readonly number[]]>([
    ['transposed', [2, 3], counting(6)],
    ['transposed_view', [2, 3], [3, 4, 5, 6, 7, 8]],
  ])('has %s column by column, as its transpose', async (name, shape, values) => {
    const tensor = (await tensorsOf('tensors.pt')).get(name);
    expect(tensor).toMatchObject({ layout: 'columns', stored: { shape } });
    expect(await valuesOf(tensor)).toEqual(values);
  });

  test('has integers and bytes with their types', async () => {
    const tensors = await tensorsOf('tensors.pt');
    for (const type of ['int64', 'int32', 'uint8', 'bool']) {
      expect(tensors.get(type)).toMatchObject({ layout: 'rows', stored: { type } });
    }
  });

  test.each([
    ['float64', 'float64'],
    ['int16', 'int16'],
    ['column', 'float32 with strides [3]'],
    ['part', 'float32 with strides [3, 1]'],
    ['expanded', 'float32 with strides [0]'],
    ['permuted', 'float32 with strides [1, 12, 4]'],
    ['quantised', '_rebuild_qtensor'],
  ])('says why %s is unsupported', async (name, type) => {
    expect((await tensorsOf('tensors.pt')).get(name)).toMatchObject({
      kind: 'tensor',
      layout: 'unsupported',
      type,
    });
  });

  test('is a source of weights: those in rows, those in columns, and names of the others', async () => {
    const { tensors, unsupported, columns } = torchTensors(await readTorch(join(files, 'tensors.pt')));
    expect(tensors.get('rows')?.shape).toEqual([2, 3]);
    expect(columns?.get('transposed')?.shape).toEqual([2, 3]);
    expect(unsupported.get('float64')).toBe('float64');
    expect(tensors.size + unsupported.size + (columns?.size ?? 0)).toBe((await tensorsOf('tensors.pt')).size);
  });

  const tower = ['positions', 'size', 'blocks.0.weight', 'blocks.0.bias', 'blocks.1.weight', 'blocks.1.bias'];

  test.each(['model-key.pt', 'module-prefix.pt', 'lightning.ckpt', 'protocol4.pt', 'header.pt', 'script.pt'])(
    '%s has the tensors of the model by name',
    async (name) => {
      const tensors = await tensorsOf(name);
      expect([...tensors.keys()].toSorted()).toEqual(tower.toSorted());
      expect(await valuesOf(tensors.get('blocks.0.weight'))).toEqual(counting(6));
      expect(tensors.get('blocks.0.weight')).toMatchObject({
        stored: { shape: [3, 2], type: name === 'script.pt' ? 'float16' : 'float32' },
      });
    },
  );

  test('keeps what else is in it as data', async () => {
    const { root } = await readTorch(join(files, 'lightning.ckpt'));
    const map = root as ReadonlyMap<TorchValue, TorchValue>;
    expect(map.get('epoch')).toBe(3);
    expect(map.get('hyper_parameters')).toMatchObject({
      kind: 'record',
      module: 'training.config',
      name: 'Config',
      state: new Map<string, unknown>([
        ['d_in', 4],
        ['lr', 1e-4],
        ['name', 'resid'],
      ]),
    });
  });

  test('keeps the line of JSON before the archive', async () => {
    expect((await readTorch(join(files, 'header.pt'))).header).toEqual({ schema: 5, cfg: { d_model: 4 } });
    expect((await readTorch(join(files, 'tensors.pt'))).header).toBeUndefined();
  });

  test('is found behind a link, its tensors in the real file', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'snapshot'));
    symlinkSync(join(files, 'tensors.pt'), join(folder, 'snapshot', 'model.bin'));
    const tensors = stateDict(await readTorch(join(folder, 'snapshot', 'model.bin')));
    expect(tensors.get('float32')).toMatchObject({ stored: { file: join(files, 'tensors.pt') } });
  });
});

function write(bytes: Uint8Array | string): string {
  const path = join(temporaryFolder(), 'weights.pt');
  writeFileSync(path, bytes);
  return path;
}

const latin1 = (code: string) => Buffer.from(code, 'latin1');
const text = (value: string) => `X${String.fromCharCode(value.length)}\x00\x00\x00${value}`;
const number = (value: number | bigint) => `I${value}\n`;
const tuple = (...items: string[]) => `(${items.join('')}t`;
const dict = (...items: string[]) => `}(${items.join('')}u`;
const storage = (count: number | bigint, type = 'FloatStorage', key = text('0')) =>
  `${tuple(text('storage'), `ctorch\n${type}\n`, key, text('cpu'), number(count))}Q`;

interface Tensor {
  readonly start?: number;
  readonly shape?: readonly (number | bigint)[];
  readonly strides?: readonly (number | bigint)[];
  readonly storage?: string;
}

function tensor({
  start = 0,
  shape = [2, 3],
  strides = [3, 1],
  storage: where = storage(6),
}: Tensor): string {
  const args = [
    where,
    number(start),
    tuple(...shape.map(number)),
    tuple(...strides.map(number)),
    '\x89',
    'N',
  ];
  return `ctorch._utils\n_rebuild_tensor_v2\n${tuple(...args)}R`;
}

/** A file with this pickle, and 24 bytes as the data of storage 0. */
function torchFile(
  pickle: string,
  more: readonly EntryToWrite[] = [],
  data: Partial<EntryToWrite> = {},
): Buffer {
  return zipBytes([
    { name: 'a/data.pkl', data: latin1(`\x80\x02${pickle}.`) },
    { name: 'a/data/0', data: new Uint8Array(24), ...data },
    ...more,
  ]);
}

const refused = (bytes: Uint8Array | string, ...parts: string[]) =>
  expectError((async () => stateDict(await readTorch(write(bytes))))(), 'checkpoint', 'weights.pt', ...parts);

describe('what is refused', () => {
  test.each([
    ['plain.pkl.gz', 'gzip', 'gzip.open'],
    ['object.pt', 'training.config.Config', 'state_dict()'],
    ['pickles.json', 'not a file of PyTorch', 'Download'],
  ])('%s, with what to do', async (name, ...parts) => {
    await expectError(tensorsOf(name), 'checkpoint', join(files, name), ...parts);
  });

  test('what the tests below start from is not', async () => {
    const tensors = stateDict(await readTorch(write(torchFile(dict(text('w'), tensor({}))))));
    expect(await valuesOf(tensors.get('w'))).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('a file that is missing, empty, a pointer or a web page', async () => {
    await expectError(readTorch(join(files, 'none.pt')), 'checkpoint', 'none.pt', 'does not exist');
    await expectError(readTorch(files), 'checkpoint', 'a folder');
    await refused('', 'empty');
    await refused('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n', 'git lfs pull');
    await refused('<!DOCTYPE html>', 'not a file of PyTorch');
    await refused('{"schema":5}\nand no archive', 'not a file of PyTorch');
    await refused(Buffer.concat([latin1('{"schema":\n'), torchFile('}')]), 'not valid JSON');
  });

  test('an archive of something else', async () => {
    await refused(zipBytes([{ name: 'arr_0.npy', data: new Uint8Array(3) }]), 'not one of PyTorch');
    await refused(torchFile('}', [{ name: 'b/data.pkl', data: latin1('N.') }]), '2 data.pkl');
  });

  test('weights of the other byte order', async () => {
    await refused(torchFile('}', [{ name: 'a/byteorder', data: latin1('big') }]), 'byte order "big"');
    await expect(
      readTorch(write(torchFile('}', [{ name: 'a/byteorder', data: latin1('little') }]))),
    ).resolves.toBeDefined();
  });

  test.each<[string, Tensor, string]>([
    ['a shape beyond the storage', { shape: [3, 3] }, '[3, 3] in it goes beyond'],
    ['an offset beyond the storage', { start: 1 }, 'beyond its storage of 6'],
    ['strides beyond the storage', { strides: [4, 1] }, 'beyond'],
    ['an endless shape', { shape: [2 ** 40, 2 ** 40, 2 ** 40], strides: [2 ** 40, 2 ** 40, 1] }, 'beyond'],
    ['an empty tensor beyond the storage', { start: 7, shape: [0], strides: [1] }, 'beyond'],
    ['a negative offset', { start: -1 }, 'no sound shape'],
    ['a negative size', { shape: [-2, 3] }, 'no sound shape'],
    ['a negative stride', { strides: [-3, 1] }, 'no sound shape'],
    ['a size beyond 2^53', { shape: [2n ** 60n, 3] }, 'no sound shape'],
    ['fewer strides than sizes', { strides: [1] }, 'no sound shape'],
    ['a storage that is missing', { storage: storage(6, 'FloatStorage', text('1')) }, 'storage 1 is missing'],
    ['a storage by another path', { storage: storage(6, 'FloatStorage', text('../data.pkl')) }, 'is missing'],
    ['a storage of more elements', { storage: storage(7) }, 'has 24 bytes, 7 of float32 take 28'],
    ['a storage of wider elements', { storage: storage(6, 'LongStorage') }, '6 of int64 take 48'],
    ['a storage of endless elements', { storage: storage(2n ** 80n) }, 'no sound storage'],
    ['a storage of an unknown type', { storage: storage(6, '__proto__') }, 'unknown storage torch.__proto__'],
    ['a storage by a number', { storage: storage(6, 'FloatStorage', number(0)) }, 'no sound storage'],
    ['a storage that is none', { storage: 'N' }, 'no sound storage'],
    ['a storage that is named, not kept', { storage: tuple(text('storage')) }, 'no sound storage'],
  ])('%s', async (_name, lie, part) => {
    await refused(torchFile(dict(text('w'), tensor(lie))), part);
  });

  test('a parameter that is no tensor', async () => {
    await refused(torchFile('ctorch._utils\n_rebuild_parameter\n(K\x01tR'), 'no tensor');
  });

  test('weights that are compressed', async () => {
    await refused(torchFile(dict(text('w'), tensor({})), [], { deflated: true }), 'compressed');
  });

  test('a pickle that is damaged, or a bomb', async () => {
    await refused(torchFile('}}'), 'no state dict');
    await refused(torchFile('}(u\xff'), 'pickle that cannot be read', '0xff');
    const bomb = { name: 'a/data.pkl', data: new Uint8Array(40 * 2 ** 20), deflated: true };
    await refused(zipBytes([bomb]), 'more than the');
  });

  test('objects that hold each other without end', async () => {
    const object = 'c__torch__.a\nA\n)\x81';
    await refused(torchFile(`${object}q\x00}${text('x')}h\x00sb`), 'without end');
    // Every level holds the one below twice: 2^40 names.
    const levels = Array.from({ length: 40 }, (_, i) => {
      const below = i === 0 ? 'N' : `h${String.fromCharCode(i)}`;
      return `${object}${dict(text('l'), below, text('r'), below)}bq${String.fromCharCode(i + 1)}`;
    });
    await refused(torchFile(levels.join('')), 'without end');
  });

  test('nothing that it asks for is done', async () => {
    const canary = join(temporaryFolder(), 'canary');
    const { root } = await readTorch(write(torchFile(`cos\nsystem\n${tuple(text(`touch ${canary}`))}R`)));
    expect(root).toMatchObject({ kind: 'record', module: 'os', name: 'system' });
    expect(existsSync(canary)).toBe(false);
  });
});

describe('a damaged file', () => {
  const valid = torchFile(
    dict(text('w'), tensor({}), text('v'), tensor({ start: 3, shape: [3], strides: [1] })),
    [{ name: 'a/version', data: latin1('3\n'), zip64: true }],
  );

  test('is refused with a ClipsightError or read as a sound file, never anything else', async () => {
    const path = write(valid);
    let accepted = 0;
    const edit = fc.record({
      at: fc.nat(valid.length - 1),
      byte: fc.nat(255),
      cut: fc.nat(8),
      kind: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        let bytes = Buffer.from(valid);
        for (const { at, byte, cut, kind } of edits) {
          const place = Math.min(at, bytes.length);
          if (kind === 0) bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + cut)]);
          else bytes[place] = byte;
        }
        writeFileSync(path, bytes);
        try {
          for (const found of stateDict(await readTorch(path)).values()) {
            if (found.layout === 'unsupported') continue;
            const { offset, length, type, shape } = found.stored;
            expect(offset + length).toBeLessThanOrEqual(bytes.length);
            expect(length).toBe(shape.reduce((product, count) => product * count, bytesPerElement[type]));
          }
          accepted++;
        } catch (thrown) {
          if (!(thrown instanceof ClipsightError)) throw thrown;
        }
      }),
      { numRuns: 1500 },
    );
    expect(accepted).toBeGreaterThan(50);
    expect(Object.prototype).not.toHaveProperty('w');
  });
});
