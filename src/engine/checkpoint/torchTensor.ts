import type { ElementType, StoredTensor } from '../graph/value';
import type { Interpretation, PickleGlobal, PickleValue } from './pickle';
import { PickleError } from './pickleReader';
import { shapeText } from './tensors';
import type { ZipEntry } from './zip';

/** A tensor among the objects of a file of PyTorch. */
export type TorchTensor =
  | {
      readonly kind: 'tensor';
      /**
       * `columns`: a matrix that lies column by column, as a transposed one is saved. `stored` is then its
       * transpose, which lies row by row.
       */
      readonly layout: 'rows' | 'columns';
      readonly stored: StoredTensor;
    }
  | {
      readonly kind: 'tensor';
      /** With a type or strides that nothing here computes with. */
      readonly layout: 'unsupported';
      /** In words: 'float64', 'float32 with strides [0, 1]'. */
      readonly type: string;
    };

type Value = PickleValue<TorchTensor>;

export interface TorchStorages {
  /** Absolute real path. */
  readonly file: string;
  readonly storages: ReadonlyMap<string, ZipEntry>;
}

/** Storage classes of the module `torch`: the width of an element in bytes, and torch's name of its type. */
const storageTypes: {
  readonly [name: string]: { readonly width: number; readonly type: string; readonly known?: ElementType };
} = {
  FloatStorage: { width: 4, type: 'float32', known: 'float32' },
  HalfStorage: { width: 2, type: 'float16', known: 'float16' },
  BFloat16Storage: { width: 2, type: 'bfloat16', known: 'bfloat16' },
  LongStorage: { width: 8, type: 'int64', known: 'int64' },
  IntStorage: { width: 4, type: 'int32', known: 'int32' },
  BoolStorage: { width: 1, type: 'bool', known: 'bool' },
  ByteStorage: { width: 1, type: 'uint8', known: 'uint8' },
  DoubleStorage: { width: 8, type: 'float64' },
  ShortStorage: { width: 2, type: 'int16' },
  CharStorage: { width: 1, type: 'int8' },
  ComplexFloatStorage: { width: 8, type: 'complex64' },
  ComplexDoubleStorage: { width: 16, type: 'complex128' },
};

/**
 * Understands what torch.save writes for tensors (torch/_utils.py, `_rebuild_tensor_v2` and `_rebuild_parameter`)
 * and for state dicts. Other ways to make a tensor (quantised, sparse, of newer types) give an unsupported one.
 *
 * @throws PickleError where a tensor does not fit into its storage, or the storage into its entry.
 */
export function interpretTorch(place: TorchStorages): Interpretation<TorchTensor> {
  return ({ module, name }, args) => {
    if (module === 'collections' && name === 'OrderedDict' && args.length === 0) return new Map();
    if (module !== 'torch._utils') return undefined;
    if (name === '_rebuild_tensor_v2') return rebuildTensor(args, place);
    if (name === '_rebuild_parameter') return parameterData(args);
    return name.startsWith('_rebuild') ? { kind: 'tensor', layout: 'unsupported', type: name } : undefined;
  };
}

/** (data, requires_grad, backward_hooks): a parameter is its data. */
function parameterData([data]: readonly Value[]): TorchTensor {
  if (kindOf(data) === 'tensor') return data as TorchTensor;
  throw new PickleError('a parameter in it is no tensor');
}

/** (storage, storage_offset, size, stride, …), counted in elements. */
function rebuildTensor(args: readonly Value[], { file, storages }: TorchStorages): TorchTensor {
  const [storage, start, size, stride] = args;
  const { type, width, known, offset, count } = openStorage(storage, storages);
  const shape = counts(size);
  const strides = counts(stride);
  if (!isCount(start) || shape === null || strides === null || shape.length !== strides.length) {
    throw new PickleError('a tensor in it has no sound shape');
  }
  const empty = shape.includes(0);
  const last = shape.reduce((at, length, axis) => at + (length - 1) * strides[axis]!, start);
  if (empty ? start > count : last >= count) {
    throw new PickleError(
      `a tensor of shape ${shapeText(shape)} in it goes beyond its storage of ${count} elements`,
    );
  }
  if (known === undefined) return { kind: 'tensor', layout: 'unsupported', type };
  const stored = (shape: readonly number[]): StoredTensor => ({
    file,
    offset: offset + start * width,
    length: empty ? 0 : width * shape.reduce((product, length) => product * length, 1),
    type: known,
    shape,
  });
  if (empty || isRowMajor(shape, strides)) return { kind: 'tensor', layout: 'rows', stored: stored(shape) };
  const transpose = shape.toReversed();
  if (shape.length === 2 && isRowMajor(transpose, strides.toReversed())) {
    return { kind: 'tensor', layout: 'columns', stored: stored(transpose) };
  }
  return { kind: 'tensor', layout: 'unsupported', type: `${type} with strides ${shapeText(strides)}` };
}

/** ('storage', class, key, device, number of elements) */
function openStorage(value: Value | undefined, storages: ReadonlyMap<string, ZipEntry>) {
  const id = kindOf(value) === 'persistent' ? (value as { readonly id: Value }).id : undefined;
  const [tag, storageClass, key, , count] = isList(id) ? id : [];
  if (tag !== 'storage' || kindOf(storageClass) !== 'global' || typeof key !== 'string' || !isCount(count)) {
    throw new PickleError('a tensor in it has no sound storage');
  }
  const { module, name } = storageClass as PickleGlobal;
  const element = module === 'torch' && Object.hasOwn(storageTypes, name) ? storageTypes[name] : undefined;
  if (element === undefined) throw new PickleError(`a tensor in it has an unknown storage ${module}.${name}`);
  const entry = storages.get(key);
  if (entry === undefined) throw new PickleError(`the data of storage ${key} is missing`);
  if (entry.method !== 0) throw new PickleError(`the data of storage ${key} is compressed`);
  if (entry.size !== count * element.width) {
    throw new PickleError(
      `the data of storage ${key} has ${entry.size} bytes, ${count} of ${element.type} take ${count * element.width}`,
    );
  }
  return { ...element, offset: entry.offset, count };
}

/** The stride of an axis of length 1 is never used, and torch leaves anything there. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

function isCount(value: Value | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function counts(value: Value | undefined): readonly number[] | null {
  return isList(value) && value.every(isCount) ? [...value] : null;
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function kindOf(value: Value | undefined): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}
