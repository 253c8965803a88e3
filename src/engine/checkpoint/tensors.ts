import { ClipsightError } from '../../shared/errors';
import type { ElementType, StoredTensor } from '../graph/value';
import { type FileOwner, readAt, withFile } from './files';

/** The named tensors of a file of weights, or of an index that names several. */
export interface TensorFile {
  /** The path as it was asked for, for people; the tensors carry the real path. */
  readonly path: string;
  readonly owner: FileOwner;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Names of tensors that nothing here computes with, to their type or layout. Refused when demanded. */
  readonly unsupported: ReadonlyMap<string, string>;
  /** Those of the unsupported that narrow.ts makes float32, if there are any. */
  readonly wide?: ReadonlyMap<string, WideTensor>;
  /**
   * Matrices that lie column by column: here as their transposes, which lie row by row. A format that knows no such
   * layout leaves it out.
   */
  readonly columns?: ReadonlyMap<string, StoredTensor>;
}

/** A tensor of a type that is not computed with, but can be narrowed to one: little-endian, row-major. */
export interface WideTensor extends Omit<StoredTensor, 'type'> {
  readonly type: 'float64';
}

/** A matrix of a file. */
export interface StoredMatrix {
  readonly stored: StoredTensor;
  /** What is stored is the transpose of the matrix that was asked for. */
  readonly transposed: boolean;
}

export const bytesPerElement: { readonly [T in ElementType]: number } = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  bool: 1,
  uint8: 1,
};

export function tensorNames({ tensors, unsupported, columns }: TensorFile): readonly string[] {
  return [...tensors.keys(), ...(columns?.keys() ?? []), ...unsupported.keys()];
}

/** The shape of a tensor as whoever saved it saw it; undefined where there is none, or of an unsupported one. */
export function shapeOf({ tensors, columns }: TensorFile, name: string): readonly number[] | undefined {
  return tensors.get(name)?.shape ?? columns?.get(name)?.shape.toReversed();
}

/** The floating-point matrix `name`, which must have exactly this shape, row by row or column by column. */
export function demandMatrix(
  source: TensorFile,
  name: string,
  shape: readonly [rows: number, columns: number],
): StoredMatrix {
  const column = source.columns?.get(name);
  if (column === undefined) return { stored: demand(source, name, shape), transposed: false };
  const { path, owner } = source;
  const tensors = new Map([[name, { ...column, shape: column.shape.toReversed() }]]);
  demand({ path, owner, tensors, unsupported: new Map() }, name, shape);
  return { stored: column, transposed: true };
}

/** The floating-point tensor `name`, which must have exactly this shape. */
export function demand(source: TensorFile, name: string, shape: readonly number[]): StoredTensor {
  const { path, owner, tensors, unsupported, columns } = source;
  const tensor = tensors.get(name);
  const column = columns?.get(name);
  const type =
    tensor?.type ?? (column === undefined ? unsupported.get(name) : `${column.type}, column by column`);
  if (type === undefined) {
    throw new ClipsightError(
      owner,
      `${path} has no tensor "${name}" (expected ${shapeText(shape)}).`,
      'Check that the weights and the configuration belong together, or download both again.',
    );
  }
  if (tensor === undefined || !isFloat(tensor.type)) {
    throw new ClipsightError(
      owner,
      `${path}: tensor "${name}" is stored as ${type}, which is not supported.`,
      'Save the weights as float32, float16 or bfloat16, contiguous.',
    );
  }
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
    throw new ClipsightError(
      owner,
      `${path}: tensor "${name}" has shape ${shapeText(tensor.shape)}, expected ${shapeText(shape)}.`,
      'Check that the weights and the configuration belong together, or download both again.',
    );
  }
  return tensor;
}

/** Rows `from` (inclusive) to `to` (exclusive) along the first axis: the same bytes, not a copy. */
export function rows(tensor: StoredTensor, from: number, to: number): StoredTensor {
  const [count, ...rest] = tensor.shape;
  if (count === undefined || !(0 <= from && from <= to && to <= count)) {
    throw new RangeError(`rows ${from} to ${to} of a tensor of shape ${shapeText(tensor.shape)}`);
  }
  const row = rest.reduce((product, size) => product * size, bytesPerElement[tensor.type]);
  return {
    ...tensor,
    offset: tensor.offset + from * row,
    length: (to - from) * row,
    shape: [to - from, ...rest],
  };
}

/** The values of a floating-point tensor in row-major order, read whole: for small ones. */
export async function readFloats(tensor: StoredTensor, owner: FileOwner): Promise<Float32Array> {
  const bytes = await withFile(tensor.file, owner, (handle) => readAt(handle, tensor.offset, tensor.length));
  if (bytes.length !== tensor.length) {
    throw new ClipsightError(owner, `${tensor.file} changed while it was read.`, 'Load it again.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (tensor.type) {
    case 'float32':
      return new Float32Array(new Uint8Array(bytes).buffer);
    case 'float16':
      return Float32Array.from({ length: bytes.length / 2 }, (_, i) => fromHalf(view.getUint16(2 * i, true)));
    case 'bfloat16': {
      // bfloat16 is the upper half of a float32.
      const words = Uint32Array.from(
        { length: bytes.length / 2 },
        (_, i) => view.getUint16(2 * i, true) << 16,
      );
      return new Float32Array(words.buffer);
    }
    case 'int64':
    case 'int32':
    case 'bool':
    case 'uint8':
      throw new TypeError(`a tensor of type ${tensor.type} has no floats`);
  }
}

export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

function isFloat(type: ElementType): boolean {
  return type === 'float32' || type === 'float16' || type === 'bfloat16';
}

/** IEEE 754 binary16, given as its bits. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) {
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
