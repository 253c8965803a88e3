import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignment } from '../../../src/engine/semantics/alignment';
import { clarity } from '../../../src/engine/semantics/clarity';
import { indexActivations, nearestInActivation } from '../../../src/engine/semantics/coactivation';
import { activationHistogram, firingRate } from '../../../src/engine/semantics/firing';
import { labels } from '../../../src/engine/semantics/labels';
import { nearestRows } from '../../../src/engine/semantics/nearestRows';
import { polysemanticity } from '../../../src/engine/semantics/polysemanticity';
import { nearestInMeaning } from '../../../src/engine/semantics/redundancy';
import type { Rows } from '../../../src/engine/semantics/rows';
import { semanticEmbedding } from '../../../src/engine/semantics/semanticEmbedding';

const rows = (...all: readonly (readonly number[])[]): Rows => ({
  data: Float32Array.from(all.flat()),
  width: all[0]!.length,
});
const first = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

test('clarity is 1 of equal images whatever their length, 0 of unrelated ones, and nothing of one', () => {
  expect(clarity(first(3), rows([2, 0], [1, 0], [5, 0]))).toBeCloseTo(1, 12);
  expect(clarity(first(2), rows([2, 0], [0, 3]))).toBeCloseTo(0, 12);
  expect(clarity(first(1), rows([1, 0]))).toBeNull();
});

test('alignment is what a text says beyond the empty text', () => {
  const [theta, text, empty] = [Float32Array.of(0, 8), Float32Array.of(0.6, 0.8), Float32Array.of(0.8, 0.6)];
  expect(alignment(theta, text, empty)).toBeCloseTo(0.2, 6);
  expect(() => alignment(Float32Array.of(0, 0), text, empty)).toThrow();
});

test('an image without an embedding is not passed over', () => {
  expect(() => semanticEmbedding(Int32Array.of(1), rows([1, 0]))).toThrow('image 1');
});

test('polysemanticity is 1 of two pictures, 0 of one, and nothing of too few', () => {
  const two = rows([1, 0, 0], [0, 2, 0], [1, 0, 0], [0, 1, 0], [3, 0, 0], [0, 1, 0]);
  expect(polysemanticity(first(6), two)).toMatchObject({
    score: 1,
    separation: 1,
    groups: [Int32Array.of(0, 2, 4), Int32Array.of(1, 3, 5)],
  });
  const one = rows([1, 2, 0], [1, 2, 0], [1, 2, 0], [1, 2, 0], [1, 2, 0]);
  expect(polysemanticity(first(5), one)).toMatchObject({ score: 0, separation: 0 });
  expect(polysemanticity(first(4), two)).toBeNull();
});

test('the histogram leaves out what does not fire and puts edges into the bin that they begin', () => {
  const { edges, counts } = activationHistogram(Float32Array.of(-1, 0, 0.5, 1, 1.5, 4), 4);
  expect(Array.from(edges)).toEqual([0, 1, 2, 3, 4]);
  expect(Array.from(counts)).toEqual([1, 2, 0, 1]);
  expect(Array.from(activationHistogram(Float32Array.of(0), 2).counts)).toEqual([0, 0]);
});

test('rounding puts nothing into a bin that it lies outside of', () => {
  fc.assert(
    fc.property(
      fc.float({ min: 0.5, max: 100, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      (most, bins) => {
        const onEdges = Array.from({ length: bins }, (_, b) => Math.fround((most / bins) * (b + 1)));
        const { edges, counts } = activationHistogram(Float32Array.of(...onEdges, most), bins);
        const all = [...onEdges, most];
        counts.forEach((count, b) => {
          const within = (z: number) => z >= edges[b]! && (z < edges[b + 1]! || b === bins - 1);
          expect(count).toBe(all.filter(within).length);
        });
      },
    ),
  );
});

test('there is no firing rate of no images', () => {
  expect(firingRate(1, 4)).toBe(0.25);
  expect(firingRate(0, 0)).toBeNull();
});

test('the nearest rows come in order, of equals the lower first', async () => {
  const found = await nearestRows(rows([1, 0]), rows([0.5, 0], [2, 0], [0.5, 0], [-1, 0]), 3);
  expect(Array.from(found.others)).toEqual([1, 0, 2]);
  expect(Array.from(found.products)).toEqual([2, 0.5, 0.5]);
});

test('where there is nothing to compare with there is no nearest', async () => {
  const theta = rows([1, 0], [0, 1]);
  const both = Int32Array.of(0, 1);
  expect(await nearestInMeaning({ theta, n: Int32Array.of(4, 5) }, both, 2)).toEqual({
    components: Int32Array.of(1),
    k: 2,
    nearest: Int32Array.of(-1, -1),
    cosines: Float32Array.of(0, 0),
  });
  const none = await nearestInMeaning({ theta, n: Int32Array.of(0, 0) }, both, 2);
  expect(none.components).toHaveLength(0);
  const unnamed = await labels(
    { theta, n: Int32Array.of(4, 5) },
    { data: new Float32Array(), width: 2 },
    Float32Array.of(1, 0),
    3,
  );
  expect(unnamed).toMatchObject({ components: Int32Array.of(1), k: 0 });
});

test('no component is near itself, though others equal it', async () => {
  const theta = rows([3, 4], [6, 8], [3, 4], [0, 1]);
  const embeddings = { theta, n: Int32Array.of(5, 5, 5, 5) };
  const { nearest, cosines } = await nearestInMeaning(embeddings, Int32Array.of(2, 1, 0), 1);
  [2, 1, 0].forEach((j, row) => {
    expect([0, 1, 2].filter((other) => other !== j)).toContain(nearest[row]);
    expect(cosines[row]).toBeCloseTo(1, 6);
  });
});

test('components fire together or apart', () => {
  const index = indexActivations(
    {
      offsets: Int32Array.of(0, 3, 3, 5, 7),
      components: Int32Array.of(0, 1, 4, 3, 4, 5, 1),
      values: Float32Array.of(2, 4, -1, 1, -1, 1, 3),
    },
    6,
  );
  expect(nearestInActivation(index, Int32Array.of(1, 3, 4), 3)).toEqual({
    components: Int32Array.of(1, 3),
    k: 3,
    nearest: Int32Array.of(0, 5, -1, -1, -1, -1),
    cosines: Float32Array.of(0.8, 0.6, 0, 0, 0, 0),
  });
});
