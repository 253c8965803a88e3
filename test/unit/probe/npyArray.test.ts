import fc from 'fast-check';
import { expect, test } from 'vitest';
import { npyArray } from '../../../src/engine/probe/npyArray';

function npy(descr: string, shape: readonly number[], content: Uint8Array, fortran = false): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }\n`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  return new Uint8Array(Buffer.concat([head, Buffer.from(header, 'latin1'), content]));
}

const bytesOf = (array: Float64Array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

test('numbers come out as they went in, by rows and by columns', () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.tuple(
        fc.constant([rows, columns] as const),
        fc.array(fc.double(), { minLength: rows * columns, maxLength: rows * columns }),
      ),
    );
  fc.assert(
    fc.property(matrices, ([[rows, columns], numbers]) => {
      const data = Float64Array.from(numbers);
      const shape = [rows, columns];
      expect(npyArray(npy('<f8', shape, bytesOf(data)))).toEqual({ kind: 'numbers', shape, data });
      const byColumns = data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);
      expect(npyArray(npy('<f8', shape, bytesOf(byColumns), true))).toEqual({ kind: 'numbers', shape, data });
    }),
  );
});

test('texts come out as they went in', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((one) => !one.endsWith('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
      const width = Math.max(1, ...texts.map((one) => [...one].length));
      const content = Buffer.alloc(4 * width * texts.length);
      for (const [i, one] of texts.entries()) {
        for (const [j, character] of [...one].entries()) {
          content.writeUInt32LE(character.codePointAt(0)!, 4 * (i * width + j));
        }
      }
      const found = npyArray(npy(`<U${width}`, [texts.length], content));
      expect(found).toEqual({ kind: 'texts', shape: [texts.length], data: texts });
    }),
  );
});

test('whatever the bytes are, it is an array of its shape or a reason', () => {
  const header = fc.record({
    descr: fc.constantFrom(
      '<f2',
      '>f4',
      '<f8',
      '|i1',
      '<i8',
      '|b1',
      '<U3',
      '>U1',
      '|O',
      '<c8',
      '|S4',
      '<U',
      '<f16',
    ),
    shape: fc.array(fc.nat(5), { maxLength: 4 }),
    content: fc.uint8Array({ maxLength: 200 }),
    fortran: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.oneof(header, fc.uint8Array({ maxLength: 100 })), (one) => {
      const found = npyArray('descr' in one ? npy(one.descr, one.shape, one.content, one.fortran) : one);
      if (typeof found === 'string') expect(found.length).toBeGreaterThan(5);
      else expect(found.data.length).toBe(found.shape.reduce((product, length) => product * length, 1));
    }),
  );
});

test('what is not read says so', () => {
  const eight = new Uint8Array(8);
  expect(npyArray(npy('|O', [1], eight))).toContain('never read');
  expect(npyArray(npy('<c8', [1], eight))).toContain('<c8');
  expect(npyArray(npy('<f8', [2], eight))).toContain('takes 16');
  expect(npyArray(npy('<f8', [2 ** 30], eight))).toContain('more than any probe');
  expect(npyArray(npy('<i8', [1], new Uint8Array(8).fill(127)))).toContain('beyond 2^53');
  expect(npyArray(npy('<U2', [1], new Uint8Array(8).fill(255)))).toContain('not Unicode');
});
