import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { highest, referenceSamples } from '../../../src/engine/semantics/referenceSamples';
import { SampleCollector, samplesOf, samplesWithout } from '../../../src/engine/semantics/sampleTable';

const library = fc.array(fc.integer({ min: -2, max: 4 }), { minLength: 1, maxLength: 12 });

const tableOf = (values: readonly number[], order: readonly number[], depth: number) => {
  const collector = new SampleCollector(2, depth);
  for (const image of order) collector.add(image, Int32Array.of(1), Float32Array.of(values[image]!));
  return collector.table();
};

const alone = (values: readonly number[], leftOut: ReadonlySet<number>, n: number) => {
  const images = Int32Array.from(values.keys()).filter((image) => !leftOut.has(image));
  return referenceSamples(
    images,
    Float32Array.from(images, (image) => values[image]!),
    n,
  );
};

test('the highest come first, of equals the lower image', () => {
  const { images, values } = highest(Int32Array.of(7, 3, 5, 9), Float32Array.of(1, 2, 2, -4), 3);
  expect(Array.from(images)).toEqual([3, 5, 7]);
  expect(Array.from(values)).toEqual([2, 2, 1]);
});

test('the few highest are the first of all when those are sorted', () => {
  fc.assert(
    fc.property(library, fc.nat(14), (values, n) => {
      const images = Int32Array.from(values.keys());
      const sorted = highest(images, Float32Array.from(values), 5000);
      const few = highest(images, Float32Array.from(values), n);
      expect(few).toEqual({ images: sorted.images.slice(0, n), values: sorted.values.slice(0, n) });
    }),
  );
});

test('a value that is no number is refused', () => {
  expect(() => highest(Int32Array.of(0), Float32Array.of(Number.NaN), 1)).toThrow();
  expect(() => new SampleCollector(1, 1).add(0, Int32Array.of(0), Float32Array.of(Number.NaN))).toThrow();
});

test('a pass over the images gives what sorting gives, whatever their order', () => {
  fc.assert(
    fc.property(
      library.chain((values) =>
        fc.tuple(
          fc.constant(values),
          fc.shuffledSubarray([...values.keys()], { minLength: values.length }),
          fc.integer({ min: 1, max: 8 }),
        ),
      ),
      ([values, order, depth]) => {
        const table = tableOf(values, order, depth);
        expect(samplesOf(table, 1)).toEqual(alone(values, new Set(), depth));
        expect(table.fired[1]).toBe(values.filter((z) => z > 0).length);
        expect(samplesOf(table, 0).images).toHaveLength(0);
      },
    ),
  );
});

test('leaving images out gives what a library without them gives, or says that it cannot tell', () => {
  fc.assert(
    fc.property(
      library,
      fc.array(fc.nat(12)),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      (values, left, depth, n) => {
        const leftOut = new Set(left);
        const found = samplesWithout(tableOf(values, [...values.keys()], depth), 1, leftOut, n);
        const kept = samplesOf(tableOf(values, [...values.keys()], depth), 1).images;
        const enough = kept.filter((image) => !leftOut.has(image)).length >= n;
        const truncated = values.filter((z) => z > 0).length > depth;
        expect(found).toEqual(enough || !truncated ? alone(values, leftOut, n) : null);
      },
    ),
  );
});
