import { describe, expect, it } from 'vitest';
import { classAccumulator, classSums } from '../../../src/engine/library/classSumming';
import type { ClassSum } from '../../../src/engine/library/library';

/** e along the first axis, of length 2: c is half of d without its first number. */
const picture = (components: readonly number[], d: readonly (readonly [number, number])[]) => ({
  components: Int32Array.from(components),
  contributions: Float32Array.from(d.flat()),
  embedding: Float32Array.of(2, 0),
});
const first = picture(
  [3, 7],
  [
    [5, 4],
    [1, -2],
  ],
);
const second = picture([7], [[9, 6]]);

describe('a class sum', () => {
  it('adds (d − v(v·d))/‖e‖ of each picture once', () => {
    const accumulator = classAccumulator('wolf', 2, null);
    accumulator.add('b', first);
    accumulator.add('a', second);
    accumulator.add('b', first);
    const { classFolder, pictures, components, sums } = accumulator.sum();
    expect({ classFolder, pictures }).toEqual({ classFolder: 'wolf', pictures: ['a', 'b'] });
    expect([...components]).toEqual([3, 7]);
    expect([...sums.data]).toEqual([0, 2, 0, 2]);
  });

  it('goes on from what is kept, and forgets what nothing is left of', () => {
    const before = classAccumulator('wolf', 2, null);
    before.add('a', first);
    before.add('b', second);
    const accumulator = classAccumulator('wolf', 2, before.sum());
    // As it comes back from half precision.
    accumulator.subtract('a', { ...first, contributions: first.contributions.map((x) => x * 1.0004) });
    accumulator.subtract('c', first);
    const { pictures, components, sums } = accumulator.sum();
    expect(pictures).toEqual(['b']);
    expect([...components]).toEqual([7]);
    expect(sums.data[1]).toBeCloseTo(3, 2);
    accumulator.subtract('b', second);
    expect(accumulator.sum().components).toHaveLength(0);
  });

  it('is put into the library when its class ends', async () => {
    const kept = new Map<string, ClassSum>();
    const sums = classSums(
      {
        classSum: async (_, name) => kept.get(name) ?? null,
        setClassSum: async (_, sum) => {
          kept.set(sum.classFolder, sum);
        },
      },
      'study',
      2,
    );
    await sums.add('cat', 'a', first);
    await sums.add('cat', 'b', second);
    expect(kept.size).toBe(0);
    await sums.add('dog', 'c', first);
    expect([...kept.keys()]).toEqual(['cat']);
    await sums.flush();
    await sums.add('cat', 'd', first);
    await sums.flush();
    expect(kept.get('cat')!.pictures).toEqual(['a', 'b', 'd']);
    expect(kept.get('dog')!.pictures).toEqual(['c']);
  });
});
