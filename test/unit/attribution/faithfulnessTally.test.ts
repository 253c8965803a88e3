import { describe, expect, it } from 'vitest';
import { faithfulnessTally } from '../../../src/engine/attribution/faithfulnessTally';
import { globalOrder } from '../../../src/engine/attribution/globalOrder';

const between = () => Promise.resolve();
const curves = (deletion: readonly number[], insertion: readonly number[]) => ({
  deletion: Float64Array.from(deletion),
  insertion: Float64Array.from(insertion),
});

describe('the tally', () => {
  it('gives means over pairs, and differences pair by pair', async () => {
    const tally = faithfulnessTally(['activation-gradient', 'random'], 1);
    tally.add({
      image: 0,
      curves: [curves([4, 0], [0, 4]), curves([4, 2], [2, 4])],
      rankCorrelations: [1, null],
    });
    tally.add({
      image: 1,
      curves: [curves([8, 0], [0, 8]), curves([8, 8], [0, 0])],
      rankCorrelations: [0.5, null],
    });
    const { pairs, fractions, methods } = await tally.result(between);
    expect({ pairs, fractions }).toEqual({ pairs: 2, fractions: [0, 1] });
    const own = { mean: 0, ci: null };
    expect(methods).toEqual([
      {
        method: 'activation-gradient',
        deletion: { auc: 3, ci: null, curve: [6, 0], difference: own },
        insertion: { auc: 3, ci: null, curve: [0, 6], difference: own },
        rankCorrelation: { mean: 0.75, ci: null },
      },
      {
        method: 'random',
        deletion: { auc: 5.5, ci: null, curve: [6, 5], difference: { mean: 2.5, ci: null } },
        insertion: { auc: 1.5, ci: null, curve: [1, 2], difference: { mean: -1.5, ci: null } },
        rankCorrelation: null,
      },
    ]);
  });

  it('has intervals over images, not over their pairs', async () => {
    const interval = async (imageOf: (pair: number) => number) => {
      const tally = faithfulnessTally(['energy'], 1);
      for (let pair = 0; pair < 40; pair++) {
        const y = Math.floor(pair / 4) % 5;
        tally.add({ image: imageOf(pair), curves: [curves([y, y], [y, y])], rankCorrelations: [null] });
      }
      const [low, high] = (await tally.result(between)).methods[0]!.deletion.ci!;
      return high - low;
    };
    // Four equal pairs of an image know no more than one of them.
    expect(await interval((pair) => Math.floor(pair / 4))).toBeGreaterThan(
      1.7 * (await interval((pair) => pair)),
    );
  });

  it('compares with nothing where activation × gradient was not asked for', async () => {
    const tally = faithfulnessTally(['energy'], 1);
    tally.add({ image: 0, curves: [curves([1, 0], [0, 1])], rankCorrelations: [null] });
    const { methods } = await tally.result(between);
    expect(methods[0]!.deletion.difference).toBeNull();
  });
});

describe('the global order', () => {
  it('is by the mean over the images of a direction, the silent counting as 0', () => {
    const order = globalOrder(['energy']);
    order.add(0, Int32Array.of(2, 5), [Float32Array.of(1, 3)]);
    order.add(0, Int32Array.of(2, 7), [Float32Array.of(1, -4)]);
    order.add(1, Int32Array.of(2), [Float32Array.of(100)]);
    expect([...order.values(0, Int32Array.of(2, 5, 7, 9))[0]!]).toEqual([2, 3, -4, 0]);
    expect([...order.values(1, Int32Array.of(2, 5))[0]!]).toEqual([100, 0]);
  });

  it('is the same random one for all images of a direction, and another for another', () => {
    const order = globalOrder(['random']);
    const values = (direction: number, ...components: number[]) => [
      ...order.values(direction, Int32Array.from(components))[0]!,
    ];
    const [a, b, c] = values(0, 3, 4, 5);
    expect(values(0, 5, 3)).toEqual([c, a]);
    expect(new Set([a, b, c, ...values(1, 3, 4, 5)]).size).toBe(6);
  });
});
