import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalfRow, toHalfRows } from '../../src/engine/library/halfPrecision';

describe('half precision with a scale per row', () => {
  it('is within 2⁻¹¹ of each value down to 2⁻²⁹ of the largest, at any size of numbers', () => {
    const rows = fc.array(fc.float({ noNaN: true, min: -(2 ** 127), max: 2 ** 127 }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(rows, (values) => {
        const row = Float32Array.from(values);
        const back = there(row);
        const largest = Math.max(...row.map(Math.abs));
        for (const [i, value] of row.entries()) {
          const bound = Math.max(Math.abs(value) * 2 ** -11, largest * 2 ** -38, 2 ** -149);
          expect(Math.abs(back[i]! - value)).toBeLessThanOrEqual(bound);
        }
      }),
    );
  });

  it('keeps what has 11 bits exactly', () => {
    const row = Float32Array.of(0, 1, -2047, 1 / 1024, 3.5, 2 ** -14);
    expect(there(row)).toEqual(row);
    for (const size of [2 ** 100, 2 ** -100]) {
      const scaled = row.map((value) => value * size);
      expect(there(scaled)).toEqual(scaled);
    }
  });

  it('rounds ties to even', () => {
    expect([...there(Float32Array.of(1, 1 + 2 ** -11, 1 + 3 * 2 ** -11))]).toEqual([1, 1, 1 + 2 ** -9]);
  });

  it('scales each row by itself', () => {
    const { scales } = toHalfRows(Float32Array.of(1, 0, 1e30, 1), 2);
    expect(scales).toHaveLength(2);
    expect(scales[1]).toBeGreaterThan(scales[0]!);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (value) => {
    expect(() => toHalfRows(Float32Array.of(1, value), 2)).toThrow('not finite');
  });
});

function there(row: Float32Array): Float32Array {
  const { halves, scales } = toHalfRows(row, row.length);
  const back = new Float32Array(row.length);
  fromHalfRow(halves, scales[0]!, back, 0);
  return back;
}
