import { describe, expect, it } from 'vitest';
import { type RunSize, runSize } from '../../../src/engine/runtime/runSize';

/** Milliseconds per row in runs of a size. */
type Cost = (size: number) => number;

/** Sizes of that many runs in turn; the first run of all takes as long again as a session takes to be made. */
function run(size: RunSize, runs: number, cost: Cost): number[] {
  return Array.from({ length: runs }, () => {
    const rows = size.next();
    size.ran(rows, rows * cost(rows));
    return rows;
  });
}

/** A session is made in the first run. */
function opened(): RunSize {
  const size = runSize();
  size.ran(1, 3000);
  return size;
}

/** Numbers from 0 to 1, the same each time. */
function noise(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const shareOf = (sizes: readonly number[], wanted: number) =>
  sizes.filter((size) => size === wanted).length / sizes.length;

/** As measured of a ViT-B/32 on two cores: caches make four the best. */
const twoCores: Cost = (size) => ({ 1: 30, 2: 27, 4: 24, 8: 26 })[size] ?? 29;

describe('size of runs', () => {
  it('finds the size with the fewest milliseconds per row', () => {
    const size = opened();
    run(size, 40, twoCores);
    expect(shareOf(run(size, 64, twoCores), 4)).toBeGreaterThan(0.9);
  });

  it('finds it behind a size that is worse', () => {
    const steps: Cost = (size) => ({ 1: 8, 2: 9, 4: 7, 8: 7.5, 16: 5 })[size] ?? 6;
    const size = opened();
    run(size, 40, steps);
    expect(shareOf(run(size, 64, steps), 16)).toBeGreaterThan(0.9);
  });

  it('finds it where single runs take up to twice as long as they should', () => {
    const random = noise();
    const noisy: Cost = (size) => ({ 1: 12, 2: 10, 4: 6, 8: 9 })[size]! * (1 + random() ** 4);
    const limited: Cost = (size) => (size > 8 ? 20 : noisy(size));
    const size = opened();
    run(size, 60, limited);
    expect(shareOf(run(size, 320, limited), 4)).toBeGreaterThan(0.75);
  });

  it('is not led astray by the first run, in which the session is made', () => {
    const size = runSize();
    expect(size.next()).toBe(1);
    size.ran(1, 3000);
    expect(run(size, 12, () => 1)).toContain(8);
  });

  it('takes no run that is longer than a quarter of a second, as far as the runs before tell', () => {
    const size = opened();
    const sizes = run(size, 100, () => 40);
    expect(Math.max(...sizes)).toBe(4);
    expect(run(opened(), 20, () => 700)).toEqual(new Array(20).fill(1));
  });

  it('takes fewer at once after a single run, where what it runs on became slow', () => {
    const size = opened();
    const fast: Cost = (rows) => 0.5 + 1 / rows;
    run(size, 81, fast);
    expect(size.next()).toBe(64);
    const sizes = run(size, 30, () => 30);
    expect(sizes.filter((rows) => rows * 30 > 250).length).toBeLessThanOrEqual(4);
    expect(sizes.at(-1)).toBeLessThanOrEqual(8);
  });

  it('takes more again where it became fast', () => {
    const size = opened();
    run(size, 60, () => 200);
    const fast: Cost = (rows) => 1 + 9 / rows;
    run(size, 200, fast);
    expect(shareOf(run(size, 64, fast), 64)).toBeGreaterThan(0.9);
  });

  it('learns nothing from the rest of a job, of a size that it does not ask for', () => {
    const size = opened();
    run(size, 40, twoCores);
    for (let i = 0; i < 10; i++) size.ran(3, 3);
    expect(shareOf(run(size, 64, twoCores), 4)).toBeGreaterThan(0.9);
  });
});
