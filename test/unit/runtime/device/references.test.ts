import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../../../src/engine/graph/graph';
import { disagreement } from '../../../../src/engine/runtime/device/agreement';
import { keepReferences, referenceKey } from '../../../../src/engine/runtime/device/references';
import { witness } from '../../../../src/engine/runtime/device/witness';
import { float32 } from '../../../../src/engine/runtime/session';
import { temporaryFolder } from '../../../support/temporaryFolder';

function graph(factor = 2): Graph {
  const g = new Graph();
  g.output('y', g.mul(g.input('x', 'float32', ['rows', 2]), factor));
  return g;
}
const y = float32(Float32Array.of(1, 2, 3, -4), [2, 2]);
const reference = { outputs: { y }, ms: 1.5 };

describe('references', () => {
  it('are kept from one process to the next', async () => {
    const folder = temporaryFolder();
    await keepReferences(folder).set('key', reference);
    expect(await keepReferences(folder).get('key', graph())).toEqual(reference);
    expect(await keepReferences(folder).get('other', graph())).toBeNull();
    expect(await keepReferences(null).get('key', graph())).toBeNull();
  });

  it.each([
    ['is cut off', (text: string) => text.slice(0, -20)],
    ['has other numbers', (text: string) => text.replace(/"data":".{4}/, '"data":"AAAA')],
    ['has another shape', (text: string) => text.replace('[2,2]', '[2,3]')],
    ['has another output', (text: string) => text.replace('"y"', '"z"')],
    ['is something else', () => 'null'],
  ])('are not taken from a file that %s', async (_, spoil) => {
    const folder = temporaryFolder();
    await keepReferences(folder).set('key', reference);
    const [name] = readdirSync(folder);
    const file = join(folder, name!);
    const [before, after] = [readFileSync(file, 'utf8'), spoil(readFileSync(file, 'utf8'))];
    expect(after).not.toBe(before);
    writeFileSync(file, after);
    expect(await keepReferences(folder).get('key', graph())).toBeNull();
  });

  it('are not written where they are not finite', async () => {
    const folder = temporaryFolder();
    const outputs = { y: float32(Float32Array.of(1, Number.NaN), [1, 2]) };
    await keepReferences(folder).set('key', { outputs, ms: 1 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are named by graph, weights and witness', () => {
    const g = graph();
    const feeds = witness({ rows: 2 })(g);
    const keys = [
      referenceKey(g, '/', 'weights', feeds),
      referenceKey(graph(3), '/', 'weights', feeds),
      referenceKey(g, '/', 'others', feeds),
      referenceKey(g, '/', 'weights', witness({ rows: 3 })(g)),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(referenceKey(graph(), '/', 'weights', feeds)).toBe(keys[0]);
  });
});

describe('disagreement', () => {
  const of = (...data: number[]) => ({ y: float32(Float32Array.from(data), [data.length]) });

  it('is the largest difference as a part of the largest number', () => {
    expect(disagreement(of(1, 2, -4), of(1, 2, -4))).toBe(0);
    expect(disagreement(of(1, 2.5, -4), of(1, 2, -4))).toBe(0.125);
    expect(disagreement(of(0, 0), of(0, 0))).toBe(0);
  });

  it('is infinite where there is nothing to compare', () => {
    const infinite = Number.POSITIVE_INFINITY;
    expect(disagreement(of(1, Number.NaN), of(1, 2))).toBe(infinite);
    expect(disagreement(of(1, 2), of(1, Number.NaN))).toBe(infinite);
    expect(disagreement(of(1), of(0))).toBe(infinite);
    expect(disagreement(of(1), of(1, 2))).toBe(infinite);
    expect(disagreement({}, of(1))).toBe(infinite);
    expect(disagreement(of(1, Number.NaN), of(1, Number.NaN))).toBe(0);
  });
});
