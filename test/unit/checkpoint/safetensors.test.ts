import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../../src/engine/checkpoint/safetensors';
import { bytesPerElement, type TensorFile } from '../../../src/engine/checkpoint/tensors';
import { ClipsightError } from '../../../src/shared/errors';
import { expectError } from '../../support/expectError';
import { floatBytes, safetensorsBytes, withHeader } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';

const valid = safetensorsBytes({
  weight: { dtype: 'F32', shape: [2, 3], data: floatBytes(1, 2, 3, 4, 5, 6) },
  bias: { dtype: 'F16', shape: [4] },
  empty: { dtype: 'F32', shape: [0, 5] },
  scale: { dtype: 'BF16', shape: [] },
  ids: { dtype: 'I64', shape: [1, 2] },
  double: { dtype: 'F64', shape: [2] },
});

function write(bytes: Uint8Array | string): string {
  const file = join(temporaryFolder(), 'model.safetensors');
  writeFileSync(file, bytes);
  return file;
}

function entry(dtype: string, shape: unknown, ...data_offsets: unknown[]) {
  return { dtype, shape, data_offsets };
}

function file(header: unknown, dataSize: number): string {
  return write(withHeader(JSON.stringify(header), new Uint8Array(dataSize)));
}

describe('a valid file', () => {
  test('gives type, shape and place of every tensor, and lists element types that are not computed with', async () => {
    const path = write(valid);
    const { tensors, unsupported } = await readSafetensors(path);
    const data = 8 + Number(valid.readBigUInt64LE());
    expect(Object.fromEntries(tensors)).toEqual({
      weight: { file: path, offset: data, length: 24, type: 'float32', shape: [2, 3] },
      bias: { file: path, offset: data + 24, length: 8, type: 'float16', shape: [4] },
      empty: { file: path, offset: data + 32, length: 0, type: 'float32', shape: [0, 5] },
      scale: { file: path, offset: data + 32, length: 2, type: 'bfloat16', shape: [] },
      ids: { file: path, offset: data + 34, length: 16, type: 'int64', shape: [1, 2] },
    });
    expect(Object.fromEntries(unsupported)).toEqual({ double: 'F64' });
    expect(valid.readFloatLE(tensors.get('weight')!.offset + 20)).toBe(6);
  });

  test('may be padded with spaces, in any order, and hold no tensor', async () => {
    const header = JSON.stringify({ b: entry('U8', [2], 3, 5), a: entry('BOOL', [3], 0, 3) });
    const { tensors } = await readSafetensors(write(withHeader(`${header}   `, new Uint8Array(5))));
    expect([...tensors.keys()]).toEqual(['b', 'a']);
    expect((await readSafetensors(file({}, 0))).tensors.size).toBe(0);
  });

  test('is found through links, which are resolved', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'blobs'));
    mkdirSync(join(folder, 'snapshot'));
    writeFileSync(join(folder, 'blobs', 'abc'), valid);
    symlinkSync('../blobs/abc', join(folder, 'snapshot', 'model.safetensors'));
    const { path, tensors } = await readSafetensors(join(folder, 'snapshot', 'model.safetensors'));
    expect(path).toBe(join(folder, 'snapshot', 'model.safetensors'));
    expect(tensors.get('weight')?.file).toBe(join(folder, 'blobs', 'abc'));
  });
});

describe('what is refused, naming the file and what is wrong', () => {
  const f32 = (begin: number, end: number, count = (end - begin) / 4) => entry('F32', [count], begin, end);
  const refused: [name: string, path: () => string, ...parts: string[]][] = [
    ['no file', () => join(temporaryFolder(), 'none.safetensors'), 'none.safetensors', 'does not exist'],
    ['a folder', () => temporaryFolder(), 'is a folder'],
    ['an empty file', () => write(''), 'has only 0 bytes', 'Download it again'],
    [
      'a Git LFS pointer',
      () => write('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n'),
      'git lfs pull',
    ],
    ['text', () => write('<!doctype html><html>'), 'not a safetensors file'],
    ['a header longer than the file', () => write(valid.subarray(0, 40)), 'truncated', 'header ends at'],
    ['data that is cut off', () => write(valid.subarray(0, -1)), 'truncated', '"double"'],
    ['data after the last tensor', () => write(Buffer.concat([valid, Buffer.alloc(3)])), '3 bytes after'],
    ['a header that is no JSON', () => write(withHeader('{"a":', new Uint8Array(0))), 'cannot be read'],
    [
      'a header that is no UTF-8',
      () => write(withHeader(Buffer.from([123, 34, 255, 34, 125]), valid)),
      'utf-8',
    ],
    ['a header that is an array', () => write(withHeader('[1]', new Uint8Array(0))), 'does not start with {'],
    [
      'a name that occurs twice',
      () =>
        write(
          withHeader(
            `{"a":${JSON.stringify(f32(0, 4))},"\\u0061":${JSON.stringify(f32(0, 4))}}`,
            new Uint8Array(4),
          ),
        ),
      '"a" occurs twice',
    ],
    ['an entry that is no tensor', () => file({ a: 3 }, 0), '"a"', 'data_offsets'],
    ['an unknown element type', () => file({ a: entry('F33', [1], 0, 4) }, 4), '"a"', 'F33'],
    [
      'an element type named as in Object.prototype',
      () => file({ a: entry('toString', [1], 0, 4) }, 4),
      'unknown',
    ],
    ['a negative size', () => file({ a: entry('F32', [-1], 0, 4) }, 4), '"a"'],
    ['a size that is not whole', () => file({ a: entry('F32', [0.5], 0, 2) }, 2), '"a"'],
    ['a shape too large to count', () => file({ a: entry('U8', [2 ** 52, 2 ** 52, 0, 3], 0, 3) }, 3), '"a"'],
    ['a size that overflows', () => file({ a: entry('F32', Array(400).fill(2 ** 50), 0, 4) }, 4), '"a"'],
    ['too few bytes', () => file({ a: f32(0, 4, 2) }, 4), '"a" has 4 bytes, [2] of F32 takes 8'],
    ['an end before the beginning', () => file({ a: entry('F32', [0], 4, 0) }, 4), '"a" ends at 0'],
    ['tensors that overlap', () => file({ a: f32(0, 8), b: f32(4, 12) }, 12), '"b" overlaps'],
    ['two tensors in one place', () => file({ a: f32(0, 8), b: f32(0, 8) }, 8), 'overlaps'],
    ['a gap', () => file({ a: f32(0, 4), b: f32(8, 12) }, 12), 'bytes 4 to 8'],
    ['a gap before the first', () => file({ a: f32(4, 8) }, 8), 'bytes 0 to 4'],
  ];
  test.each(refused)('%s', async (_name, path, ...parts) => {
    const asked = path();
    await expectError(readSafetensors(asked), 'checkpoint', asked, ...parts);
  });

  test('a dictionary’s weights are the dictionary’s fault', async () => {
    await expectError(readSafetensors(write(''), 'dictionary'), 'dictionary', 'has only 0 bytes');
  });
});

describe('a damaged file', () => {
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), count: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 9 }) }),
    fc.record({ kind: fc.constant('truncate' as const), at: fc.nat() }),
    fc.record({ kind: fc.constant('length' as const), at: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
    // Digits and brackets in the header: what stays JSON goes deepest.
    fc.record({
      kind: fc.constant('header' as const),
      at: fc.nat(),
      text: fc.constantFrom('0', '1', '9', '-', '.', ',', '[', ']', '{', '}', '"', 'e', ' '),
    }),
  );
  type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;
  const headerEnd = 8 + Number(valid.readBigUInt64LE());

  function mutate(bytes: Buffer, m: Mutation): Buffer {
    const at = Number(m.at) % Math.max(1, bytes.length);
    switch (m.kind) {
      case 'set':
        return Buffer.concat([bytes.subarray(0, at), Buffer.from([m.byte]), bytes.subarray(at + 1)]);
      case 'cut':
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + m.count)]);
      case 'insert':
        return Buffer.concat([bytes.subarray(0, at), m.bytes, bytes.subarray(at)]);
      case 'truncate':
        return bytes.subarray(0, at);
      case 'length': {
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(m.at);
        return Buffer.concat([length, bytes.subarray(8)]);
      }
      case 'header': {
        const inHeader = Math.min(bytes.length, 8 + (m.at % (headerEnd - 8)));
        return Buffer.concat([
          bytes.subarray(0, inHeader),
          Buffer.from(m.text),
          bytes.subarray(inHeader + 1),
        ]);
      }
    }
  }

  /** What any accepted file satisfies: its tensors have the bytes their shapes ask for, inside the file. */
  function expectSound({ tensors }: TensorFile, fileSize: number): void {
    for (const { offset, length, type, shape } of tensors.values()) {
      expect(offset + length).toBeLessThanOrEqual(fileSize);
      expect(length).toBe(shape.reduce((product, count) => product * count, bytesPerElement[type]));
    }
  }

  test('is refused with a ClipsightError or read as a sound file, never anything else', async () => {
    const path = write(valid);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const bytes = mutations.reduce(mutate, valid);
        writeFileSync(path, bytes);
        try {
          expectSound(await readSafetensors(path), bytes.length);
          accepted++;
        } catch (thrown) {
          if (!(thrown instanceof ClipsightError)) {
            throw thrown;
          }
        }
      }),
      // Of one at least a sound file is left, whatever else is drawn: bytes of data say anything.
      { numRuns: 300, examples: [[[{ kind: 'set', at: valid.length - 1, byte: 7 }]]] },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  test('is the same file where only data bytes changed, and refused at any other length', async () => {
    const path = write(valid);
    const original = await readSafetensors(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(valid.length - headerEnd - 1), async (at) => {
        const changed = Buffer.from(valid);
        changed[headerEnd + at]! ^= 0xff;
        writeFileSync(path, changed);
        expect(await readSafetensors(path)).toEqual(original);
        writeFileSync(path, valid.subarray(0, headerEnd + at));
        await expectError(readSafetensors(path), 'checkpoint', 'truncated');
      }),
      { numRuns: 50 },
    );
  });
});
