import { expect } from 'vitest';
import { pullback, pushforward } from '../../../src/engine/graph/gradients';
import { Graph } from '../../../src/engine/graph/graph';
import type { Dimension, Value } from '../../../src/engine/graph/value';
import { float32, Session, type TensorData } from '../../../src/engine/runtime/session';
import { dot, expectClose, randomNumbers, size } from './numbers';

/** A function of some inputs, each given by its axes beyond rows. */
export interface Case {
  readonly inputs: readonly (readonly number[])[];
  /** The axes as the graph is to know them, where some are symbols. */
  readonly declared?: readonly (readonly Dimension[])[];
  readonly build: (g: Graph, inputs: readonly Value[]) => Value;
}

/** How many rows each operand has; all 1 or n. */
interface Rows {
  readonly inputs: readonly number[];
  readonly derivative: number;
}

const n = 3;
const options = { folder: import.meta.dirname, threads: 1 };

/**
 * Fourth-order central differences with step h err by h⁴·f⁽⁵⁾/30 and, in float32, by about 2·10⁻⁷·|f|/h. At
 * h = 2⁻⁵ that is 3·10⁻⁸·f⁽⁵⁾ (fifth derivatives of layer norm and its like reach hundreds) and 6·10⁻⁶·|f| (a whole
 * block's |f| is near 10). The worst error seen is 6·10⁻⁵.
 */
const step = 2 ** -5;
const differencesTolerance = 2e-4;

/** Two sums of the same float32 products, for each number that goes in; the worst error seen is 3·10⁻⁸. */
const adjointTolerance = 2e-7;

/** Checks both modes against differences and against each other, for all ways of broadcasting rows. */
export async function checkDerivatives(subject: Case): Promise<void> {
  const { inputs } = subject;
  const random = randomNumbers(1 + size(inputs.flat()));
  const original = await Session.create(originalGraph(subject), options);
  for (const sources of subsets(inputs.length)) {
    const derivatives = await Session.create(derivativesGraph(subject, sources), options);
    for (const rows of rowCombinations(inputs.length)) {
      await checkAtRandomPoint(subject, sources, rows, { random, original, derivatives });
    }
    await derivatives.release();
  }
  await original.release();
}

function originalGraph({ inputs, declared = inputs, build }: Case): Graph {
  const g = new Graph();
  const x = declared.map((axes, i) => g.input(`x${i}`, 'float32', [`rows${i}`, ...axes]));
  g.output('y', build(g, x));
  return g;
}

/** The derivatives of both modes with respect to some of the inputs. */
function derivativesGraph({ inputs, declared = inputs, build }: Case, sources: readonly number[]): Graph {
  const g = new Graph();
  const x = declared.map((axes, i) => g.input(`x${i}`, 'float32', [`rows${i}`, ...axes]));
  const y = build(g, x);
  const dy = g.input('dy', 'float32', ['derivatives', ...y.shape.slice(1)]);
  const tangents = new Map<Value, Value>();
  for (const i of sources)
    tangents.set(x[i]!, g.input(`dx${i}`, 'float32', ['derivatives', ...declared[i]!]));
  g.output('pushed', pushforward(g, y, tangents));
  for (const [k, pulled] of pullback(g, y, dy, [...tangents.keys()]).entries()) {
    expect(pulled?.shape.slice(1)).toEqual(declared[sources[k]!]);
    g.output(`pulled${sources[k]}`, pulled ?? expect.unreachable());
  }
  return g;
}

interface Tools {
  readonly random: (count: number) => Float32Array;
  readonly original: Session;
  readonly derivatives: Session;
}

async function checkAtRandomPoint(
  { inputs }: Case,
  sources: readonly number[],
  rows: Rows,
  { random, original, derivatives }: Tools,
): Promise<void> {
  const x = inputs.map((axes, i) => randomTensor(random, rows.inputs[i]!, axes));
  const point = x.map(tiled);
  const evaluate = async (data: readonly Float32Array[]) =>
    read(
      await original.run(
        named(
          'x',
          data.map((part, i) => float32(part, point[i]!.shape)),
        ),
      ),
      'y',
    );
  const { shape } = await evaluate(point.map(({ data }) => data));

  const dx = inputs.map((axes, i) =>
    sources.includes(i)
      ? randomTensor(random, rows.derivative, axes)
      : float32(new Float32Array(n * size(axes)), [n, ...axes]),
  );
  const dy = randomTensor(random, rows.derivative, shape.slice(1));
  const tangents = Object.fromEntries(sources.map((i) => [`dx${i}`, dx[i]!]));
  const outputs = await derivatives.run({ ...named('x', x), ...tangents, dy });

  const directions = dx.map((tensor) => tiled(tensor).data);
  const u = tiled(dy).data;
  const pushed = tiled(read(outputs, 'pushed'));
  expect(pushed.shape).toEqual(shape);
  expectClose(pushed.data, await differences(evaluate, point, directions), differencesTolerance);
  const pulled = sources.map((i) => {
    const tensor = tiled(read(outputs, `pulled${i}`));
    expect(tensor.shape).toEqual(point[i]!.shape);
    return tensor.data;
  });
  for (const [k, i] of sources.entries()) {
    expectClose(pulled[k]!, await pulledByDifferences(evaluate, point, i, u), differencesTolerance);
  }
  for (let row = 0; row < n; row += 1) {
    const forward = dot(rowOf(u, row), rowOf(pushed.data, row));
    const reverse = sources.map((i, k) => dot(rowOf(pulled[k]!, row), rowOf(directions[i]!, row)));
    const products = size(shape.slice(1)) + size(inputs.flat());
    expect(Math.abs(forward - reverse.reduce((a, b) => a + b))).toBeLessThan(adjointTolerance * products);
  }
}

type Floats = ReturnType<typeof float32>;
type Evaluate = (point: readonly Float32Array[]) => Promise<Floats>;

/** J·direction at a point. */
async function differences(
  evaluate: Evaluate,
  point: readonly Floats[],
  directions: readonly Float32Array[],
): Promise<Float32Array> {
  const at = async (t: number) => {
    const moved = point.map(({ data }, i) => data.map((value, j) => value + t * directions[i]![j]!));
    return (await evaluate(moved)).data;
  };
  const [near, nearBack] = [await at(step), await at(-step)];
  const [far, farBack] = [await at(2 * step), await at(-2 * step)];
  return near.map((y, i) => (8 * (y - nearBack[i]!) - (far[i]! - farBack[i]!)) / (12 * step));
}

/** Jᵀ·u for one input: one coordinate after the other, in all rows at once. */
async function pulledByDifferences(
  evaluate: Evaluate,
  point: readonly Floats[],
  input: number,
  u: Float32Array,
): Promise<Float32Array> {
  const pulled = new Float32Array(point[input]!.data.length);
  const coordinates = pulled.length / n;
  for (let j = 0; j < coordinates; j += 1) {
    const directions = point.map(({ data }, i) =>
      data.map((_, k) => (i === input && k % coordinates === j ? 1 : 0)),
    );
    const column = await differences(evaluate, point, directions);
    for (let row = 0; row < n; row += 1)
      pulled[row * coordinates + j] = dot(rowOf(u, row), rowOf(column, row));
  }
  return pulled;
}

/** Each input alone and all of them together. */
function subsets(inputs: number): readonly (readonly number[])[] {
  const all = Array.from({ length: inputs }, (_, i) => i);
  return inputs === 1 ? [all] : [...all.map((i) => [i]), all];
}

function rowCombinations(inputs: number): readonly Rows[] {
  const every = (rows: number) => Array.from({ length: inputs }, () => rows);
  const mixed = every(n).map((_, i, all) => all.map((rows, k) => (k === i ? 1 : rows)));
  return [
    { inputs: every(n), derivative: n },
    { inputs: every(n), derivative: 1 },
    { inputs: every(1), derivative: n },
    ...(inputs > 1 ? mixed.map((rows) => ({ inputs: rows, derivative: n })) : []),
  ];
}

function randomTensor(random: Tools['random'], rows: number, axes: readonly number[]): Floats {
  return float32(random(rows * size(axes)), [rows, ...axes]);
}

function named(prefix: string, tensors: readonly Floats[]): Readonly<Record<string, Floats>> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${prefix}${i}`, tensor]));
}

function read(outputs: Readonly<Record<string, TensorData>>, name: string): Floats {
  const tensor = outputs[name];
  return tensor?.type === 'float32' ? tensor : expect.unreachable();
}

/** One row repeated n times; n rows as they are. */
function tiled(tensor: Floats): Floats {
  const { shape, data } = tensor;
  if (shape[0] === n) return tensor;
  const repeated = Float32Array.from({ length: n * data.length }, (_, i) => data[i % data.length]!);
  return float32(repeated, [n, ...shape.slice(1)]);
}

function rowOf(data: Float32Array, row: number): Float32Array {
  const length = data.length / n;
  return data.subarray(row * length, (row + 1) * length);
}
