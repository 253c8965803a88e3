import { expect, it } from 'vitest';
import { randomValues } from '../../../src/engine/attribution/random';

const image = (seed: number, components: readonly number[]) => ({
  x: Float32Array.of(seed, 2, 3),
  components: Int32Array.from(components),
});

it('gives a component the same number every time, whichever others are active', () => {
  const all = randomValues(image(1, [3, 5, 9]));
  expect(randomValues(image(1, [3, 5, 9]))).toEqual(all);
  expect(randomValues(image(1, [5]))).toEqual(all.slice(1, 2));
});

it('gives every image another order, and numbers spread evenly', () => {
  const components = Array.from({ length: 2000 }, (_, i) => i);
  const [one, other] = [1, 2].map((seed) => randomValues(image(seed, components)));
  const below = (values: Float32Array, share: number) =>
    values.filter((value) => value < share).length / values.length;
  for (const share of [0.1, 0.5, 0.9]) expect(Math.abs(below(one!, share) - share)).toBeLessThan(0.04);
  const mean = (f: (i: number) => number) => components.reduce((sum, i) => sum + f(i), 0) / components.length;
  const correlation = (a: Float32Array, b: Float32Array) => 12 * mean((i) => (a[i]! - 0.5) * (b[i]! - 0.5));
  expect(Math.abs(correlation(one!, other!))).toBeLessThan(0.1);
  expect(Math.abs(correlation(Float32Array.from([...one!.subarray(1), 0.5]), one!))).toBeLessThan(0.1);
});
