import { expect } from 'vitest';

/** Repeatable numbers in [-1, 1) (mulberry32). */
export function randomNumbers(seed: number): (count: number) => Float32Array {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  return (count) => Float32Array.from({ length: count }, next);
}

export const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/** Every element within `tolerance` of the largest expected magnitude, or of 1 if that is smaller. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(actual, (x, i) => Math.abs(x - expected[i]!)));
  expect(worst / scale).toBeLessThan(tolerance);
}
