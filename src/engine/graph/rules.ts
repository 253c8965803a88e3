import type { Graph } from './graph';
import { broadcast, sameBeyondRows, show } from './shape';
import type { DifferentiableOp, Operations, Origin, Value } from './value';

/** One cotangent for each input, as thunks: what nobody asks for is never built. */
type Cotangents<I extends readonly Value[]> = { readonly [P in keyof I]: () => Value };

/** A tangent for each input that has one. A rule is only applied where at least one has. */
export type Tangents<I extends readonly Value[]> = I extends readonly [Value]
  ? readonly [Value]
  : { readonly [P in keyof I]: Value | undefined };

/** Row by row, Jᵀ·dy: `dy` has the result's shape `y`, with 1 row or n. */
export type Pullback<K extends DifferentiableOp> = (
  g: Graph,
  dy: Value,
  node: Origin<K>,
  y: Value,
) => Cotangents<Operations[K]['inputs']>;

/** Row by row, J·dx. */
export type Pushforward<K extends DifferentiableOp> = (
  g: Graph,
  dx: Tangents<Operations[K]['inputs']>,
  node: Origin<K>,
  y: Value,
) => Value;

export const pullbacks: { readonly [K in DifferentiableOp]: Pullback<K> } = {
  Add: (_g, dy, { inputs: [a, b] }, y) => [() => fits(a, y, dy), () => fits(b, y, dy)],
  Sub: (g, dy, { inputs: [a, b] }, y) => [() => fits(a, y, dy), () => g.mul(fits(b, y, dy), -1)],
  Mul: (g, dy, { inputs: [a, b] }, y) => [() => g.mul(fits(a, y, dy), b), () => g.mul(fits(b, y, dy), a)],
  Linear: (g, dy, { weight, transposed }) => [() => g.linear(dy, weight, undefined, !transposed)],
  MatMul: (g, dy, { inputs: [a, b] }, y) => [
    () => g.matmul(leftOperand(a, y, dy), swapLastAxes(g, b)),
    () => g.matmul(swapLastAxes(g, a), rightOperand(b, y, dy)),
  ],
  Softmax: (g, dy, _node, y) => [() => softmaxJacobianTimes(g, y, dy)],
  LayerNorm: (g, dy, node) => [() => standardizeJacobianTimes(g, node, g.mul(dy, node.weight))],
  Sigmoid: (g, dy, _node, y) => [() => sigmoidSlopeTimes(g, y, dy)],
  Tanh: (g, dy, _node, y) => [() => tanhSlopeTimes(g, y, dy)],
  Erf: (g, dy, { inputs: [x] }) => [() => erfSlopeTimes(g, x, dy)],
  Reshape: (g, dy, { inputs: [x] }) => [() => g.reshape(dy, x.shape.slice(1))],
  Transpose: (g, dy, { permutation }) => [() => g.transpose(dy, inverse(keepsRows(permutation)))],
  Slice: (g, dy, { inputs: [x], axis, start, end }) => [
    () => g.pad(dy, notRows(axis), start, knownLength(x, axis) - end),
  ],
  Concat: (g, dy, { inputs, axis }) => {
    const starts = offsets(inputs, notRows(axis));
    return inputs.map((_part, i) => () => g.slice(dy, axis, starts[i]!, starts[i + 1]!));
  },
  Pad: (g, dy, { inputs: [x], axis, before }) => [
    () => g.slice(dy, notRows(axis), before, before + knownLength(x, axis)),
  ],
  Normalize: (g, dy, node, y) => [() => normalizeJacobianTimes(g, y, node, dy)],
  Sum: (g, dy, { inputs: [x] }) => [() => g.expand(dy, g.shapeOf(x), broadcast(dy.shape, x.shape))],
};

export const pushforwards: { readonly [K in DifferentiableOp]: Pushforward<K> } = {
  Add: (g, [da, db], { inputs: [a, b] }, y) => total(g, da && fits(a, y, da), db && fits(b, y, db)),
  Sub: (g, [da, db], { inputs: [a, b] }, y) =>
    total(g, da && fits(a, y, da), db && g.mul(fits(b, y, db), -1)),
  Mul: (g, [da, db], { inputs: [a, b] }, y) =>
    total(g, da && g.mul(fits(a, y, da), b), db && g.mul(fits(b, y, db), a)),
  Linear: (g, [dx], { weight, transposed }) => g.linear(dx, weight, undefined, transposed),
  MatMul: (g, [da, db], { inputs: [a, b] }, y) =>
    total(g, da && g.matmul(leftOperand(a, y, da), b), db && g.matmul(a, rightOperand(b, y, db))),
  Softmax: (g, [dx], _node, y) => softmaxJacobianTimes(g, y, dx),
  LayerNorm: (g, [dx], node) => g.mul(standardizeJacobianTimes(g, node, dx), node.weight),
  Sigmoid: (g, [dx], _node, y) => sigmoidSlopeTimes(g, y, dx),
  Tanh: (g, [dx], _node, y) => tanhSlopeTimes(g, y, dx),
  Erf: (g, [dx], { inputs: [x] }) => erfSlopeTimes(g, x, dx),
  Reshape: (g, [dx], _node, y) => g.reshape(dx, y.shape.slice(1)),
  Transpose: (g, [dx], { permutation }) => g.transpose(dx, keepsRows(permutation)),
  Slice: (g, [dx], { axis, start, end }) => g.slice(dx, notRows(axis), start, end),
  Concat: (g, dxs, { inputs, axis }) =>
    g.concat(
      inputs.map((part, i) => dxs[i] ?? g.zerosLike(part)),
      notRows(axis),
    ),
  Pad: (g, [dx], { inputs: [x], axis, before }, y) =>
    g.pad(dx, notRows(axis), before, knownLength(y, axis) - knownLength(x, axis) - before),
  Normalize: (g, [dx], node, y) => normalizeJacobianTimes(g, y, node, dx),
  Sum: (g, [dx]) => g.sum(dx),
};

// The Jacobians of softmax, standardisation and normalisation are symmetric: one function serves both modes.

/** (diag(y) − y·yᵀ)·d */
function softmaxJacobianTimes(g: Graph, y: Value, d: Value): Value {
  const weighted = g.mul(d, y);
  return g.sub(weighted, g.mul(y, g.sum(weighted)));
}

/** (I − 11ᵀ/D − x̂·x̂ᵀ/D)·d/σ with x̂ = (x − mean)/σ: layer norm's Jacobian without its weight. */
function standardizeJacobianTimes(
  g: Graph,
  { inputs: [x], statistics }: Origin<'LayerNorm'>,
  d: Value,
): Value {
  const { mean, inverseDeviation } = statistics();
  const standardized = g.mul(g.sub(x, mean), inverseDeviation);
  const centred = g.sub(d, g.mean(d));
  const along = g.mul(standardized, g.mean(g.mul(d, standardized)));
  return g.mul(g.sub(centred, along), inverseDeviation);
}

/** (I − s·y·v̂ᵀ)·d/divisor, with v̂ = v/‖v‖ and s the scale in the divisor; of a centred v, d is centred first. */
function normalizeJacobianTimes(
  g: Graph,
  y: Value,
  { centred, scale, unit, divisor }: Origin<'Normalize'>,
  d: Value,
): Value {
  const moved = centred ? g.sub(d, g.mean(d)) : d;
  const along = g.mul(y, g.sum(g.mul(unit, moved)));
  return g.div(g.sub(moved, scale === 1 ? along : g.mul(along, scale)), divisor);
}

/** y·(1 − y)·d */
function sigmoidSlopeTimes(g: Graph, y: Value, d: Value): Value {
  return g.mul(d, g.mul(y, g.sub(g.scalar(1), y)));
}

/** (1 − y²)·d */
function tanhSlopeTimes(g: Graph, y: Value, d: Value): Value {
  return g.mul(d, g.sub(g.scalar(1), g.mul(y, y)));
}

/** 2/√π·exp(−x²)·d */
function erfSlopeTimes(g: Graph, x: Value, d: Value): Value {
  return g.mul(d, g.mul(g.exp(g.mul(g.mul(x, x), -1)), 2 / Math.sqrt(Math.PI)));
}

function total(g: Graph, a: Value | undefined, b: Value | undefined): Value {
  const sum = a && b ? g.add(a, b) : (a ?? b);
  if (!sum) throw new Error('A pushforward rule was applied where no input has a tangent.');
  return sum;
}

function swapLastAxes(g: Graph, a: Value): Value {
  const last = a.shape.length - 1;
  const permutation = a.shape.map((_, axis) => (axis < last - 1 ? axis : 2 * last - 1 - axis));
  return g.transpose(a, permutation);
}

const inverse = (permutation: readonly number[]) => permutation.map((_, axis) => permutation.indexOf(axis));

/** Where each part begins, and where the last one ends. */
function offsets(parts: readonly Value[], axis: number): number[] {
  const starts = [0];
  for (const part of parts) starts.push(starts.at(-1)! + knownLength(part, axis));
  return starts;
}

// What a rule cannot do it refuses: a gradient of the wrong shape would be a wrong number.

/** `d`, if the operand has the result's shape: an operand broadcast along anything but rows needs a sum over it. */
function fits(operand: Value, y: Value, d: Value): Value {
  if (sameBeyondRows(operand.shape, y.shape)) return d;
  throw new Error(`No derivative for ${show(operand.shape)}, which was broadcast to ${show(y.shape)}.`);
}

/** `d`, if no axis before the matrices but rows was broadcast. */
function leftOperand(a: Value, y: Value, d: Value): Value {
  if (sameBeyondRows(a.shape.slice(0, -1), y.shape.slice(0, -1))) return d;
  throw new Error(`No derivative for ${show(a.shape)}, which was broadcast to give ${show(y.shape)}.`);
}

/** As for the left one; and its leading axis must be rows, not the one that the product sums over. */
function rightOperand(b: Value, y: Value, d: Value): Value {
  if (b.shape.length > 2 && sameBeyondRows(b.shape.slice(0, -2), y.shape.slice(0, -2))) return d;
  throw new Error(`No derivative for ${show(b.shape)}, which was broadcast to give ${show(y.shape)}.`);
}

function notRows(axis: number): number {
  if (axis === 0) throw new Error('No derivative for taking rows apart or joining them.');
  return axis;
}

function keepsRows(permutation: readonly number[]): readonly number[] {
  if (permutation[0] === 0) return permutation;
  throw new Error(`No derivative for the transposition [${permutation}]: it moves the rows.`);
}

function knownLength(a: Value, axis: number): number {
  const length = a.shape[axis];
  if (typeof length === 'number') return length;
  throw new Error(
    `No derivative along axis ${axis} of ${show(a.shape)}: its length is only known at run time.`,
  );
}
