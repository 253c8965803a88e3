import { ClipsightError } from '../../../shared/errors';
import { readAt, withFile } from '../../checkpoint/files';
import {
  demand,
  demandMatrix,
  readFloats,
  shapeOf,
  shapeText,
  type TensorFile,
  tensorNames,
} from '../../checkpoint/tensors';
import type { Matrix } from '../record';

export function hasTensor(source: TensorFile, name: string): boolean {
  return tensorNames(source).includes(name);
}

/** The shape of the matrix `name`. @throws ClipsightError `dictionary` where there is none. */
export function matrixShape(source: TensorFile, name: string): readonly [number, number] {
  const shape = shapeOf(source, name);
  const [rows, columns] = shape ?? [];
  if (shape?.length === 2 && rows !== undefined && columns !== undefined) return [rows, columns];
  const found = source.unsupported.get(name) ?? (shape === undefined ? null : shapeText(shape));
  throw new ClipsightError(
    'dictionary',
    found === null
      ? `${source.path} has no tensor "${name}".`
      : `${source.path}: tensor "${name}" is ${found}, not a matrix of float32, float16 or bfloat16.`,
    'Check that it is the file of a sparse autoencoder, or save it again in float32.',
  );
}

/** The matrix `name` of this shape; `transposed`, the transpose of a matrix of the other shape. */
export function matrix(
  source: TensorFile,
  name: string,
  [rows, columns]: readonly [number, number],
  transposed = false,
): Matrix {
  const found = demandMatrix(source, name, transposed ? [columns, rows] : [rows, columns]);
  return { stored: found.stored, transposed: found.transposed !== transposed };
}

export async function vector(source: TensorFile, name: string, length: number): Promise<Float32Array> {
  return readFloats(demand(source, name, [length]), 'dictionary');
}

/** A vector of any one shape that has so many numbers in all: [n, 1], [1, n] or [n]. */
export async function vectorOfAny(
  source: TensorFile,
  name: string,
  shapes: readonly (readonly number[])[],
): Promise<Float32Array> {
  const found = source.tensors.get(name) ?? source.columns?.get(name);
  const shape = shapes.find((wanted) => wanted.join() === found?.shape.join()) ?? shapes[0]!;
  const there = found === undefined ? source : { ...source, tensors: new Map([[name, found]]) };
  return readFloats(demand(there, name, shape), 'dictionary');
}

/** The number in a tensor of no axes, or of one element. */
export async function scalar(source: TensorFile, name: string): Promise<number> {
  const [value] = await vectorOfAny(source, name, [[], [1]]);
  return value!;
}

/** The integer in a tensor of no axes. */
export async function integer(source: TensorFile, name: string): Promise<number> {
  const tensor = source.tensors.get(name);
  if (
    tensor === undefined ||
    (tensor.type !== 'int64' && tensor.type !== 'int32') ||
    tensor.shape.length > 0
  ) {
    return scalar(source, name);
  }
  const bytes = await withFile(tensor.file, 'dictionary', (handle) =>
    readAt(handle, tensor.offset, tensor.length),
  );
  return tensor.type === 'int64' ? Number(bytes.readBigInt64LE()) : bytes.readInt32LE();
}

/**
 * Refuses tensors beyond those that a format's reader understands: what they would do to the numbers is not known.
 */
export function expectOnly(source: TensorFile, known: readonly string[], what: string): void {
  const [unknown] = tensorNames(source).filter((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ClipsightError(
    'dictionary',
    `${source.path} has a tensor "${unknown}", which ${what} does not have.`,
    'It is of a kind that is not supported: transcoders, crosscoders and skip connections are none.',
  );
}
