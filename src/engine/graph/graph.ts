import {
  broadcast,
  isStatic,
  joinRows,
  resolveAxis,
  sameBeyondRows,
  show,
  staticSize,
  symbolsOf,
  totalLength,
  withAxis,
} from './shape';
import type { Dimension, Origin, Shape, StoredTensor, Value, ValueType } from './value';

/** A number is an integer; floats are marked, for ONNX tells them apart. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly type: ValueType };

export type OutputSpec = readonly [type: ValueType, shape: Shape];

export interface Node {
  readonly op: string;
  readonly name: string;
  /** Names of values; '' leaves an optional input out. */
  readonly inputs: readonly string[];
  /** Grows when a further output is asked for. */
  readonly outputs: string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant of the graph: a few bytes inside it, or a tensor that stays in its file. */
export type Initializer =
  | { readonly kind: 'inline'; readonly value: Value; readonly bytes: Uint8Array }
  | { readonly kind: 'stored'; readonly value: Value; readonly tensor: StoredTensor };

/** What a graph is made of: nodes in an order in which they can be computed. */
export interface GraphContent {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
}

/**
 * Builds an ONNX graph (opset 18), op by op, in the order of computation. Each op is a method that infers its
 * shape and throws where shapes cannot go together: a mistake in the model, not in what a person gave.
 */
export class Graph implements GraphContent {
  readonly nodes: Node[] = [];
  readonly initializers: Initializer[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: { readonly name: string; readonly value: Value }[] = [];
  private readonly scopes: string[] = [];
  private readonly known = new Map<string, Value>();
  private names = 0;

  input(name: string, type: ValueType, shape: Shape): Value {
    const value = { name, type, shape };
    this.inputs.push(value);
    return value;
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name, value });
  }

  /** Nodes made inside carry the scope's name: `block3/Gemm_42`. */
  scope<T>(name: string, build: () => T): T {
    this.scopes.push(name);
    try {
      return build();
    } finally {
      this.scopes.pop();
    }
  }

  /** A tensor that stays in its file, as it is there. */
  stored(tensor: StoredTensor): Value {
    const { file, offset, length, type, shape } = tensor;
    return this.once(`stored ${file} ${offset} ${length} ${type} ${shape}`, () => {
      const value = { name: this.unusedName('weight'), type, shape };
      this.initializers.push({ kind: 'stored', value, tensor });
      return value;
    });
  }

  /** A tensor that stays in its file; half precision is widened to float32 (once, when a session is made). */
  weight(tensor: StoredTensor): Value {
    const value = this.stored(tensor);
    return this.once(`weight ${value.name}`, () => this.toFloat32(value));
  }

  constant(data: Float32Array, shape: readonly number[]): Value {
    if (data.length !== staticSize(shape))
      throw new Error(`${data.length} numbers do not fill ${show(shape)}.`);
    return this.inline('float32', shape, data);
  }

  scalar(x: number): Value {
    return this.once(`scalar ${x}`, () => this.inline('float32', [], Float32Array.of(x)));
  }

  /** A list of int64. */
  ints(data: readonly number[]): Value {
    return this.once(`ints ${data}`, () =>
      this.inline(
        'int64',
        [data.length],
        BigInt64Array.from(data, (x) => BigInt(x)),
      ),
    );
  }

  // Differentiable ops: each has one pullback and one pushforward rule in rules.ts.

  add(a: Value, b: Value): Value {
    return this.record(this.binary('Add', a, b), { op: 'Add', inputs: [a, b] });
  }

  sub(a: Value, b: Value): Value {
    return this.record(this.binary('Sub', a, b), { op: 'Sub', inputs: [a, b] });
  }

  mul(a: Value, b: Value | number): Value {
    const factor = typeof b === 'number' ? this.scalar(b) : b;
    return this.record(this.binary('Mul', a, factor), { op: 'Mul', inputs: [a, factor] });
  }

  /**
   * x·Wᵀ + b over the last axis, W [out, in] as PyTorch keeps it; x·W + b with W [in, out] if `transposed`.
   * @param x [rows, ..., in]; axes between the first and the last may be symbols.
   */
  linear(x: Value, weight: Value, bias?: Value, transposed = false): Value {
    this.expectRank('linear', x, 2);
    const [rows, columns] = weight.shape;
    const [outputs, inputs] = transposed ? [columns, rows] : [rows, columns];
    if (
      weight.shape.length !== 2 ||
      outputs === undefined ||
      inputs === undefined ||
      x.shape.at(-1) !== inputs
    ) {
      throw new Error(`linear: weight ${show(weight.shape)} does not go with ${show(x.shape)}.`);
    }
    if (bias) this.expectVector('linear', bias, outputs);
    const shape = [...x.shape.slice(0, -1), outputs];
    const flat = x.shape.length === 2 ? x : this.flattened(x, inputs);
    const parameters = bias ? [weight, bias] : [weight];
    const product = this.one('Gemm', [flat, ...parameters], { transB: transposed ? 0 : 1 }, [
      flat.shape[0]!,
      outputs,
    ]);
    const result = x.shape.length === 2 ? product : this.unflattened(product, x, shape);
    return this.record(result, { op: 'Linear', inputs: [x], parameters, weight, transposed });
  }

  /** Over the last two axes; the axes before them broadcast. */
  matmul(a: Value, b: Value): Value {
    this.expectRank('matmul', a, 2);
    this.expectRank('matmul', b, 2);
    if (a.shape.at(-1) !== b.shape.at(-2)) {
      throw new Error(`matmul: ${show(a.shape)} does not go with ${show(b.shape)}.`);
    }
    const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (a.type !== b.type) throw new Error(`matmul: ${a.type} does not go with ${b.type}.`);
    const product = this.one('MatMul', [a, b], {}, [...batch, a.shape.at(-2)!, b.shape.at(-1)!], a.type);
    return this.record(product, { op: 'MatMul', inputs: [a, b] });
  }

  /** Over the last axis. */
  softmax(a: Value): Value {
    this.expectRank('softmax', a, 2);
    return this.record(this.one('Softmax', [a], { axis: -1 }, a.shape), { op: 'Softmax', inputs: [a] });
  }

  /** (x − mean)/√(variance + ε)·weight + bias over the last axis; weight and bias [width]. */
  layerNorm(x: Value, weight: Value, bias: Value | undefined, epsilon: number): Value {
    this.expectRank('layerNorm', x, 2);
    this.expectVector('layerNorm', weight, x.shape.at(-1)!);
    if (bias) this.expectVector('layerNorm', bias, x.shape.at(-1)!);
    const parameters = bias ? [weight, bias] : [weight];
    const inputs = [x, ...parameters];
    const node = this.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } });
    const y = this.result(node, inputs, ['float32', x.shape]);
    const statistic: OutputSpec = ['float32', withAxis(x.shape, x.shape.length - 1, 1)];
    let asked: { readonly mean: Value; readonly inverseDeviation: Value } | undefined;
    const statistics = () => {
      asked ??= {
        mean: this.result(node, inputs, statistic),
        inverseDeviation: this.result(node, inputs, statistic),
      };
      return asked;
    };
    return this.record(y, { op: 'LayerNorm', inputs: [x], parameters, weight, statistics });
  }

  sigmoid(a: Value): Value {
    return this.record(this.one('Sigmoid', [a], {}, a.shape), { op: 'Sigmoid', inputs: [a] });
  }

  tanh(a: Value): Value {
    return this.record(this.one('Tanh', [a], {}, a.shape), { op: 'Tanh', inputs: [a] });
  }

  erf(a: Value): Value {
    return this.record(this.one('Erf', [a], {}, a.shape), { op: 'Erf', inputs: [a] });
  }

  /** The leading axis stays; the others become `rest`, with at most one symbol: the old one or a new name. */
  reshape(a: Value, rest: Shape): Value {
    const shape = [a.shape[0]!, ...rest];
    const [before, after] = [symbolsOf(a.shape.slice(1)), symbolsOf(rest)];
    const named = after.some((symbol) => !before.includes(symbol));
    const fits = before.join() === after.join() && staticSize(a.shape.slice(1)) === staticSize(rest);
    if (a.shape.length === 0 || after.length > 1 || !(named || fits)) {
      throw new Error(`reshape: ${show(a.shape)} cannot become ${show(shape)}.`);
    }
    const target = this.ints([
      0,
      ...rest.map((dimension) => (typeof dimension === 'string' ? -1 : dimension)),
    ]);
    return this.record(this.reshapeTo(a, target, shape), { op: 'Reshape', inputs: [a] });
  }

  transpose(a: Value, permutation: readonly number[]): Value {
    if (permutation.length !== a.shape.length || new Set(permutation).size !== a.shape.length) {
      throw new Error(`transpose: [${permutation}] does not permute the axes of ${show(a.shape)}.`);
    }
    const shape = permutation.map((axis) => a.shape[axis]!);
    const result = this.one('Transpose', [a], { perm: permutation }, shape, a.type);
    return this.record(result, { op: 'Transpose', inputs: [a], permutation });
  }

  /** From `start` up to, not including, `end`. An axis that is a symbol must be at least `end` long at run time. */
  slice(a: Value, axis: number, start: number, end: number): Value {
    const at = resolveAxis(axis, a.shape);
    const length = a.shape[at]!;
    if (start < 0 || end <= start || (typeof length === 'number' && end > length)) {
      throw new Error(`slice: ${start} to ${end} is not within axis ${axis} of ${show(a.shape)}.`);
    }
    const bounds = [this.ints([start]), this.ints([end]), this.ints([at])];
    const result = this.one('Slice', [a, ...bounds], {}, withAxis(a.shape, at, end - start), a.type);
    return this.record(result, { op: 'Slice', inputs: [a], axis: at, start, end });
  }

  /** Zeros before and after, along one axis of known size. */
  pad(a: Value, axis: number, before: number, after: number): Value {
    const at = resolveAxis(axis, a.shape);
    const length = a.shape[at];
    if (typeof length !== 'number') throw new Error(`pad: axis ${axis} of ${show(a.shape)} is a symbol.`);
    // For every axis, though the op could be told which one is meant: onnxruntime 1.30, where it moves a transposition
    // through a Pad for a GPU, takes them for amounts of all.
    const only = (amount: number) => a.shape.map((_, i) => (i === at ? amount : 0));
    const amounts = this.ints([...only(before), ...only(after)]);
    const shape = withAxis(a.shape, at, before + length + after);
    const result = this.one('Pad', [a, amounts], {}, shape, a.type);
    return this.record(result, { op: 'Pad', inputs: [a], axis: at, before });
  }

  /** Parts with 1 row and parts with n rows may be joined: rows broadcast here as they do everywhere. */
  concat(parts: readonly Value[], axis: number): Value {
    const [first, ...others] = parts;
    if (!first) throw new Error('concat: no parts.');
    if (others.length === 0) return first;
    const at = resolveAxis(axis, first.shape);
    const open = (part: Value) => withAxis(part.shape, at, 1);
    const rows = parts.map((part) => part.shape[0]!).reduce(joinRows);
    for (const part of others) {
      if (part.type !== first.type || !sameBeyondRows(open(part), open(first))) {
        throw new Error(
          `concat: ${show(part.shape)} does not go with ${show(first.shape)} along axis ${axis}.`,
        );
      }
    }
    const aligned = at === 0 ? parts : this.alignRows(parts);
    const total = totalLength(parts.map((part) => part.shape[at]!));
    const shape =
      at === 0 ? withAxis(first.shape, 0, total) : withAxis([rows, ...first.shape.slice(1)], at, total);
    return this.record(this.one('Concat', aligned, { axis: at }, shape, first.type), {
      op: 'Concat',
      inputs: parts,
      axis: at,
    });
  }

  /**
   * v/(scale·‖v‖ + ε) over the last axis, v less its mean where `centred`. With the scale 1/√(width − 1), centred, this
   * divides by the standard deviation plus ε.
   */
  normalize(
    v: Value,
    {
      centred = false,
      scale = 1,
      epsilon = 0,
    }: { readonly centred?: boolean; readonly scale?: number; readonly epsilon?: number } = {},
  ): Value {
    this.expectRank('normalize', v, 2);
    const moved = centred ? this.sub(v, this.mean(v)) : v;
    const norm = this.reduceLast('ReduceL2', moved);
    const scaled = scale === 1 ? norm : this.mul(norm, scale);
    const divisor = epsilon === 0 ? scaled : this.add(scaled, this.scalar(epsilon));
    const result = this.div(moved, divisor);
    const unit = divisor === norm ? result : this.div(moved, norm);
    return this.record(result, { op: 'Normalize', inputs: [v], centred, scale, unit, divisor });
  }

  /** Over the last axis, which stays with size 1. */
  sum(a: Value): Value {
    this.expectRank('sum', a, 2);
    return this.record(this.reduceLast('ReduceSum', a), { op: 'Sum', inputs: [a] });
  }

  // Ops without a derivative: pullback and pushforward refuse to pass through them.

  div(a: Value, b: Value): Value {
    return this.binary('Div', a, b);
  }

  exp(a: Value): Value {
    return this.one('Exp', [a], {}, a.shape);
  }

  relu(a: Value): Value {
    return this.one('Relu', [a], {}, a.shape);
  }

  /** Over the last axis, which stays with size 1. */
  mean(a: Value): Value {
    return this.reduceLast('ReduceMean', a);
  }

  /** Over one axis, which goes. */
  reduceSum(a: Value, axis: number): Value {
    const at = resolveAxis(axis, a.shape);
    const shape = a.shape.filter((_, i) => i !== at);
    return this.one('ReduceSum', [a, this.ints([at])], { keepdims: 0 }, shape, a.type);
  }

  /** Over one axis, which stays with size 1. */
  reduceMax(a: Value, axis: number): Value {
    const at = resolveAxis(axis, a.shape);
    return this.one('ReduceMax', [a, this.ints([at])], { keepdims: 1 }, withAxis(a.shape, at, 1), a.type);
  }

  /** Slices of `data` along `axis`; the axes of `indices` take that axis's place. */
  gather(data: Value, indices: Value, axis = 0): Value {
    const at = resolveAxis(axis, data.shape);
    const shape = [...data.shape.slice(0, at), ...indices.shape, ...data.shape.slice(at + 1)];
    return this.one('Gather', [data, indices], { axis: at }, shape, data.type);
  }

  /** The elements of `data` at `indices` [n, rank of data], int64: [n]. */
  gatherND(data: Value, indices: Value): Value {
    return this.one('GatherND', [data, indices], {}, [indices.shape[0]!], data.type);
  }

  /** Along the last axis, of each row the elements at its row of `indices`. */
  gatherElements(data: Value, indices: Value): Value {
    return this.one('GatherElements', [data, indices], { axis: -1 }, indices.shape, data.type);
  }

  /** Half precision widened to float32; float32 as it is. */
  toFloat32(a: Value): Value {
    return a.type === 'float32' ? a : this.cast(a, 'float32');
  }

  cast(a: Value, type: ValueType): Value {
    return this.one('Cast', [a], { to: { type } }, a.shape, type);
  }

  /**
   * @param pixels [rows, channels, height, width]
   * @param weight [out, channels, height, width], not dilated; bias [out]
   */
  conv(
    pixels: Value,
    weight: Value,
    { stride, bias }: { readonly stride: number; readonly bias?: Value | undefined },
  ): Value {
    const [rows, channels] = pixels.shape;
    const [outputs, weightChannels] = weight.shape;
    const size: Shape = pixels.shape.slice(2);
    const kernel: Shape = weight.shape.slice(2);
    if (
      rows === undefined ||
      outputs === undefined ||
      channels !== weightChannels ||
      size.length !== kernel.length ||
      !isStatic(size) ||
      !isStatic(kernel) ||
      size.some((length, i) => length < kernel[i]!)
    ) {
      throw new Error(`conv: weight ${show(weight.shape)} does not go with ${show(pixels.shape)}.`);
    }
    const grid = size.map((length, i) => Math.floor((length - kernel[i]!) / stride) + 1);
    const attributes = { kernel_shape: kernel, strides: kernel.map(() => stride) };
    if (bias) this.expectVector('conv', bias, outputs);
    const operands = bias ? [pixels, weight, bias] : [pixels, weight];
    return this.one('Conv', operands, attributes, [rows, outputs, ...grid]);
  }

  /** The k largest of the last axis, in no order, and where they are (int32). */
  topK(a: Value, k: number): readonly [values: Value, indices: Value] {
    const axis = a.shape.length - 1;
    const length = a.shape[axis];
    if (k < 1 || (typeof length === 'number' && k > length)) {
      throw new Error(`topK: ${show(a.shape)} does not have ${k} elements in its last axis.`);
    }
    const shape = withAxis(a.shape, axis, k);
    const [values, indices] = this.emit('TopK', [a, this.ints([k])], { axis: -1, sorted: 0 }, [
      ['float32', shape],
      ['int64', shape],
    ]);
    return [values, this.cast(indices, 'int32')];
  }

  /** a > b, element by element. */
  greater(a: Value, b: Value): Value {
    return this.binary('Greater', a, b, 'bool');
  }

  /** Where a bool or number is not zero: int64 [rank, n], n named by `symbol`. */
  nonZero(a: Value, symbol = 'nonzero'): Value {
    return this.one('NonZero', [a], {}, [a.shape.length, symbol], 'int64');
  }

  /** The sizes of axes `start` up to `end`, as int64. */
  shapeOf(a: Value, start = 0, end = a.shape.length): Value {
    return this.one('Shape', [a], { start, end }, [end - start], 'int64');
  }

  /** ONNX Reshape to sizes known at run time; `shape` says what they will be. */
  reshapeTo(a: Value, target: Value, shape: Shape): Value {
    return this.one('Reshape', [a, target], {}, shape, a.type);
  }

  /** ONNX Expand: broadcasts with `target`, sizes known at run time; `shape` says what the result will be. */
  expand(a: Value, target: Value, shape: Shape): Value {
    return this.one('Expand', [a, target], {}, shape, a.type);
  }

  /** [rows, tokens, width] → [rows·tokens, width]. */
  flattenTokens(a: Value): Value {
    return this.flattened(a, a.shape.at(-1)!);
  }

  zerosLike(a: Value): Value {
    return this.one('ConstantOfShape', [this.shapeOf(a)], {}, a.shape);
  }

  /** Any ONNX node. `shape`s of outputs are believed, so state them rightly. */
  emit<const O extends readonly OutputSpec[]>(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: O,
  ): { -readonly [I in keyof O]: Value } {
    const node = this.node(op, inputs, attributes);
    const values = outputs.map((spec) => this.result(node, inputs, spec));
    // `map` forgets that a tuple keeps its length.
    return values as { -readonly [I in keyof O]: Value };
  }

  private node(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, Attribute>>,
  ): Node {
    const names = inputs.map((input) => input?.name ?? '');
    const node = { op, name: this.unusedName(op), inputs: names, outputs: [], attributes };
    this.nodes.push(node);
    return node;
  }

  /** One more output of a node. */
  private result(node: Node, inputs: readonly (Value | undefined)[], [type, shape]: OutputSpec): Value {
    const name = node.outputs.length === 0 ? node.name : `${node.name}:${node.outputs.length}`;
    node.outputs.push(name);
    const operands = inputs.filter((input) => input !== undefined);
    return { name, type, shape, origin: { op: 'Opaque', node: node.name, inputs: operands } };
  }

  private one(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, Attribute>>,
    shape: Shape,
    type: ValueType = 'float32',
  ): Value {
    const [value] = this.emit(op, inputs, attributes, [[type, shape]]);
    return value;
  }

  private binary(op: string, a: Value, b: Value, type: ValueType = a.type): Value {
    if (a.type !== b.type) throw new Error(`${op}: ${a.type} does not go with ${b.type}.`);
    return this.one(op, [a, b], {}, broadcast(a.shape, b.shape), type);
  }

  private reduceLast(op: string, a: Value): Value {
    const shape = withAxis(a.shape, a.shape.length - 1, 1);
    return this.one(op, [a, this.ints([-1])], { keepdims: 1 }, shape);
  }

  /** The value of an op above ONNX's: its nodes, however many, are one step for derivatives. */
  private record(value: Value, origin: Origin): Value {
    return { ...value, origin };
  }

  private inline(type: ValueType, shape: readonly number[], data: Float32Array | BigInt64Array): Value {
    const value = { name: this.unusedName('constant'), type, shape };
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push({ kind: 'inline', value, bytes });
    return value;
  }

  /** [rows, ..., width] → [rows·…, width] */
  private flattened(x: Value, width: Dimension): Value {
    if (typeof width !== 'number') throw new Error(`linear: the last axis of ${show(x.shape)} is a symbol.`);
    return this.reshapeTo(x, this.ints([-1, width]), [x.shape.slice(0, -1).join('*'), width]);
  }

  /** Back to the axes of `like`, with another width; axes known only at run time are read off `like`. */
  private unflattened(flat: Value, like: Value, shape: Shape): Value {
    const [, ...rest] = shape;
    const target = isStatic(rest)
      ? this.ints([-1, ...rest])
      : this.concat([this.shapeOf(like, 0, -1 + shape.length), this.shapeOf(flat, 1, 2)], 0);
    return this.reshapeTo(flat, target, shape);
  }

  /** Gives parts of different rows the same number, 1 against n being decided at run time. */
  private alignRows(parts: readonly Value[]): readonly Value[] {
    const rows = [...new Set(parts.map((part) => part.shape[0]!))];
    return parts.map((part) =>
      rows
        .filter((other) => other !== 1 && other !== part.shape[0])
        .map((other) => parts.find((candidate) => candidate.shape[0] === other)!)
        .reduce((aligned, other) => {
          const ones = this.ints(aligned.shape.slice(1).map(() => 1));
          const target = this.concat([this.shapeOf(other, 0, 1), ones], 0);
          return this.expand(aligned, target, [
            joinRows(aligned.shape[0]!, other.shape[0]!),
            ...aligned.shape.slice(1),
          ]);
        }, part),
    );
  }

  private expectRank(op: string, a: Value, least: number): void {
    if (a.shape.length < least) throw new Error(`${op}: ${show(a.shape)} has fewer than ${least} axes.`);
  }

  private expectVector(op: string, a: Value, length: Dimension): void {
    if (a.shape.length === 1 && a.shape[0] === length) return;
    throw new Error(`${op}: ${show(a.shape)} should be ${show([length])}.`);
  }

  private unusedName(kind: string): string {
    const name = [...this.scopes, `${kind}_${this.names}`].join('/');
    this.names += 1;
    return name;
  }

  private once(key: string, make: () => Value): Value {
    const found = this.known.get(key) ?? make();
    this.known.set(key, found);
    return found;
  }
}
