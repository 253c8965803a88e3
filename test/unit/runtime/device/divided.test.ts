import { describe, expect, it } from 'vitest';
import { Graph } from '../../../../src/engine/graph/graph';
import { rowCount, runInParts } from '../../../../src/engine/runtime/device/divided';
import { witness } from '../../../../src/engine/runtime/device/witness';
import { Session } from '../../../../src/engine/runtime/session';

/** Rows of two inputs meet what all rows share; one output has no rows. */
function graph(): Graph {
  const g = new Graph();
  const shared = g.input('shared', 'float32', [1, 3, 4]);
  const a = g.input('a', 'float32', ['rows', 3, 4]);
  const b = g.input('b', 'float32', ['rows', 1, 4]);
  g.output('product', g.mul(g.add(a, shared), b));
  g.output('sum', g.sum(shared));
  return g;
}

describe('divided runs', () => {
  it('give what the whole run gives, however they are divided', async () => {
    const g = graph();
    const session = await Session.create(g, { folder: import.meta.dirname, threads: 1 });
    for (const rows of [1, 2, 5, 8]) {
      const feeds = witness({ rows })(g);
      const whole = await session.run(feeds);
      expect(rowCount(g, 'rows', feeds)).toBe(rows);
      for (let most = 1; most <= rows; most++) {
        const sizes: number[] = [];
        const parts = await runInParts(g, 'rows', feeds, most, (part) => {
          sizes.push(part.a!.shape[0]!);
          return session.run(part);
        });
        expect(parts).toEqual(whole);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
        expect(sizes.reduce((sum, size) => sum + size)).toBe(rows);
      }
    }
    await session.release();
  });

  it('are one where the rows are not named', async () => {
    const g = graph();
    const feeds = witness({ rows: 3 })(g);
    expect(rowCount(g, undefined, feeds)).toBeNull();
    const given: unknown[] = [];
    await runInParts(g, undefined, feeds, 1, async (part) => {
      given.push(part);
      return part;
    });
    expect(given).toEqual([feeds]);
  });

  it('are refused where rows are another axis too', async () => {
    const g = new Graph();
    const a = g.input('a', 'float32', ['rows', 2]);
    g.input('weights', 'float32', ['other', 'rows']);
    g.output('b', g.mul(a, 2));
    const feeds = witness({ rows: 2, other: 1 })(g);
    await expect(runInParts(g, 'rows', feeds, 1, async (part) => part)).rejects.toThrow('first axis');
  });
});
