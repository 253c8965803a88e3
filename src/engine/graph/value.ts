/** A size, or the name of one that is only known at run time ('images', 'prompts', 'length'). */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

export type ElementType = 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'bool' | 'uint8';
/** Weights are never of float64; what is computed from them elsewhere, for statistics, may be. */
export type ValueType = ElementType | 'float64';

/** A tensor that lies in a file: little-endian, row-major, contiguous. */
export interface StoredTensor {
  /** Absolute real path, links resolved. */
  readonly file: string;
  /** In bytes, from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** Whether something found in plain data is one. */
export function isStored(value: unknown): value is StoredTensor {
  return typeof value === 'object' && value !== null && 'offset' in value && 'shape' in value;
}

/**
 * A tensor of the graph. The leading axis of every activation is *rows* (images, prompts or directions): no
 * differentiable op reduces it, and 1 row broadcasts against n at run time. Values are compared by identity.
 */
export interface Value {
  readonly name: string;
  readonly type: ValueType;
  readonly shape: Shape;
  /** How it was computed; absent for inputs, weights and constants. */
  readonly origin?: Origin | Opaque;
}

/**
 * The differentiable ops, a level above ONNX, each with what its derivative needs. `inputs` are the operands that
 * derivatives flow through, `parameters` those that they do not (and must not be asked for).
 */
export interface Operations {
  readonly Add: { readonly inputs: readonly [Value, Value] };
  readonly Sub: { readonly inputs: readonly [Value, Value] };
  readonly Mul: { readonly inputs: readonly [Value, Value] };
  readonly Linear: {
    readonly inputs: readonly [Value];
    readonly parameters: readonly Value[];
    readonly weight: Value;
    readonly transposed: boolean;
  };
  readonly MatMul: { readonly inputs: readonly [Value, Value] };
  readonly Softmax: { readonly inputs: readonly [Value] };
  readonly LayerNorm: {
    readonly inputs: readonly [Value];
    readonly parameters: readonly Value[];
    readonly weight: Value;
    /** Asks the node for its two further outputs, [..., 1] each: nobody computes them otherwise. */
    readonly statistics: () => { readonly mean: Value; readonly inverseDeviation: Value };
  };
  readonly Sigmoid: { readonly inputs: readonly [Value] };
  readonly Tanh: { readonly inputs: readonly [Value] };
  readonly Erf: { readonly inputs: readonly [Value] };
  readonly Reshape: { readonly inputs: readonly [Value] };
  readonly Transpose: { readonly inputs: readonly [Value]; readonly permutation: readonly number[] };
  readonly Slice: {
    readonly inputs: readonly [Value];
    readonly axis: number;
    readonly start: number;
    readonly end: number;
  };
  readonly Concat: { readonly inputs: readonly Value[]; readonly axis: number };
  readonly Pad: { readonly inputs: readonly [Value]; readonly axis: number; readonly before: number };
  readonly Normalize: {
    readonly inputs: readonly [Value];
    readonly centred: boolean;
    /** What the length is multiplied by in the divisor. */
    readonly scale: number;
    /** v/‖v‖ of what was divided, and what it was divided by. */
    readonly unit: Value;
    readonly divisor: Value;
  };
  readonly Sum: { readonly inputs: readonly [Value] };
}
export type DifferentiableOp = keyof Operations;

/** One application of a differentiable op; without an argument, the union of all of them. */
export type Origin<K extends DifferentiableOp = DifferentiableOp> = {
  [P in K]: { readonly op: P } & Operations[P];
}[K];

/** An ONNX node that has no derivative here. */
export interface Opaque {
  readonly op: 'Opaque';
  readonly node: string;
  readonly inputs: readonly Value[];
}
