import { expect, it } from 'vitest';
import { findingsAmong, testShares } from '../../../src/engine/audit/mismatch';
import { unwatched } from '../../../src/engine/job';
import { uniforms } from '../../../src/engine/numeric/uniforms';

function drawn(n: number, mean: number, spread: number, seed: number): Float32Array {
  const random = uniforms(seed);
  return Float32Array.from({ length: n }, () => mean + spread * (random() - 0.5));
}

it('draws on until a small p is small enough to be one among many', async () => {
  const tests = [
    { shares: drawn(30, 0.3, 0.2, 1), bound: 0.05 },
    { shares: drawn(30, 0.3, 0.2, 2), bound: 0.3 },
    { shares: drawn(12, 0.4, 0.1, 3), bound: 0.1 },
  ];
  const found = await testShares(tests, 100, 0.05, unwatched);
  const p = new Float64Array(100).fill(1);
  found.forEach((one, i) => {
    p[i] = one.p;
  });
  expect(findingsAmong(p, 0.05)).toEqual([0, 2]);
  expect(found[0]!.p).toBeLessThan(1e-3);
  expect(found[1]!.p).toBeGreaterThan(0.01);
  for (const { interval } of found) expect(interval[0]).toBeLessThan(interval[1]);
  expect(found[0]!.interval[0]).toBeGreaterThan(0.25);
});

it('finds nothing in shares that are all equal, and nothing among none', async () => {
  const [found] = await testShares(
    [{ shares: new Float32Array(20).fill(0.5), bound: 0.1 }],
    1,
    0.05,
    unwatched,
  );
  expect(found!.p).toBe(1);
  expect(findingsAmong(new Float64Array(0), 0.05)).toEqual([]);
  expect(await testShares([], 10, 0.05, unwatched)).toEqual([]);
});

it('can be cancelled', async () => {
  const abort = new AbortController();
  const many = Array.from({ length: 4000 }, (_, i) => ({ shares: drawn(30, 0.3, 0.2, i), bound: 0.05 }));
  const testing = testShares(many, 1e6, 0.05, { signal: abort.signal, progress: () => undefined });
  setTimeout(() => abort.abort(), 20);
  await expect(testing).rejects.toMatchObject({ code: 'cancelled' });
});
