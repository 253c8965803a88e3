import type { ElementType, StoredTensor } from '../graph/value';
import type { Interpretation, PersistentId, PickleGlobal, PickleValue } from './pickle';
import { PickleError } from './pickleReader';
import { pythonScalar } from './pythonScalar';
import { shapeText, type WideTensor } from './tensors';

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
      /** Where it can be made one that is supported: see narrow.ts. */
      readonly wide?: { readonly layout: 'rows' | 'columns'; readonly stored: WideTensor };
    };

/** The elements that tensors are views of, somewhere in the file. */
export interface TorchStorage {
  readonly kind: 'storage';
  readonly element: StorageElement;
  /** In bytes, from the start of the file. */
  readonly offset: number;
  /** In elements. */
  readonly count: number;
}

/** A byte string that was left in the file, where it lies. */
export interface LongBytes {
  readonly kind: 'bytes';
  readonly offset: number;
  readonly length: number;
}

export type TorchLeaf = TorchTensor | TorchStorage | LongBytes;
type Value = PickleValue<TorchLeaf>;

/** Where the bytes of a storage lie. */
export interface StoragePlace {
  /** In bytes, from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly size: number;
  readonly compressed: boolean;
}

export interface TorchPlace {
  /** Absolute real path. */
  readonly file: string;
  /** By the keys that the pickle names them with. */
  readonly storages: ReadonlyMap<string, StoragePlace>;
  /** The storage that a byte string inside of a pickle is. */
  readonly embedded?: (bytes: LongBytes) => TorchStorage;
}

export interface StorageElement {
  /** In bytes. */
  readonly width: number;
  /** torch's name of the type. */
  readonly type: string;
  /** Where we compute with it. */
  readonly known?: ElementType;
}

/** torch itself computes with 64 at most. */
const mostAxes = 64;
/** In characters. */
const longestKey = 100;

/** Storage classes of the module `torch`. */
const storageTypes: { readonly [name: string]: StorageElement } = {
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
 * Understands what torch.save writes for tensors (torch/_utils.py, `_rebuild_tensor_v2` and `_rebuild_parameter`),
 * what `pickle.dump` writes for their storages (torch/storage.py, `_load_from_bytes`), and state dicts. Other ways
 * to make a tensor (quantised, sparse, of newer types) give an unsupported one.
 *
 * @throws PickleError where a tensor does not fit into its storage, or the storage into its entry.
 */
export function interpretTorch(place: TorchPlace): Interpretation<TorchLeaf> {
  return {
    call: ({ module, name }, args) => {
      if (module === 'collections' && name === 'OrderedDict' && args.length === 0) return new Map();
      if (module === 'torch.storage' && name === '_load_from_bytes') return embeddedStorage(args, place);
      if (module !== 'torch._utils') return pythonScalar(module, name, args);
      if (name === '_rebuild_tensor_v2') return rebuildTensor(args, place);
      if (name === '_rebuild_parameter') return parameterData(args);
      return name.startsWith('_rebuild') ? { kind: 'tensor', layout: 'unsupported', type: name } : undefined;
    },
    persistent: moduleClass,
  };
}

/** Of ('module', class, file, source), which the legacy format has for the class of a whole module. */
export function moduleClass(id: Value): PickleGlobal | undefined {
  return isList(id) && id[0] === 'module' && isGlobal(id[1]) ? id[1] : undefined;
}

function embeddedStorage([bytes]: readonly Value[], { embedded }: TorchPlace): TorchStorage {
  if (embedded !== undefined && isLongBytes(bytes)) return embedded(bytes);
  throw new PickleError('a storage in it is not where its bytes can be read');
}

/** (data, requires_grad, backward_hooks): a parameter is its data. */
function parameterData([data]: readonly Value[]): TorchTensor {
  if (kindOf(data) === 'tensor') return data as TorchTensor;
  throw new PickleError('a parameter in it is no tensor');
}

/** (storage, storage_offset, size, stride, …), counted in elements. */
function rebuildTensor(args: readonly Value[], { file, storages }: TorchPlace): TorchTensor {
  const [storage, start, size, stride] = args;
  const { element, offset, count } = isStorage(storage) ? storage : openStorage(storage, storages);
  const { type, width, known } = element;
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
  const transpose = shape.toReversed();
  const isColumns = shape.length === 2 && isRowMajor(transpose, strides.toReversed());
  const layout = empty || isRowMajor(shape, strides) ? 'rows' : isColumns ? 'columns' : null;
  const place = {
    file,
    offset: offset + start * width,
    length: empty ? 0 : width * shape.reduce((product, length) => product * length, 1),
    shape: layout === 'columns' ? transpose : shape,
  };
  if (layout !== null && known !== undefined) {
    return { kind: 'tensor', layout, stored: { ...place, type: known } };
  }
  if (layout !== null && type === 'float64') {
    const stored: WideTensor = { ...place, type: 'float64' };
    return { kind: 'tensor', layout: 'unsupported', type, wide: { layout, stored } };
  }
  const words = layout === null && known !== undefined ? `${type} with strides ${shapeText(strides)}` : type;
  return { kind: 'tensor', layout: 'unsupported', type: words };
}

/** What a persistent id says of a storage. */
export interface StorageClaim {
  readonly key: string;
  readonly element: StorageElement;
  /** In elements. */
  readonly count: number;
}

/**
 * Of ('storage', class, key, device, number of elements), after which the legacy format has null, or else a part
 * of another storage.
 *
 * @throws PickleError
 */
export function storageClaim(id: Value | undefined): StorageClaim {
  const [tag, storageClass, key, , count, part = null] = isList(id) ? id : [];
  const isKey = typeof key === 'string' && key.length <= longestKey;
  if (tag !== 'storage' || !isGlobal(storageClass) || !isKey || !isCount(count)) {
    throw new PickleError('a tensor in it has no sound storage');
  }
  if (part !== null) throw new PickleError(`its storage ${key} is a part of another`);
  const { module, name } = storageClass;
  const element = module === 'torch' && Object.hasOwn(storageTypes, name) ? storageTypes[name] : undefined;
  if (element === undefined) throw new PickleError(`a tensor in it has an unknown storage ${module}.${name}`);
  return { key, element, count };
}

function openStorage(value: Value | undefined, storages: ReadonlyMap<string, StoragePlace>): TorchStorage {
  const { key, element, count } = storageClaim(isPersistent(value) ? value.id : undefined);
  const place = storages.get(key);
  if (place === undefined) throw new PickleError(`the data of storage ${key} is missing`);
  if (place.compressed) throw new PickleError(`the data of storage ${key} is compressed`);
  if (place.size !== count * element.width) {
    throw new PickleError(
      `the data of storage ${key} has ${place.size} bytes, ${count} of ${element.type} take ${count * element.width}`,
    );
  }
  return { kind: 'storage', element, offset: place.offset, count };
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
  return isList(value) && value.length <= mostAxes && value.every(isCount) ? [...value] : null;
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function isGlobal(value: Value | undefined): value is PickleGlobal {
  return kindOf(value) === 'global';
}

function isPersistent(value: Value | undefined): value is PersistentId<TorchLeaf> {
  return kindOf(value) === 'persistent';
}

function isStorage(value: Value | undefined): value is TorchStorage {
  return kindOf(value) === 'storage';
}

function isLongBytes(value: Value | undefined): value is LongBytes {
  return kindOf(value) === 'bytes';
}

function kindOf(value: Value | undefined): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}
