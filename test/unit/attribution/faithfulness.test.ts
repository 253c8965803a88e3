import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { KeptImage } from '../../../src/engine/attribution/attribute';
import { areaUnder, countAtStep, followOrders } from '../../../src/engine/attribution/faithfulness';
import { descending } from '../../../src/engine/attribution/ordering';

const imageOf = (components: number) =>
  ({
    components: new Int32Array(components),
    x: Float32Array.of(7),
    embedding: null,
  }) as unknown as KeptImage;
const direction = { kind: 'linear', vector: Float32Array.of(1) } as const;

/** A model whose score is any function of the components present. */
function modelOf(components: number, y: (present: readonly number[]) => number) {
  const rows: string[] = [];
  return {
    rows,
    embed: async (x: readonly Float32Array[]) => [...x],
    async vary(_: unknown, factors: Float32Array) {
      return Array.from({ length: factors.length / components }, (_, row) => {
        const present = [...factors.subarray(row * components, (row + 1) * components).keys()].filter(
          (j) => factors[row * components + j] === 1,
        );
        rows.push(present.join());
        return Float32Array.of(y(present));
      });
    },
  };
}

const between = () => Promise.resolve();

describe('following orders', () => {
  it('takes components out, and puts them in, first to last', async () => {
    const model = modelOf(3, (present) => present.reduce((sum, j) => sum + 10 ** j, 0));
    const [[curves]] = (await followOrders(
      imageOf(3),
      [{ direction, orders: [Int32Array.of(2, 0, 1)] }],
      3,
      model,
      between,
    )) as [[{ deletion: Float64Array; insertion: Float64Array }]];
    expect([...curves.deletion]).toEqual([111, 11, 10, 0]);
    expect([...curves.insertion]).toEqual([0, 100, 101, 111]);
  });

  it('gives what running the model set by set gives, and runs no set twice', async () => {
    const asked = fc.integer({ min: 0, max: 20 }).chain((components) =>
      fc.record({
        components: fc.constant(components),
        steps: fc.integer({ min: 1, max: 30 }),
        orders: fc.array(
          fc.array(fc.integer({ min: -3, max: 3 }), { minLength: components, maxLength: components }),
          { minLength: 1, maxLength: 5 },
        ),
      }),
    );
    // Depends on all that is present, not on its sum alone.
    const y = (present: readonly number[]) =>
      [...present].sort((a, b) => a - b).reduce((hash, j) => (hash * 31 + j + 1) % 65521, 7);
    await fc.assert(
      fc.asyncProperty(asked, async ({ components, steps, orders: values }) => {
        const orders = values.map(descending);
        const model = modelOf(components, y);
        const [results] = await followOrders(
          imageOf(components),
          [{ direction, orders }],
          steps,
          model,
          between,
        );
        orders.forEach((order, n) => {
          const counts = Array.from({ length: steps + 1 }, (_, i) => countAtStep(i, steps, components));
          expect([...results![n]!.deletion]).toEqual(counts.map((k) => y([...order.slice(k)])));
          expect([...results![n]!.insertion]).toEqual(counts.map((k) => y([...order.slice(0, k)])));
        });
        expect(new Set(model.rows).size).toBe(model.rows.length);
      }),
    );
  });
});

test('numbers of components are rounded, halves up', () => {
  const at = (steps: number, components: number) =>
    Array.from({ length: steps + 1 }, (_, i) => countAtStep(i, steps, components));
  expect(at(4, 4)).toEqual([0, 1, 2, 3, 4]);
  expect(at(4, 6)).toEqual([0, 2, 3, 5, 6]);
  expect(at(4, 2)).toEqual([0, 1, 1, 2, 2]);
  expect(at(3, 0)).toEqual([0, 0, 0, 0]);
});

test('the area is that of trapezoids over 0 to 1', () => {
  expect(areaUnder([1, 1])).toBe(1);
  expect(areaUnder([4, 2, 0])).toBe(2);
  expect(areaUnder([0, 1, 0, 1, 0])).toBe(0.5);
});

test('orders descend by signed value, and equal ones by component', () => {
  expect([...descending([0, 3, -5, 3, 0])]).toEqual([1, 3, 0, 4, 2]);
});
