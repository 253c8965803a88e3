import { dirname } from 'node:path';
import { ClipsightError } from '../../../shared/errors';
import { readAt, withFile } from '../../checkpoint/files';
import { demand, readFloats, shapeText, type TensorFile } from '../../checkpoint/tensors';
import type { TorchTensor } from '../../checkpoint/torchTensor';
import type { StoredTensor } from '../../graph/value';
import type { Matrix } from '../record';

/** The tensors of a dictionary's file by name, whatever container they are in. */
export interface TensorSource {
  /** As it was asked for, for people. */
  readonly path: string;
  readonly folder: string;
  readonly names: ReadonlySet<string>;
  /** Those that lie row by row. */
  readonly rows: TensorFile;
  /** Those that lie column by column, as their transposes. */
  readonly columns: ReadonlyMap<string, StoredTensor>;
}

export function sourceOfTensors(rows: TensorFile): TensorSource {
  const names = new Set([...rows.tensors.keys(), ...rows.unsupported.keys()]);
  return { path: rows.path, folder: dirname(rows.path), names, rows, columns: new Map() };
}

export function tensorSource(path: string, named: ReadonlyMap<string, TorchTensor>): TensorSource {
  const tensors = new Map<string, StoredTensor>();
  const unsupported = new Map<string, string>();
  const columns = new Map<string, StoredTensor>();
  for (const [name, tensor] of named) {
    switch (tensor.layout) {
      case 'rows':
        tensors.set(name, tensor.stored);
        break;
      case 'columns':
        columns.set(name, tensor.stored);
        break;
      case 'unsupported':
        unsupported.set(name, tensor.type);
        break;
    }
  }
  return {
    path,
    folder: dirname(path),
    names: new Set(named.keys()),
    rows: { path, owner: 'dictionary', tensors, unsupported },
    columns,
  };
}

/** The shape of the matrix `name`. @throws ClipsightError `dictionary` where there is none. */
export function matrixShape(source: TensorSource, name: string): readonly [number, number] {
  const column = source.columns.get(name);
  const shape = column === undefined ? source.rows.tensors.get(name)?.shape : column.shape.toReversed();
  const [rows, columns] = shape ?? [];
  if (shape?.length === 2 && rows !== undefined && columns !== undefined) return [rows, columns];
  const found = source.rows.unsupported.get(name) ?? (shape === undefined ? null : shapeText(shape));
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
  source: TensorSource,
  name: string,
  [rows, columns]: readonly [number, number],
  transposed = false,
): Matrix {
  const shape = transposed ? [columns, rows] : [rows, columns];
  const column = source.columns.get(name);
  if (column === undefined) return { stored: demand(source.rows, name, shape), transposed };
  const tensors = new Map([[name, column]]);
  return {
    stored: demand({ ...source.rows, tensors }, name, shape.toReversed()),
    transposed: !transposed,
  };
}

export async function vector(source: TensorSource, name: string, length: number): Promise<Float32Array> {
  return readFloats(demand(source.rows, name, [length]), 'dictionary');
}

/** A vector of any one shape that has so many numbers in all: [n, 1], [1, n] or [n]. */
export async function vectorOfAny(
  source: TensorSource,
  name: string,
  shapes: readonly (readonly number[])[],
): Promise<Float32Array> {
  const found = source.rows.tensors.get(name) ?? source.columns.get(name);
  const shape = shapes.find((wanted) => wanted.join() === found?.shape.join()) ?? shapes[0]!;
  const rows = found === undefined ? source.rows : { ...source.rows, tensors: new Map([[name, found]]) };
  return readFloats(demand(rows, name, shape), 'dictionary');
}

/** The number in a tensor of no axes, or of one element. */
export async function scalar(source: TensorSource, name: string): Promise<number> {
  const [value] = await vectorOfAny(source, name, [[], [1]]);
  return value!;
}

/** The integer in a tensor of no axes. */
export async function integer(source: TensorSource, name: string): Promise<number> {
  const tensor = source.rows.tensors.get(name);
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
export function expectOnly(source: TensorSource, known: readonly string[], what: string): void {
  const [unknown] = [...source.names].filter((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ClipsightError(
    'dictionary',
    `${source.path} has a tensor "${unknown}", which ${what} does not have.`,
    'It is of a kind that is not supported: transcoders, crosscoders and skip connections are none.',
  );
}
