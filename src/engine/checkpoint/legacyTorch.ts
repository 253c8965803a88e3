import type { ByteSource } from './byteSource';
import { type Interpretation, type PickleValue, unpickle } from './pickle';
import { PickleError, PickleReader } from './pickleReader';
import {
  moduleClass,
  type StorageClaim,
  type StoragePlace,
  storageClaim,
  type TorchLeaf,
  type TorchStorage,
} from './torchTensor';

/** The number that begins the format, as it is pickled. */
export const legacyMagic = Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex');

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;
/** A storage by itself takes some 40 instructions. */
const mostOfStorage = 500;
const mostStorages = 8192;

type Value = PickleValue<TorchLeaf>;

/** The places of the storages of a file that `torch.save` wrote before version 1.6. */
export interface LegacyStorages {
  readonly places: ReadonlyMap<string, StoragePlace>;
  /** Where the pickle of the objects begins, which names the storages by their keys. */
  readonly objects: number;
}

/**
 * Finds the storages of the format that `torch.save` wrote before version 1.6 (torch/serialization.py,
 * `_legacy_save`): pickles of a magic number, a version, a description of the machine, the objects, and the keys
 * of the storages; then each storage, its number of elements first. No weight is read.
 *
 * @throws PickleError where they are not complete, or the weights are big-endian.
 */
export function legacyStorages(source: ByteSource): LegacyStorages {
  const { claims, objects, reader } = readObjects(source);
  return { objects, places: placesOf(claims, reader, source) };
}

/**
 * The storage that is all that a file of this format holds, as `torch.storage._load_from_bytes` is given it.
 * `start` is where `source` begins in its file.
 *
 * @throws PickleError
 */
export function legacyStorage(source: ByteSource, start: number): TorchStorage {
  const { claims, root, reader } = readObjects(source, mostOfStorage);
  const isStorage = typeof root === 'object' && root !== null && 'kind' in root && root.kind === 'persistent';
  const { key, element, count } = storageClaim(isStorage ? (root as { id: Value }).id : undefined);
  const place = placesOf(claims, reader, source).get(key);
  if (place === undefined || place.size !== count * element.width) {
    throw new PickleError(`the data of storage ${key} does not fit`);
  }
  return { kind: 'storage', element, offset: start + place.offset, count };
}

function readObjects(source: ByteSource, most?: number) {
  const reader = new PickleReader(source);
  if (unpickle(reader, {}, mostOfStorage) !== magicNumber)
    throw new PickleError('it does not begin as it should');
  const version = unpickle(reader, {}, mostOfStorage);
  if (version !== protocolVersion) throw new PickleError('it is of an unknown version of the format');
  const machine = unpickle(reader, {}, mostOfStorage);
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    throw new PickleError('its weights are not little-endian');
  }
  const objects = reader.position;
  const claims = new Map<string, StorageClaim>();
  // The objects are read for the storages that they name: what they are is only known when all have a place.
  const claiming: Interpretation<TorchLeaf> = {
    persistent: (id) => {
      if (Array.isArray(id) && id[0] === 'storage') claim(claims, storageClaim(id));
      return moduleClass(id);
    },
    longBytes: (offset, length) => ({ kind: 'bytes', offset, length }),
  };
  const root = unpickle(reader, claiming, most);
  return { reader, root, claims, objects };
}

function claim(claims: Map<string, StorageClaim>, made: StorageClaim): void {
  const before = claims.get(made.key);
  if (before !== undefined && (before.count !== made.count || before.element !== made.element)) {
    throw new PickleError(`its storage ${made.key} has two sizes`);
  }
  claims.set(made.key, made);
  if (claims.size > mostStorages) throw new PickleError(`it has more than ${mostStorages} storages`);
}

function placesOf(
  claims: ReadonlyMap<string, StorageClaim>,
  reader: PickleReader,
  source: ByteSource,
): ReadonlyMap<string, StoragePlace> {
  const keys = unpickle(reader);
  if (!Array.isArray(keys)) throw new PickleError('it does not list its storages');
  const places = new Map<string, StoragePlace>();
  let at = reader.position;
  for (const key of keys) {
    const claimed = claims.get(key);
    if (claimed === undefined || places.has(key))
      throw new PickleError('it lists a storage that nothing uses');
    const head = source.read(at, 8);
    if (head.length < 8) throw new PickleError('it is truncated');
    const count = Number(head.readBigInt64LE());
    const size = claimed.count * claimed.element.width;
    if (count !== claimed.count) throw new PickleError(`its storage ${key} has two sizes`);
    if (at + 8 + size > source.length) throw new PickleError('it is truncated');
    places.set(key, { offset: at + 8, size, compressed: false });
    at += 8 + size;
  }
  return places;
}
