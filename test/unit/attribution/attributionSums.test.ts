import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributionSums, largestMagnitudes } from '../../../src/engine/attribution/attributionSums';

const floats = (...values: number[]) => Float32Array.from(values);
const ints = (...values: number[]) => Int32Array.from(values);

describe('the largest magnitudes', () => {
  it('count negative values by their size', () => {
    expect(largestMagnitudes([0.1, -3, 2, -0.5], [0, 1, 2, 3], 3)).toEqual([1, 2, 3]);
  });

  it('of equal ones are those with the lower number, wherever they stand', () => {
    expect(largestMagnitudes([1, -1, 1, 2], [9, 4, 7, 8], 3)).toEqual([3, 1, 2]);
    expect(largestMagnitudes([0, 0, 0], [5, 3, 4], 2)).toEqual([1, 2]);
  });

  it('are what sorting finds', () => {
    const few = fc.array(fc.constantFrom(-2, -1, -0, 0, 0.5, 1, 2), { maxLength: 40 });
    fc.assert(
      fc.property(few, fc.nat(45), (values, most) => {
        const numbers = values.map((_, i) => (i * 17) % 41);
        const sorted = [...values.keys()].sort(
          (a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || numbers[a]! - numbers[b]!,
        );
        expect(largestMagnitudes(values, numbers, most)).toEqual(sorted.slice(0, most));
      }),
    );
  });
});

describe('attributions added up over images', () => {
  it('count a silent component as 0, and totals by size', () => {
    const sums = attributionSums(2);
    sums.add(ints(3, 8), [floats(1, -2), floats(0.5, 0)]);
    sums.add(ints(1, 8), [floats(4, 1), floats(-1, 2)]);
    expect(sums.components).toEqual([3, 8, 1]);
    expect([...sums.of(0)]).toEqual([1, -1, 4]);
    expect([...sums.of(1)]).toEqual([0.5, 2, -1]);
    expect([sums.total(0), sums.total(1)]).toEqual([8, 3.5]);
  });

  it('are exact where float32 would not be', () => {
    const sums = attributionSums(1);
    for (const a of [1e8, 1, -1e8]) sums.add(ints(0), [floats(a)]);
    expect([...sums.of(0)]).toEqual([1]);
  });

  it('leave out what is not asked for, but not from the totals', () => {
    const sums = attributionSums(1, { only: new Set([5, 8]) });
    sums.add(ints(3, 8), [floats(1, -2)]);
    // 5 is silent.
    expect(sums.components).toEqual([5, 8]);
    expect([...sums.of(0)]).toEqual([0, -2]);
    expect(sums.total(0)).toBe(3);
  });

  it('are of fewer directions where all would take too much, and right for those', () => {
    const sums = attributionSums(8, { capacity: 8 * 12 });
    const all = (value: number) => Array.from({ length: 8 }, (_, d) => floats(value + d, -value));
    sums.add(ints(0, 1), all(1));
    expect(sums.directions).toBe(4);
    sums.add(ints(2, 3), all(2));
    expect(sums.directions).toBe(2);
    expect([...sums.of(1)]).toEqual([2, -1, 3, -2]);
    expect(sums.total(1)).toBe(8);
  });

  it('keep at least one direction', () => {
    const sums = attributionSums(3, { capacity: 1 });
    sums.add(ints(0, 1), [floats(1, 2), floats(1, 2), floats(1, 2)]);
    expect(sums.directions).toBe(1);
    expect([...sums.of(0)]).toEqual([1, 2]);
  });
});
