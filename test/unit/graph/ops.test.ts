import { describe, expect, test } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph';
import type { Value } from '../../../src/engine/graph/value';
import { float32, int32, int64, Session, type TensorData } from '../../../src/engine/runtime/session';

const x = [
  [1, -2, 3],
  [0.5, 4, -1],
];
const w = [
  [2, 0, 1],
  [1, -1, 3],
];
const rows = (data: readonly (readonly number[])[]) =>
  float32(Float32Array.from(data.flat()), [data.length, data[0]!.length]);
const constant = (g: Graph, data: readonly (readonly number[])[]) =>
  g.constant(Float32Array.from(data.flat()), [data.length, data[0]!.length]);
const vector = (g: Graph, data: readonly number[]) => g.constant(Float32Array.from(data), [data.length]);
const ints = (data: readonly number[]) => BigInt64Array.from(data, BigInt);
const bool = (data: readonly number[], shape: readonly number[]): TensorData => ({
  type: 'bool',
  data: Uint8Array.from(data),
  shape,
});

async function compute(build: (g: Graph, x: Value) => Value | readonly Value[]): Promise<TensorData[]> {
  const g = new Graph();
  const results = [build(g, g.input('x', 'float32', ['rows', 3]))].flat();
  results.forEach((result, i) => {
    g.output(`y${i}`, result);
  });
  const session = await Session.create(g, { folder: import.meta.dirname, threads: 1 });
  const outputs = await session.run({ x: rows(x) });
  await session.release();
  return results.map((_, i) => outputs[`y${i}`]!);
}

/** Each op on two rows of three, against plain arithmetic: float32 against float64 leaves a few units of 10⁻⁷. */
const expected: Readonly<
  Record<string, readonly [build: (g: Graph, x: Value) => Value, values: readonly (readonly number[])[]]>
> = {
  add: [(g, a) => g.add(a, vector(g, [1, 2, 3])), x.map((row) => row.map((v, i) => v + i + 1))],
  sub: [(g, a) => g.sub(vector(g, [1, 2, 3]), a), x.map((row) => row.map((v, i) => i + 1 - v))],
  mul: [(g, a) => g.mul(a, a), x.map((row) => row.map((v) => v * v))],
  div: [(g, a) => g.div(g.scalar(1), a), x.map((row) => row.map((v) => 1 / v))],
  'linear [out, in] with bias': [
    (g, a) => g.linear(a, constant(g, w), vector(g, [10, 20])),
    x.map((row) => w.map((line, j) => line.reduce((sum, v, i) => sum + v * row[i]!, 10 * (j + 1)))),
  ],
  'linear [in, out]': [
    (g, a) => g.linear(a, g.transpose(constant(g, w), [1, 0]), undefined, true),
    x.map((row) => w.map((line) => line.reduce((sum, v, i) => sum + v * row[i]!, 0))),
  ],
  softmax: [
    (g, a) => g.softmax(a),
    x.map((row) => row.map((v) => Math.exp(v) / row.reduce((sum, u) => sum + Math.exp(u), 0))),
  ],
  layerNorm: [
    (g, a) => g.layerNorm(a, vector(g, [1, 2, 3]), vector(g, [4, 5, 6]), 0.25),
    x.map((row) => {
      const mean = row.reduce((a, b) => a + b) / 3;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 3;
      return row.map((v, i) => ((v - mean) / Math.sqrt(variance + 0.25)) * (i + 1) + i + 4);
    }),
  ],
  sigmoid: [(g, a) => g.sigmoid(a), x.map((row) => row.map((v) => 1 / (1 + Math.exp(-v))))],
  tanh: [(g, a) => g.tanh(a), x.map((row) => row.map(Math.tanh))],
  normalize: [(g, a) => g.normalize(a), x.map((row) => row.map((v) => v / Math.hypot(...row)))],
  sum: [(g, a) => g.sum(a), x.map((row) => [row.reduce((a, b) => a + b)])],
  mean: [(g, a) => g.mean(a), x.map((row) => [row.reduce((a, b) => a + b) / 3])],
  exp: [(g, a) => g.exp(a), x.map((row) => row.map(Math.exp))],
  relu: [(g, a) => g.relu(a), x.map((row) => row.map((v) => Math.max(v, 0)))],
  reduceMax: [(g, a) => g.reduceMax(a, 1), x.map((row) => [Math.max(...row)])],
  reduceSum: [
    (g, a) => g.reduceSum(g.reshape(a, [3, 1]), 1),
    x.map((row) => [row.reduce((sum, v) => sum + v)]),
  ],
  'flattenTokens, which makes rows of tokens': [
    (g, a) => g.flattenTokens(g.reshape(a, [3, 1])),
    x.flat().map((v) => [v]),
  ],
  slice: [(g, a) => g.slice(a, -1, 1, 3), x.map((row) => row.slice(1))],
  concat: [(g, a) => g.concat([constant(g, [[7]]), a], 1), x.map((row) => [7, ...row])],
  pad: [(g, a) => g.pad(a, 1, 1, 2), x.map((row) => [0, ...row, 0, 0])],
  gather: [(g, a) => g.gather(a, g.ints([2, 0]), 1), x.map((row) => [row[2]!, row[0]!])],
  zerosLike: [(g, a) => g.zerosLike(a), x.map((row) => row.map(() => 0))],
};

describe('floats', () => {
  test.each(Object.entries(expected))('%s', async (_name, [build, values]) => {
    const [y] = await compute(build);
    if (y?.type !== 'float32') return expect.unreachable();
    expect(y.shape).toEqual([values.length, values[0]!.length]);
    const worst = Math.max(
      ...y.data.map((v, i) => Math.abs(v - values.flat()[i]!) / Math.max(1, Math.abs(v))),
    );
    expect(worst).toBeLessThan(1e-6);
  });
});

test('integers, comparisons and places', async () => {
  const [greater, nonZero, shape, cast] = await compute((g, a) => {
    const positive = g.greater(a, g.scalar(0));
    return [positive, g.nonZero(positive), g.shapeOf(a), g.cast(a, 'int32')];
  });
  expect(greater).toEqual(bool([1, 0, 1, 1, 1, 0], [2, 3]));
  expect(nonZero).toEqual(int64(ints([0, 0, 1, 1, 0, 2, 0, 1]), [2, 4]));
  expect(shape).toEqual(int64(ints([2, 3]), [2]));
  expect(cast).toEqual(int32(Int32Array.of(1, -2, 3, 0, 4, -1), [2, 3]));
});

test('gatherND picks the elements that nonZero found', async () => {
  const [chosen] = await compute((g, a) => {
    const places = g.nonZero(g.greater(a, g.scalar(0)));
    return g.gatherND(a, g.transpose(places, [1, 0]));
  });
  expect(chosen).toEqual(float32(Float32Array.of(1, 3, 0.5, 4), [4]));
});

test('topK gives the largest, signs kept, with their places', async () => {
  const [values, indices] = await compute((g, a) => g.topK(a, 2));
  if (values?.type !== 'float32' || indices?.type !== 'int32') return expect.unreachable();
  const found = Array.from(values.data, (value, i) => [value, indices.data[i]!] as const);
  const byPlace = (part: typeof found) => part.toSorted((a, b) => a[1] - b[1]);
  expect(byPlace(found.slice(0, 2))).toEqual([
    [1, 0],
    [3, 2],
  ]);
  expect(byPlace(found.slice(2))).toEqual([
    [0.5, 0],
    [4, 1],
  ]);
});

test('conv takes patches apart: stride and kernel of 2 on 4 × 4 pixels', async () => {
  const g = new Graph();
  const kernel = g.constant(Float32Array.of(1, 10, 100, 1000), [1, 1, 2, 2]);
  const pixels = g.input('pixels', 'float32', ['images', 1, 4, 4]);
  g.output('patches', g.conv(pixels, kernel, { stride: 2 }));
  const session = await Session.create(g, { folder: import.meta.dirname, threads: 1 });
  const data = Float32Array.from({ length: 16 }, (_, i) => i % 10);
  const { patches } = await session.run({ pixels: float32(data, [1, 1, 4, 4]) });
  await session.release();
  expect(patches).toEqual(float32(Float32Array.of(5410, 7632, 3298, 5410), [1, 1, 2, 2]));
});

test('rows of one and rows of many broadcast wherever rows meet', async () => {
  const g = new Graph();
  const one = g.input('one', 'float32', ['images', 1, 2]);
  const many = g.input('many', 'float32', ['prompts', 2, 2]);
  const joined = g.concat([one, many], 1);
  expect(joined.shape).toEqual(['images|prompts', 3, 2]);
  g.output('joined', joined);
  const session = await Session.create(g, { folder: import.meta.dirname, threads: 1 });
  const a = float32(Float32Array.of(1, 2), [1, 1, 2]);
  const b = float32(Float32Array.of(3, 4, 5, 6, 7, 8, 9, 10), [2, 2, 2]);
  const both = await session.run({ one: a, many: b });
  expect(both.joined).toEqual(float32(Float32Array.of(1, 2, 3, 4, 5, 6, 1, 2, 7, 8, 9, 10), [2, 3, 2]));
  const swapped = await session.run({
    one: float32(Float32Array.of(1, 2, 3, 4), [2, 1, 2]),
    many: float32(Float32Array.of(5, 6, 7, 8), [1, 2, 2]),
  });
  expect(swapped.joined).toEqual(float32(Float32Array.of(1, 2, 5, 6, 7, 8, 3, 4, 5, 6, 7, 8), [2, 3, 2]));
  await session.release();
});

describe('shapes that cannot go together are refused', () => {
  const refused: Readonly<
    Record<string, readonly [build: (g: Graph, a: Value) => Value | readonly Value[], message: string]>
  > = {
    'add of other widths': [
      (g, a) => g.add(a, vector(g, [1, 2])),
      'Shapes [rows, 3] and [2] do not broadcast',
    ],
    'add of other types': [(g, a) => g.add(a, g.cast(a, 'int32')), 'Add: float32 does not go with int32'],
    'linear of another width': [
      (g, a) => g.linear(a, constant(g, [[1, 2]])),
      'linear: weight [1, 2] does not go with [rows, 3]',
    ],
    'linear with a bias of another width': [
      (g, a) => g.linear(a, constant(g, w), vector(g, [1])),
      'linear: [1] should be [2]',
    ],
    'linear with the weight turned': [
      (g, a) => g.linear(a, constant(g, w), undefined, true),
      'linear: weight [2, 3] does not go',
    ],
    'matmul of another length': [
      (g, a) => g.matmul(a, constant(g, w)),
      'matmul: [rows, 3] does not go with [2, 3]',
    ],
    'layerNorm of another width': [
      (g, a) => g.layerNorm(a, vector(g, [1]), vector(g, [1]), 1e-5),
      'layerNorm: [1] should be [3]',
    ],
    'sum over rows': [(g) => g.sum(vector(g, [1, 2])), 'sum: [2] has fewer than 2 axes'],
    'reshape to another size': [
      (g, a) => g.reshape(a, [2, 2]),
      'reshape: [rows, 3] cannot become [rows, 2, 2]',
    ],
    'reshape to two symbols': [
      (g, a) => g.reshape(a, ['a', 'b']),
      'reshape: [rows, 3] cannot become [rows, a, b]',
    ],
    'reshape that drops a symbol': [
      (g) => g.reshape(g.input('t', 'float32', ['texts', 'length', 6]), [6]),
      'reshape: [texts, length, 6] cannot become [texts, 6]',
    ],
    'transpose with an axis twice': [(g, a) => g.transpose(a, [0, 0]), 'transpose: [0,0] does not permute'],
    'slice past the end': [(g, a) => g.slice(a, 1, 1, 4), 'slice: 1 to 4 is not within axis 1'],
    'slice of nothing': [(g, a) => g.slice(a, 1, 1, 1), 'slice: 1 to 1 is not within axis 1'],
    'slice along no axis': [(g, a) => g.slice(a, 2, 0, 1), 'Shape [rows, 3] has no axis 2'],
    'concat of other widths': [
      (g, a) => g.concat([g.reshape(a, [3, 1]), g.reshape(a, [1, 3])], 1),
      'concat: [rows, 1, 3] does not go with [rows, 3, 1] along axis 1',
    ],
    'concat of nothing': [(g) => g.concat([], 0), 'concat: no parts'],
    'conv of other channels': [
      (g, a) => g.conv(g.reshape(a, [3, 1, 1]), g.reshape(constant(g, [[1]]), [1, 1, 1]), { stride: 1 }),
      'conv: weight [1, 1, 1, 1] does not go with [rows, 3, 1, 1]',
    ],
    'topK of too many': [(g, a) => g.topK(a, 4), 'topK: [rows, 3] does not have 4 elements'],
    'pad of an axis of unknown length': [(g, a) => g.pad(a, 0, 1, 1), 'pad: axis 0 of [rows, 3] is a symbol'],
    'a constant of another size': [
      (g) => g.constant(Float32Array.of(1, 2), [3]),
      '2 numbers do not fill [3]',
    ],
  };

  test.each(Object.entries(refused))('%s', (_name, [build, message]) => {
    const g = new Graph();
    expect(() => build(g, g.input('x', 'float32', ['rows', 3]))).toThrow(message);
  });
});
