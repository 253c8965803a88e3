import { describe, expect, it } from 'vitest';
import { Graph } from '../../../../src/engine/graph/graph';
import { draws, witness } from '../../../../src/engine/runtime/device/witness';
import { floats, int64 } from '../../../../src/engine/runtime/session';

const graph = () => {
  const g = new Graph();
  g.input('x', 'float32', ['rows', 1000]);
  g.input('activations', 'float32', [1, 100]);
  g.input('cosine', 'float32', ['rows', 1]);
  g.input('ids', 'int64', [2]);
  return g;
};
const drawn = { activations: draws.activation, cosine: draws.choice };
const ids = int64(BigInt64Array.of(3n, 5n), [2]);

describe('witness', () => {
  it('is the same every time', () => {
    const make = () => witness({ rows: 3 }, drawn, { ids })(graph());
    expect(make()).toEqual(make());
    // To be changed with the numbers on purpose only: references are kept by them.
    expect([...floats(make(), 'x').subarray(0, 3)].map((x) => x.toFixed(6))).toMatchInlineSnapshot(`
      [
        "0.239556",
        "1.009895",
        "0.631643",
      ]
    `);
  });

  it('has numbers of variance 1, active and silent latents, and choices by turns', () => {
    const made = witness({ rows: 4 }, drawn, { ids })(graph());
    const x = floats(made, 'x');
    const mean = x.reduce((sum, n) => sum + n, 0) / x.length;
    const variance = x.reduce((sum, n) => sum + (n - mean) ** 2, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(variance).toBeGreaterThan(0.8);
    expect(variance).toBeLessThan(1.2);
    expect(floats(made, 'activations').filter((z) => z === 0)).toHaveLength(33);
    expect(floats(made, 'activations').every((z) => z >= 0)).toBe(true);
    expect([...floats(made, 'cosine')]).toEqual([1, 0, 1, 0]);
    expect(made.ids).toBe(ids);
  });

  it('is refused where a size or an input is missing', () => {
    expect(() => witness({}, drawn, { ids })(graph())).toThrow('rows');
    expect(() => witness({ rows: 1 }, drawn)(graph())).toThrow('ids');
  });
});
