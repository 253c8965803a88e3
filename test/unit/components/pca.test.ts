import { expect, test } from 'vitest';
import { pca, principalPlaces } from '../../../src/engine/components/layout/pca';
import { principalDirections } from '../../../src/engine/components/layout/principalDirections';
import { symmetricEigen } from '../../../src/engine/components/layout/symmetricEigen';
import type { Rows } from '../../../src/engine/semantics/rows';
import { standardNormals } from '../../../src/engine/semantics/standardNormals';

const { signal } = new AbortController();

/** Rows with a standard deviation of its own in each column, away from the origin. */
function spread(count: number, deviations: readonly number[]): Rows {
  const width = deviations.length;
  const data = Float32Array.from(
    standardNormals(7, count * width),
    (x, at) => 3 + x * deviations[at % width]!,
  );
  return { data, width };
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
const times = (a: Float32Array, b: Float32Array) => sum(a.map((x, i) => x * b[i]!));

test('eigenvectors of a small symmetric matrix are orthonormal and scaled by it', () => {
  const [size, raw] = [5, standardNormals(3, 25)];
  const matrix = raw.map((_, at) => raw[at]! + raw[(at % size) * size + Math.floor(at / size)]!);
  const { values, vectors } = symmetricEigen(matrix, size);
  for (let i = 0; i < size; i++) {
    for (let row = 0; row < size; row++) {
      let image = 0;
      for (let at = 0; at < size; at++) image += matrix[row * size + at]! * vectors[at * size + i]!;
      expect(image).toBeCloseTo(values[i]! * vectors[row * size + i]!, 12);
    }
    for (let j = 0; j < size; j++) {
      let product = 0;
      for (let at = 0; at < size; at++) product += vectors[at * size + i]! * vectors[at * size + j]!;
      expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
    }
  }
  expect([...values].sort((a, b) => b - a)).toEqual([...values]);
  expect(sum(values)).toBeCloseTo(sum(Array.from({ length: size }, (_, i) => matrix[i * size + i]!)), 12);
});

test('the places have the two largest eigenvalues of the covariance as variances, and do not covary', async () => {
  // More rows than are multiplied at a time.
  const rows = spread(5000, [0.2, 3, 0.5, 2, 1, 0.1, 0.3, 0.4, 0.2, 0.2, 0.6, 0.1]);
  const { x, y } = await principalPlaces(rows, { signal });
  const [n, width] = [x.length, rows.width];
  const means = Array.from(
    { length: width },
    (_, at) => sum(rows.data.filter((__, i) => i % width === at)) / n,
  );
  const covariance = new Float64Array(width * width);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        covariance[a * width + b]! +=
          ((rows.data[i * width + a]! - means[a]!) * (rows.data[i * width + b]! - means[b]!)) / n;
      }
    }
  }
  const { values } = symmetricEigen(covariance, width);
  expect(sum(x) / n).toBeCloseTo(0, 4);
  expect(sum(y) / n).toBeCloseTo(0, 4);
  expect(times(x, x) / n / values[0]!).toBeCloseTo(1, 5);
  expect(times(y, y) / n / values[1]!).toBeCloseTo(1, 5);
  expect(times(x, y) / n).toBeCloseTo(0, 4);
});

test('directions of equal variance are orthonormal, and the largest entry of each is positive', async () => {
  const width = 6;
  const identity = Float64Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 ? 1 : 0));
  const { directions, variances } = await principalDirections(identity, width, 2, async () => {});
  const [a, b] = [directions.subarray(0, width), directions.subarray(width)];
  expect([...variances]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
  expect(sum(a.map((x, i) => x * b[i]!))).toBeCloseTo(0, 12);
  for (const direction of [a, b]) {
    expect(sum(direction.map((x) => x * x))).toBeCloseTo(1, 12);
    expect(Math.max(...direction)).toBe(Math.max(...direction.map(Math.abs)));
  }
});

test('fills the square with one scale for both axes, the same way every time', async () => {
  const rows = spread(300, [1, 4, 0.1]);
  const [first, again, { x, y }] = [
    await pca(rows),
    await pca(rows),
    await principalPlaces(rows, { signal }),
  ];
  expect(again).toEqual(first);
  expect(Math.min(...first.x)).toBeCloseTo(-1, 6);
  expect(Math.max(...first.x)).toBeCloseTo(1, 6);
  const extent = (values: Float32Array) => Math.max(...values) - Math.min(...values);
  expect(extent(first.y) / extent(first.x)).toBeCloseTo(extent(y) / extent(x), 5);
  // The direction of most variance is the second axis, and points up it.
  expect(Math.sign(x[0]!)).toBe(Math.sign(rows.data[1]! - 3));
});

test.each([
  ['nothing', [], 3],
  ['one row', [1, 2, 3], 3],
  ['equal rows', [0.6, 0.8, 0.6, 0.8, 0.6, 0.8], 2],
])('%s lies in the middle', async (_, data, width) => {
  const { x, y } = await pca({ data: Float32Array.from(data), width });
  expect([...x, ...y]).toEqual(Array.from({ length: (2 * data.length) / width }, () => 0));
});

test('two rows lie opposite each other, and rows of one number on a line', async () => {
  const two = await pca({ data: Float32Array.of(1, 0, 0, 1), width: 2 });
  expect([...two.x].sort((a, b) => a - b)).toEqual([-1, 1]);
  expect(Math.max(...two.y.map(Math.abs))).toBeLessThan(1e-6);
  const line = await pca({ data: Float32Array.of(1, 3, 2), width: 1 });
  expect([[...line.x], [...line.y]]).toEqual([
    [-1, 1, 0],
    [0, 0, 0],
  ]);
});

test('ends when it is cancelled', async () => {
  const cancelled = AbortSignal.abort();
  await expect(pca(spread(50, [1, 2]), { signal: cancelled })).rejects.toMatchObject({ code: 'cancelled' });
});
