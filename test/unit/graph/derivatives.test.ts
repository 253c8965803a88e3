import { describe, expect, test } from 'vitest';
import { pullback, pushforward } from '../../../src/engine/graph/gradients';
import { Graph } from '../../../src/engine/graph/graph';
import type { DifferentiableOp, Value } from '../../../src/engine/graph/value';
import { type Case, checkDerivatives } from './derivativeChecks';
import { randomNumbers, size } from './numbers';

const constant = (g: Graph, shape: readonly number[], seed = 7) =>
  g.constant(randomNumbers(seed)(size(shape)), shape);

/** An op that is added to the table of rules does not compile here until it has a case. */
const cases: { readonly [K in DifferentiableOp]: Readonly<Record<string, Case>> } = {
  Add: {
    'two activations': {
      inputs: [
        [4, 5],
        [4, 5],
      ],
      build: (g, [a, b]) => g.add(a!, b!),
    },
    'a constant without rows': { inputs: [[4, 5]], build: (g, [a]) => g.add(constant(g, [4, 5]), a!) },
    'a value with itself': { inputs: [[5]], build: (g, [a]) => g.add(a!, a!) },
  },
  Sub: {
    'two activations': {
      inputs: [
        [4, 5],
        [4, 5],
      ],
      build: (g, [a, b]) => g.sub(a!, b!),
    },
    'a vector': { inputs: [[4, 5]], build: (g, [a]) => g.sub(constant(g, [5]), a!) },
  },
  Mul: {
    'two activations': {
      inputs: [
        [4, 5],
        [4, 5],
      ],
      build: (g, [a, b]) => g.mul(a!, b!),
    },
    'a number': { inputs: [[5]], build: (g, [a]) => g.mul(a!, -1.7) },
    'a vector': { inputs: [[4, 5]], build: (g, [a]) => g.mul(constant(g, [5]), a!) },
    'a cube': { inputs: [[5]], build: (g, [a]) => g.mul(a!, g.mul(a!, a!)) },
  },
  Linear: {
    'a vector a row': {
      inputs: [[5]],
      build: (g, [x]) => g.linear(x!, constant(g, [3, 5]), constant(g, [3])),
    },
    'tokens, transposed': {
      inputs: [[4, 5]],
      build: (g, [x]) => g.linear(x!, constant(g, [5, 3]), constant(g, [3]), true),
    },
    'two axes, one of them a symbol': {
      inputs: [[2, 4, 5]],
      declared: [['length', 4, 5]],
      build: (g, [x]) => g.linear(x!, constant(g, [3, 5])),
    },
  },
  MatMul: {
    'two activations': {
      inputs: [
        [2, 3, 4],
        [2, 4, 5],
      ],
      build: (g, [a, b]) => g.matmul(a!, b!),
    },
    'a constant on the right': { inputs: [[3, 4]], build: (g, [a]) => g.matmul(a!, constant(g, [4, 5])) },
    'a constant on the left': { inputs: [[4, 5]], build: (g, [b]) => g.matmul(constant(g, [3, 4]), b!) },
    'rows as rows of a matrix': { inputs: [[4]], build: (g, [a]) => g.matmul(a!, constant(g, [4, 5])) },
    'an axis that is a symbol': {
      inputs: [
        [3, 4],
        [4, 3],
      ],
      declared: [
        ['length', 4],
        [4, 'length'],
      ],
      build: (g, [a, b]) => g.matmul(a!, b!),
    },
  },
  Softmax: { tokens: { inputs: [[3, 5]], build: (g, [a]) => g.softmax(g.mul(a!, 3)) } },
  LayerNorm: {
    tokens: {
      inputs: [[3, 8]],
      build: (g, [x]) => g.layerNorm(x!, constant(g, [8]), constant(g, [8], 8), 1e-5),
    },
    'an epsilon that matters': {
      inputs: [[8]],
      build: (g, [x]) => g.layerNorm(x!, constant(g, [8]), constant(g, [8], 8), 0.5),
    },
  },
  Sigmoid: { numbers: { inputs: [[5]], build: (g, [a]) => g.sigmoid(g.mul(a!, 3)) } },
  Tanh: { numbers: { inputs: [[5]], build: (g, [a]) => g.tanh(g.mul(a!, 1.5)) } },
  Erf: { numbers: { inputs: [[5]], build: (g, [a]) => g.erf(a!) } },
  Reshape: {
    'axes split': { inputs: [[2, 6]], build: (g, [a]) => g.reshape(a!, [2, 3, 2]) },
    'axes joined, one of them a symbol': {
      inputs: [[3, 2, 2]],
      declared: [['length', 2, 2]],
      build: (g, [a]) => g.reshape(a!, ['length', 4]),
    },
  },
  Transpose: {
    'a permutation that is not its own inverse': {
      inputs: [[2, 3, 4]],
      build: (g, [a]) => g.transpose(a!, [0, 2, 3, 1]),
    },
  },
  Slice: {
    'within tokens': { inputs: [[5, 3]], build: (g, [a]) => g.slice(a!, 1, 1, 3) },
    'the end of the last axis': { inputs: [[2, 5]], build: (g, [a]) => g.slice(a!, -1, 3, 5) },
  },
  Concat: {
    'parts of different lengths': {
      inputs: [
        [1, 3],
        [2, 3],
        [3, 3],
      ],
      build: (g, parts) => g.concat(parts, 1),
    },
    'the last axis': {
      inputs: [
        [2, 1],
        [2, 3],
      ],
      build: (g, parts) => g.concat(parts, -1),
    },
    'a constant row': { inputs: [[2, 3]], build: (g, [a]) => g.concat([constant(g, [1, 1, 3]), a!], 1) },
  },
  Pad: { tokens: { inputs: [[2, 5]], build: (g, [a]) => g.pad(a!, 1, 1, 2) } },
  Normalize: {
    tokens: { inputs: [[2, 5]], build: (g, [v]) => g.normalize(v!) },
    'to the standard deviation': {
      inputs: [[2, 5]],
      build: (g, [v]) => g.normalize(v!, { centred: true, scale: 0.5, epsilon: 0.3 }),
    },
    'with a scale alone': { inputs: [[5]], build: (g, [v]) => g.normalize(v!, { scale: 0.4 }) },
  },
  Sum: {
    tokens: { inputs: [[3, 5]], build: (g, [a]) => g.sum(a!) },
    'an axis that is a symbol': { inputs: [[4]], declared: [['length']], build: (g, [a]) => g.sum(a!) },
  },
};

const width = 8;
const heads = 2;

function attention(g: Graph, parts: readonly Value[]): readonly Value[] {
  const project = (x: Value, seed: number) =>
    g.reshape(g.linear(x, constant(g, [width, width], seed), constant(g, [width], seed + 1)), [
      x.shape[1]!,
      heads,
      width / heads,
    ]);
  const keys = parts.map((x) => g.transpose(project(x, 11), [0, 2, 3, 1]));
  const values = parts.map((x) => g.transpose(project(x, 12), [0, 2, 1, 3]));
  return parts.map((x) => {
    const query = g.transpose(project(g.mul(x, (width / heads) ** -0.5), 13), [0, 2, 1, 3]);
    const scores = keys.map((key) => g.matmul(query, key));
    const pattern = g.softmax(g.concat(scores, -1));
    const mixed = g.matmul(pattern, g.concat(values, 2));
    return g.linear(
      g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [x.shape[1]!, width]),
      constant(g, [width, width], 14),
    );
  });
}

function block(g: Graph, parts: readonly Value[], activate: (h: Value) => Value): readonly Value[] {
  const norm = (x: Value, seed: number) =>
    g.layerNorm(x, constant(g, [width], seed), constant(g, [width]), 1e-5);
  const attended = attention(
    g,
    parts.map((x) => norm(x, 15)),
  ).map((change, i) => g.add(parts[i]!, change));
  return attended.map((x) => {
    const hidden = activate(g.linear(norm(x, 16), constant(g, [2 * width, width], 17)));
    return g.add(x, g.linear(hidden, constant(g, [2 * width, width], 18), undefined, true));
  });
}

const gelu = (g: Graph, h: Value) => g.mul(g.mul(h, 0.5), g.add(g.erf(g.mul(h, Math.SQRT1_2)), g.scalar(1)));
const quickGelu = (g: Graph, h: Value) => g.mul(h, g.sigmoid(g.mul(h, 1.702)));

/** The wider the numbers of a token are spread, the less layer norm bends: differences need that. */
const spread = (g: Graph, x: Value) => g.add(x, g.mul(constant(g, [width], 20), 3));

const blocks: Readonly<Record<string, Case>> = {
  'all tokens in one part, GELU': {
    inputs: [[3, width]],
    build: (g, [x]) => block(g, [spread(g, x!)], (h) => gelu(g, h))[0]!,
  },
  'CLS and patches, QuickGELU, down to the unit embedding': {
    inputs: [
      [1, width],
      [2, width],
    ],
    build: (g, parts) => {
      const [cls] = block(
        g,
        parts.map((x) => spread(g, x)),
        (h) => quickGelu(g, h),
      );
      return g.normalize(g.linear(g.reshape(cls!, [width]), constant(g, [5, width], 19)));
    },
  },
};

describe.each(Object.entries({ ...cases, 'A transformer block': blocks }))('%s', (_op, variants) => {
  test.each(Object.entries(variants))('%s', (_name, variant) => checkDerivatives(variant));
});

describe('what has no derivative is refused', () => {
  const refused: Readonly<Record<string, Case>> = {
    'an operand broadcast along tokens': {
      inputs: [
        [1, 5],
        [4, 5],
      ],
      build: (g, [a, b]) => g.add(a!, b!),
    },
    'a factor broadcast along the width': {
      inputs: [
        [4, 1],
        [4, 5],
      ],
      build: (g, [a, b]) => g.mul(a!, b!),
    },
    'a left matrix broadcast along heads': {
      inputs: [
        [1, 3, 4],
        [2, 4, 5],
      ],
      build: (g, [a, b]) => g.matmul(a!, b!),
    },
    'a right matrix broadcast along heads': {
      inputs: [
        [1, 4, 5],
        [2, 3, 4],
      ],
      build: (g, [b, a]) => g.matmul(a!, b!),
    },
    'rows moved': { inputs: [[3, 4]], build: (g, [a]) => g.transpose(a!, [1, 0, 2]) },
    'rows taken apart': { inputs: [[3]], build: (g, [a]) => g.slice(a!, 0, 0, 1) },
    'rows joined': { inputs: [[3]], build: (g, [a]) => g.concat([a!, a!], 0) },
    'an op without rules': { inputs: [[3]], build: (g, [a]) => g.mul(g.relu(a!), a!) },
  };

  test.each(Object.entries(refused))('%s', (_name, { inputs, build }) => {
    const g = new Graph();
    const values = inputs.map((axes, i) => g.input(`x${i}`, 'float32', ['rows', ...axes]));
    const y = build(g, values);
    const source = values[0]!;
    const tangent = g.input('dx', 'float32', source.shape);
    expect(() => pullback(g, y, g.input('dy', 'float32', y.shape), [source])).toThrow('No derivative');
    expect(() => pushforward(g, y, new Map([[source, tangent]]))).toThrow('No derivative');
  });

  test('an operand of lower rank, whose leading axis is not rows', () => {
    const g = new Graph();
    const [x, positions] = [g.input('x', 'float32', ['rows', 4, 5]), g.input('positions', 'float32', [4, 5])];
    const y = g.sub(x, positions);
    expect(() => pullback(g, y, g.input('dy', 'float32', y.shape), [positions])).toThrow('No derivative');
  });

  test('a weight and a bias', () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 3]);
    const [weight, bias] = [g.input('weight', 'float32', [3, 3]), g.input('bias', 'float32', [3])];
    const dy = g.input('dy', 'float32', ['rows', 3]);
    for (const parameter of [weight, bias]) {
      expect(() => pullback(g, g.linear(x, weight, bias), dy, [x, parameter])).toThrow('No derivative');
    }
    expect(() => pullback(g, g.layerNorm(x, bias, bias, 1), dy, [bias])).toThrow('No derivative');
  });

  test('a slice of an axis whose length is not known, in reverse', () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['texts', 'length', 4]);
    const y = g.slice(x, 1, 0, 1);
    expect(() => pullback(g, y, g.input('dy', 'float32', y.shape), [x])).toThrow(
      'No derivative along axis 1',
    );
  });

  test('a cotangent or tangent of another shape', () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 4]);
    const wrong = g.input('d', 'float32', ['rows', 1]);
    expect(() => pullback(g, g.mul(x, 2), wrong, [x])).toThrow('cannot have shape [rows, 1]');
    expect(() => pushforward(g, g.mul(x, 2), new Map([[x, wrong]]))).toThrow('cannot have shape [rows, 1]');
  });
});

describe('the path from a source', () => {
  const g = new Graph();
  const [x, other] = [g.input('x', 'float32', ['rows', 4]), g.input('other', 'float32', ['rows', 4])];
  const dy = g.input('dy', 'float32', ['rows', 4]);

  test('a source that y does not depend on has no derivative, which is not an error', () => {
    const [dx, none] = pullback(g, g.mul(x, 2), dy, [x, other]);
    expect(dx).toBeDefined();
    expect(none).toBeUndefined();
    expect(() => pushforward(g, g.mul(x, 2), new Map([[other, dy]]))).toThrow('exactly zero');
  });

  test('ops without rules are fine beside it', () => {
    expect(pullback(g, g.mul(x, g.relu(other)), dy, [x])[0]).toBeDefined();
  });

  test('indices and comparisons are constant under a small step', () => {
    const chosen = g.cast(g.greater(x, g.scalar(0)), 'float32');
    expect(pullback(g, g.mul(x, chosen), dy, [x])[0]).toBeDefined();
  });

  test('a source computed from another is held', () => {
    const middle = g.mul(x, 2);
    const [dx, dmiddle] = pullback(g, g.add(x, middle), dy, [x, middle]);
    expect([dx, dmiddle]).toEqual([dy, dy]);
  });

  test('y itself may be the source', () => {
    expect(pullback(g, x, dy, [x])).toEqual([dy]);
    expect(pushforward(g, x, new Map([[x, dy]]))).toBe(dy);
  });
});
