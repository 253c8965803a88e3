import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignment } from '../../../src/engine/semantics/alignment';
import { clarity } from '../../../src/engine/semantics/clarity';
import { activationLengths, nearestInActivation } from '../../../src/engine/semantics/coactivation';
import { activationHistogram, firingRate } from '../../../src/engine/semantics/firing';
import { labels } from '../../../src/engine/semantics/labels';
import { nearestRows } from '../../../src/engine/semantics/nearestRows';
import { polysemanticity } from '../../../src/engine/semantics/polysemanticity';
import { nearestInMeaning } from '../../../src/engine/semantics/redundancy';
import type { Rows } from '../../../src/engine/semantics/rows';
import { SampleCollector } from '../../../src/engine/semantics/sampleTable';
import { MeaningCollector, semanticEmbedding } from '../../../src/engine/semantics/semanticEmbedding';

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
  const alone = { components: Int32Array.of(1), units: rows([0, 1]) };
  expect(nearestInMeaning(alone, 1, 2)).toEqual([]);
  expect(nearestInMeaning(alone, 0, 2)).toEqual([]);
  const unnamed = await labels(alone, { data: new Float32Array(), width: 2 }, Float32Array.of(1, 0), 3);
  expect(unnamed).toMatchObject({ components: Int32Array.of(1), k: 0 });
});

test('no component is near itself, though others equal it; of equals the lower number comes first', () => {
  const units = rows([0.6, 0.8], [0.6, 0.8], [0.6, 0.8], [0, 1]);
  const meanings = { components: Int32Array.of(2, 4, 5, 7), units };
  expect(nearestInMeaning(meanings, 4, 2).map(({ component }) => component)).toEqual([2, 5]);
  expect(nearestInMeaning(meanings, 2, 9).map(({ component }) => component)).toEqual([4, 5, 7]);
  expect(nearestInMeaning(meanings, 5, 1)[0]!.cosine).toBeCloseTo(1, 6);
});

test('a meaning is collected of the first samples, and misses none of them', () => {
  const samples = new SampleCollector(2, 5);
  for (let image = 0; image < 5; image++) samples.insert(0, image, 1);
  samples.insert(1, 2, 1);
  const collector = new MeaningCollector(samples.table(), 6, 2);
  expect(collector.components).toEqual(Int32Array.of(0));
  expect([0, 4, 5].map((image) => collector.needs(image))).toEqual([true, true, false]);
  for (let image = 0; image < 4; image++) collector.add(image, Float32Array.of(3, 4));
  expect(() => collector.meanings()).toThrow('no embedding');
  collector.add(4, Float32Array.of(3, 4));
  const { data } = collector.meanings().units;
  expect(data[0]).toBeCloseTo(0.6, 6);
  expect(data[1]).toBeCloseTo(0.8, 6);
});

test('components fire together or apart', () => {
  const activations = {
    offsets: Int32Array.of(0, 3, 3, 5, 7),
    components: Int32Array.of(0, 1, 4, 3, 4, 5, 1),
    values: Float32Array.of(2, 4, -1, 1, -1, 1, 3),
  };
  const lengths = activationLengths(activations, 6);
  const near = (component: number, images: readonly number[], values: readonly number[]) =>
    nearestInActivation(
      activations,
      lengths,
      component,
      { images: Int32Array.from(images), values: Float32Array.from(values) },
      3,
    );
  expect(near(1, [0, 3], [4, 3]).map(({ component }) => component)).toEqual([0, 5]);
  expect(near(1, [0, 3], [4, 3])[0]!.cosine).toBeCloseTo(0.8, 6);
  expect(near(1, [0, 3], [4, 3])[1]!.cosine).toBeCloseTo(0.6, 6);
  expect(near(3, [2], [1])).toEqual([]);
  expect(near(4, [0, 2], [-1, -1])).toEqual([]);
});
