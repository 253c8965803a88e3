import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors';
import {
  demand,
  demandMatrix,
  readFloats,
  rows,
  shapeOf,
  type TensorFile,
  tensorNames,
} from '../../../src/engine/checkpoint/tensors';
import { expectError } from '../../support/expectError';
import { floatBytes, safetensorsBytes, type TensorToWrite } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';

async function open(tensors: { readonly [name: string]: TensorToWrite }): Promise<TensorFile> {
  const file = join(temporaryFolder(), 'model.safetensors');
  writeFileSync(file, safetensorsBytes(tensors));
  return readSafetensors(file);
}

describe('demand', () => {
  const tensors = {
    a: { dtype: 'F32', shape: [2, 3] },
    ids: { dtype: 'I64', shape: [2] },
    double: { dtype: 'F64', shape: [2] },
  };

  test('gives the tensor that has the shape', async () => {
    const source = await open(tensors);
    expect(demand(source, 'a', [2, 3])).toBe(source.tensors.get('a'));
  });

  test.each([
    ['b', [1], 'has no tensor "b" (expected [1])'],
    ['a', [3, 2], 'tensor "a" has shape [2, 3], expected [3, 2]'],
    ['a', [2, 3, 1], 'expected [2, 3, 1]'],
    ['a', [2], 'expected [2]'],
    ['ids', [2], 'stored as int64'],
    ['double', [2], 'stored as F64'],
  ])('refuses %s %j: %s', async (name, shape, message) => {
    const source = await open(tensors);
    await expectError((async () => demand(source, name, shape))(), 'checkpoint', source.path, message);
  });
});

describe('rows', () => {
  test('are a range of the same bytes', async () => {
    const source = await open({ a: { dtype: 'F32', shape: [3, 2], data: floatBytes(0, 1, 2, 3, 4, 5) } });
    const tensor = demand(source, 'a', [3, 2]);
    const part = rows(tensor, 1, 3);
    expect(part.shape).toEqual([2, 2]);
    expect([...(await readFloats(part, 'checkpoint'))]).toEqual([2, 3, 4, 5]);
    expect(rows(tensor, 0, 3)).toEqual(tensor);
    expect(() => rows(tensor, 1, 4)).toThrow(RangeError);
    expect(() => rows(tensor, 2, 1)).toThrow(RangeError);
  });
});

describe('readFloats', () => {
  async function floats(dtype: string, data: Uint8Array, count: number): Promise<number[]> {
    const source = await open({ a: { dtype, shape: [count], data } });
    return [...(await readFloats(demand(source, 'a', [count]), 'checkpoint'))];
  }

  test('float32 bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.float(), { minLength: 1, maxLength: 20 }), async (values) => {
        expect(await floats('F32', floatBytes(...values), values.length)).toEqual(values);
      }),
      { numRuns: 20 },
    );
  });

  test('float16: zeros, subnormals, normals, the largest, infinities, NaN', async () => {
    const bits = [
      0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
    ];
    const expected = [
      0,
      -0,
      2 ** -24,
      -1023 * 2 ** -24,
      2 ** -14,
      1,
      -2,
      0.333251953125,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ];
    expect(await floats('F16', new Uint8Array(new Uint16Array(bits).buffer), bits.length)).toEqual(expected);
  });

  test('bfloat16 is the upper half of a float32', async () => {
    const bits = [0x3f80, 0xc000, 0x3eab, 0x0001, 0x7f80, 0x8000];
    const expected = [1, -2, 0.333984375, 2 ** -133, Number.POSITIVE_INFINITY, -0];
    expect(await floats('BF16', new Uint8Array(new Uint16Array(bits).buffer), bits.length)).toEqual(expected);
  });

  test('a file that has become shorter is an error', async () => {
    const source = await open({ a: { dtype: 'F32', shape: [4] } });
    const tensor = demand(source, 'a', [4]);
    truncateSync(tensor.file, tensor.offset + 4);
    await expectError(readFloats(tensor, 'dictionary'), 'dictionary', tensor.file, 'changed');
  });
});

describe('a matrix that lies column by column', () => {
  const fileWith = async (): Promise<TensorFile> => {
    const source = await open({ a: { dtype: 'F32', shape: [2, 3] }, b: { dtype: 'F32', shape: [2, 3] } });
    const b = source.tensors.get('b')!;
    return {
      ...source,
      tensors: new Map([...source.tensors].filter(([name]) => name !== 'b')),
      columns: new Map([['b', b]]),
    };
  };

  test('is given as its transpose, with the shape that its owner saw', async () => {
    const source = await fileWith();
    expect(tensorNames(source)).toEqual(['a', 'b']);
    expect([shapeOf(source, 'a'), shapeOf(source, 'b'), shapeOf(source, 'c')]).toEqual([
      [2, 3],
      [3, 2],
      undefined,
    ]);
    expect(demandMatrix(source, 'a', [2, 3])).toEqual({ stored: source.tensors.get('a'), transposed: false });
    expect(demandMatrix(source, 'b', [3, 2])).toEqual({ stored: source.columns?.get('b'), transposed: true });
  });

  test('is refused with another shape, and where only rows will do', async () => {
    const source = await fileWith();
    const attempt = async (work: () => unknown) => work();
    await expectError(
      attempt(() => demandMatrix(source, 'b', [2, 3])),
      'checkpoint',
      '"b" has shape [3, 2], expected [2, 3]',
    );
    await expectError(
      attempt(() => demand(source, 'b', [3, 2])),
      'checkpoint',
      '"b" is stored as float32, column by column',
    );
    await expectError(
      attempt(() => demandMatrix(source, 'c', [3, 2])),
      'checkpoint',
      'no tensor "c"',
    );
  });
});
