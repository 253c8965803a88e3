import { expect } from 'vitest';
import { pullback, pushforward } from '../../../src/engine/graph/gradients';
import { Graph } from '../../../src/engine/graph/graph';
import type { Dimension, Value } from '../../../src/engine/graph/value';
import { float32, Session } from '../../../src/engine/runtime/session';
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
export async function checkDerivatives({ inputs, declared = inputs, build }: Case): Promise<void> {
  const random = randomNumbers(1 + size(inputs.flat()));
  const primal = new Graph();
  const values = inputs.map((_, i) => primal.input(`x${i}`, 'float32', [`rows${i}`, ...declared[i]!]));
  const result = build(primal, values);
  primal.output('y', result);
  const original = await Session.create(primal, { folder: import.meta.dirname, threads: 1 });
  const derivatives = await Promise.all(
    subsets(inputs.length).map(async (sources) => ({
      sources,
      session: await derivativeSession({ inputs, declared, build }, sources),
    })),
  );

  for (const rows of rowCombinations(inputs.length)) {
    const x = inputs.map((axes, i) => random(rows.inputs[i]! * size(axes)));
    const dx = inputs.map((axes) => random(rows.derivative * size(axes)));
    const evaluate = async (point: readonly Float32Array[]) => {
      const feeds = point.map((data, i) => [`x${i}`, float32(data, [n, ...inputs[i]!])] as const);
      const { y } = await original.run(Object.fromEntries(feeds));
      return y?.type === 'float32' ? y : expect.unreachable();
    };
    const point = x.map((data, i) => tile(data, inputs[i]!));
    const { shape } = await evaluate(point);
    const dy = random(rows.derivative * size(shape.slice(1)));
    const u = tile(dy, shape.slice(1));
    const pulled = await pulledByDifferences(evaluate, point, inputs, u);

    for (const { sources, session } of derivatives) {
      const feeds = {
        ...Object.fromEntries(x.map((data, i) => [`x${i}`, float32(data, [rows.inputs[i]!, ...inputs[i]!])])),
        ...Object.fromEntries(
          sources.map((i) => [`dx${i}`, float32(dx[i]!, [rows.derivative, ...inputs[i]!])]),
        ),
        dy: float32(dy, [rows.derivative, ...shape.slice(1)]),
      };
      const outputs = await session.run(feeds);
      const read = (name: string, axes: readonly number[]) => {
        const tensor = outputs[name];
        if (tensor?.type !== 'float32') return expect.unreachable();
        expect(tensor.shape.slice(1)).toEqual(axes);
        return tile(tensor.data, axes);
      };
      const direction = point.map((data, i) =>
        sources.includes(i) ? tile(dx[i]!, inputs[i]!) : new Float32Array(data.length),
      );
      const pushed = read('pushed', shape.slice(1));
      expectClose(pushed, await differences(evaluate, point, direction), differencesTolerance);
      for (const i of sources) expectClose(read(`pulled${i}`, inputs[i]!), pulled[i]!, differencesTolerance);
      for (let row = 0; row < n; row += 1) {
        const forward = dot(rowOf(u, row), rowOf(pushed, row));
        const reverse = sources.map((i) =>
          dot(rowOf(read(`pulled${i}`, inputs[i]!), row), rowOf(direction[i]!, row)),
        );
        const scale = size(shape.slice(1)) + size(inputs.flat());
        expect(Math.abs(forward - reverse.reduce((a, b) => a + b))).toBeLessThan(adjointTolerance * scale);
      }
    }
  }
  await Promise.all(
    [original, ...derivatives.map(({ session }) => session)].map((session) => session.release()),
  );
}

/** A session that gives the derivatives of both modes with respect to some of the inputs. */
function derivativeSession(
  { inputs, declared = inputs, build }: Case,
  sources: readonly number[],
): Promise<Session> {
  const g = new Graph();
  const values = inputs.map((_, i) => g.input(`x${i}`, 'float32', [`rows${i}`, ...declared[i]!]));
  const y = build(g, values);
  const dy = g.input('dy', 'float32', ['derivatives', ...y.shape.slice(1)]);
  const chosen = sources.map((i) => values[i]!);
  pullback(g, y, dy, chosen).forEach((derivative, k) => {
    g.output(`pulled${sources[k]}`, derivative ?? expect.unreachable());
  });
  const tangents = sources.map(
    (i) => [values[i]!, g.input(`dx${i}`, 'float32', ['derivatives', ...declared[i]!])] as const,
  );
  g.output('pushed', pushforward(g, y, new Map(tangents)));
  return Session.create(g, { folder: import.meta.dirname, threads: 1 });
}

type Evaluate = (point: readonly Float32Array[]) => Promise<{ readonly data: Float32Array }>;

/** J·direction at a point. */
async function differences(
  evaluate: Evaluate,
  point: readonly Float32Array[],
  direction: readonly Float32Array[],
): Promise<Float32Array> {
  const at = async (t: number) => {
    const moved = point.map((data, i) => data.map((value, j) => value + t * direction[i]![j]!));
    return (await evaluate(moved)).data;
  };
  const [near, nearBack, far, farBack] = [
    await at(step),
    await at(-step),
    await at(2 * step),
    await at(-2 * step),
  ];
  return near.map((y, i) => (8 * (y - nearBack[i]!) - (far[i]! - farBack[i]!)) / (12 * step));
}

/** Jᵀ·u for each input: one coordinate after the other, in all rows at once. */
async function pulledByDifferences(
  evaluate: Evaluate,
  point: readonly Float32Array[],
  inputs: readonly (readonly number[])[],
  u: Float32Array,
): Promise<readonly Float32Array[]> {
  const pulled = point.map((data) => new Float32Array(data.length));
  for (const [i, axes] of inputs.entries()) {
    for (let j = 0; j < size(axes); j += 1) {
      const direction = point.map((data, k) => data.map((_, l) => (k === i && l % size(axes) === j ? 1 : 0)));
      const column = await differences(evaluate, point, direction);
      for (let row = 0; row < n; row += 1) {
        pulled[i]![row * size(axes) + j] = dot(rowOf(u, row), rowOf(column, row));
      }
    }
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

/** One row repeated n times; n rows as they are. */
function tile(data: Float32Array, axes: readonly number[]): Float32Array {
  return data.length === n * size(axes)
    ? data
    : Float32Array.from({ length: n * data.length }, (_, i) => data[i % data.length]!);
}

function rowOf(data: Float32Array, row: number): Float32Array {
  const length = data.length / n;
  return data.subarray(row * length, (row + 1) * length);
}
