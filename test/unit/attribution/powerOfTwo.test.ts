import { describe, expect, it } from 'vitest';
import { powerOfTwo, times } from '../../../src/engine/attribution/powerOfTwo';

describe('the power of two that brings numbers to size', () => {
  it.each([
    [[0.3, -0.7], 2],
    [[1, -1.99], 1],
    [[-700, 3], 2 ** -9],
    [[3e-6, 0], 2 ** 19],
    [[0, 0], 1],
    [[Number.NaN, 1], 1],
    [[Number.POSITIVE_INFINITY], 1],
  ])('%j: %d', (numbers, expected) => {
    expect(powerOfTwo(Float32Array.from(numbers))).toBe(expected);
  });

  it('is undone without a trace', () => {
    const numbers = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i) * 10 ** (i % 7));
    const factor = powerOfTwo(numbers);
    expect(times(times(numbers, factor), 1 / factor)).toEqual(numbers);
  });
});
