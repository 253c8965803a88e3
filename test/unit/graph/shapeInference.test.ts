import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph';
import type { Dimension, Value } from '../../../src/engine/graph/value';
import { float32, Session } from '../../../src/engine/runtime/session';
import { size } from './numbers';

/** Picks one of several by a random number. */
type Pick = <T>(options: readonly T[]) => T;
type Op = (g: Graph, a: Value, b: Value, pick: Pick) => Value | readonly Value[];

const zeros = (g: Graph, shape: readonly number[]) => g.constant(new Float32Array(size(shape)), shape);
const innerAxis = (a: Value, pick: Pick) => pick(a.shape.map((_, axis) => axis).slice(1));
const known = (dimension: Dimension) => (typeof dimension === 'number' ? dimension : 2);
const last = (a: Value) => known(a.shape.at(-1)!);
const divisors = (x: number) => Array.from({ length: x }, (_, i) => i + 1).filter((d) => x % d === 0);

/** Every op that infers a shape, with arguments drawn at random. Where shapes do not go together it throws. */
const ops: Readonly<Record<string, Op>> = {
  add: (g, a, b) => g.add(a, b),
  sub: (g, a, b) => g.sub(a, b),
  mul: (g, a, b) => g.mul(a, b),
  div: (g, a, b) => g.div(a, b),
  greater: (g, a, b) => g.greater(a, b),
  'mul by a constant': (g, a, _b, pick) => g.mul(zeros(g, pick([[6], [4, 6], [1, 4, 6], [1, 1, 1]])), a),
  'linear [out, in]': (g, a) => g.linear(a, zeros(g, [5, last(a)]), zeros(g, [5])),
  'linear [in, out]': (g, a) => g.linear(a, zeros(g, [last(a), 6]), undefined, true),
  matmul: (g, a, b) => g.matmul(a, b),
  'matmul by a constant': (g, a) => g.matmul(a, zeros(g, [last(a), 6])),
  softmax: (g, a) => g.softmax(a),
  layerNorm: (g, a) => g.layerNorm(a, zeros(g, [last(a)]), zeros(g, [last(a)]), 1e-5),
  sigmoid: (g, a) => g.sigmoid(a),
  tanh: (g, a) => g.tanh(a),
  erf: (g, a) => g.erf(a),
  'reshape: last axis split': (g, a, _b, pick) => {
    const factor = pick(divisors(last(a)));
    return g.reshape(a, [...a.shape.slice(1, -1), factor, last(a) / factor]);
  },
  'reshape: last two axes joined': (g, a) =>
    g.reshape(a, [...a.shape.slice(1, -2), known(a.shape.at(-2)!) * last(a)]),
  transpose: (g, a, _b, pick) => {
    const turn = innerAxis(a, pick);
    const axes = a.shape.map((_, axis) => axis).slice(1);
    return g.transpose(a, [0, ...axes.slice(turn - 1), ...axes.slice(0, turn - 1)]);
  },
  slice: (g, a, _b, pick) => {
    const axis = innerAxis(a, pick);
    const start = pick([0, 1]);
    return g.slice(a, axis, start, Math.max(start + 1, known(a.shape[axis]!) - pick([0, 1])));
  },
  concat: (g, a, b, pick) =>
    g.concat(
      pick([
        [a, b],
        [b, a, b],
      ]),
      innerAxis(a, pick),
    ),
  'concat with a constant row': (g, a, _b, pick) => {
    const axis = innerAxis(a, pick);
    return g.concat([zeros(g, [1, ...a.shape.slice(1).map(known)]), a], axis);
  },
  normalize: (g, a) => g.normalize(a),
  sum: (g, a) => g.sum(a),
  mean: (g, a) => g.mean(a),
  exp: (g, a) => g.exp(a),
  relu: (g, a) => g.relu(a),
  reduceMax: (g, a, _b, pick) => g.reduceMax(a, innerAxis(a, pick)),
  reduceSum: (g, a, _b, pick) => g.reduceSum(a, innerAxis(a, pick)),
  flattenTokens: (g, a) => g.reshapeTo(g.flattenTokens(a), g.shapeOf(a), a.shape),
  gatherND: (g, a) => g.gatherND(a, g.transpose(g.nonZero(a), [1, 0])),
  gather: (g, a, _b, pick) => g.gather(a, g.ints([0, 0, 0]), innerAxis(a, pick)),
  cast: (g, a) => g.cast(a, 'int32'),
  conv: (g, a, _b, pick) =>
    g.conv(g.reshape(a, [1, ...a.shape.slice(1)]), zeros(g, [2, 1, 2, 2]), { stride: pick([1, 2]) }),
  topK: (g, a, _b, pick) => g.topK(a, pick([1, last(a)])),
  nonZero: (g, a) => g.nonZero(a),
  shapeOf: (g, a, _b, pick) => g.shapeOf(a, pick([0, 1])),
  pad: (g, a, _b, pick) => g.pad(a, innerAxis(a, pick), pick([0, 2]), pick([0, 1])),
  expand: (g, a) => g.expand(a, g.shapeOf(a), a.shape),
  zerosLike: (g, a) => g.zerosLike(a),
};

const rows = fc.constantFrom(1, 3);
const program = fc.record({
  sizes: fc.record({ images: rows, prompts: rows, texts: rows, length: fc.constantFrom(2, 3) }),
  steps: fc.array(
    fc.record({
      op: fc.constantFrom(...Object.keys(ops)),
      operands: fc.tuple(fc.nat(), fc.nat()),
      choices: fc.infiniteStream(fc.nat()),
    }),
    { minLength: 5, maxLength: 20 },
  ),
});

test('the inferred shape is the one that ONNX Runtime returns', async () => {
  const used = new Set<string>();
  await fc.assert(
    fc.asyncProperty(program, async ({ sizes, steps }) => {
      const g = new Graph();
      const inputs = [
        g.input('x', 'float32', ['images', 4, 6]),
        g.input('y', 'float32', ['prompts', 4, 6]),
        g.input('t', 'float32', ['texts', 'length', 6]),
        g.input('s', 'float32', ['texts', 6, 'length']),
      ];
      const values = [...inputs];
      for (const { op, operands, choices } of steps) {
        const floats = values.filter(({ type, shape }) => type === 'float32' && shape.length > 1);
        const [a, b] = operands.map((i) => floats[i % floats.length]!);
        const pick: Pick = (options) => options[choices.next().value! % options.length]!;
        const made = attempt(() => ops[op]!(g, a!, b!, pick));
        if (made) {
          used.add(op);
          values.push(...[made].flat());
        }
      }
      for (const value of values) g.output(`of ${value.name}`, value);
      const session = await Session.create(g, { folder: import.meta.dirname, threads: 1 });
      const feeds = inputs.map(({ name, shape }) => {
        const actual = shape.map((dimension) => resolve(dimension, sizes));
        return [name, float32(new Float32Array(size(actual)).fill(1), actual)] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      await session.release();
      for (const { name, type, shape } of values) {
        const actual = outputs[`of ${name}`]!;
        expect(actual.type).toBe(type);
        expect(actual.shape).toEqual(
          shape.map((dimension, i) =>
            dimension === 'nonzero' ? actual.shape[i] : resolve(dimension, sizes),
          ),
        );
      }
    }),
    { seed: 1, numRuns: 100 },
  );
  expect([...used].sort()).toEqual(Object.keys(ops).sort());
});

/** Shapes that do not go together are refused before any node is made; here that only means: draw again. */
function attempt(make: () => Value | readonly Value[]): Value | readonly Value[] | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** What a symbol stands for: `a|b` broadcasts, `a+b` was joined. */
function resolve(dimension: Dimension, sizes: Readonly<Record<string, number>>): number {
  if (typeof dimension === 'number') return dimension;
  const parts = dimension.split('+').map((part) => {
    const names = part.split('|').map((name) => sizes[name] ?? Number(name));
    return Math.max(...names);
  });
  return parts.reduce((a, b) => a + b);
}
