import type { FileHandle } from 'node:fs/promises';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { ElementType, StoredTensor } from '../graph/value';
import { type Encoding, littleEndian } from './elements';
import { type FileOwner, readAt, refuseLfsPointer, unreadable, withFile } from './files';
import { longestNpyHeader, type NpyHeader, npyHeader } from './npy';
import { readSafetensors } from './safetensors';
import { type TensorToWrite, writeSafetensors } from './safetensorsWriter';
import { shapeText, type TensorFile } from './tensors';
import type { TorchTensor } from './torchTensor';
import { type MaterialiseOptions, materialised, throwIfCancelled } from './weightCache';
import { entryBytes, readZip, type ZipEntry, type ZipSource } from './zip';

/** The arrays of a file of `numpy.savez`, named as they were saved. */
export interface NpzFile extends TensorFile {
  /** All of them: also those that lie column by column, which `unsupported` names. */
  readonly arrays: ReadonlyMap<string, TorchTensor>;
}

/** Types by numpy's letter and width. */
const types: { readonly [type: string]: { readonly type: string; readonly known?: ElementType } } = {
  f2: { type: 'float16', known: 'float16' },
  f4: { type: 'float32', known: 'float32' },
  f8: { type: 'float64', known: 'float32' },
  i4: { type: 'int32', known: 'int32' },
  i8: { type: 'int64', known: 'int64' },
  b1: { type: 'bool', known: 'bool' },
  u1: { type: 'uint8', known: 'uint8' },
};

/** The largest models have hundreds. */
const mostArrays = 2000;

/** As for gzip: what no weights unpack to. */
const unpackedAnyway = 64 * 1024 * 1024;
const unpackedPerByte = 16;

/** An array of the archive, as it lies there. */
interface Stored {
  readonly name: string;
  readonly entry: ZipEntry;
  readonly header: NpyHeader;
  /** In words, with what keeps it from being used in place. */
  readonly words: string;
  /** Absent where nothing here computes with the type or the order. */
  readonly made?: {
    readonly layout: 'rows' | 'columns';
    readonly type: ElementType;
    /** Of the elements as they are laid out: in columns, of the transpose. */
    readonly shape: readonly number[];
    readonly encoding: Encoding;
    readonly inPlace: boolean;
  };
}

/**
 * Reads an archive of `numpy.savez` or `numpy.savez_compressed`: a zip of .npy files (numpy/lib/format.py). Arrays
 * that are stored little-endian stay where they are. Where one is compressed, big-endian or float64, all are
 * written to a file in the cache folder that `options` name (float64 as the nearest float32); without one, those
 * arrays are unsupported. Pickled objects are never read.
 *
 * @throws ClipsightError `cancelled` by the signal, or with code `owner`, naming the file and the array.
 */
export async function readNpz(
  path: string,
  owner: FileOwner = 'checkpoint',
  options: Partial<MaterialiseOptions> = {},
): Promise<NpzFile> {
  const file = await realpath(path).catch((thrown: unknown) => {
    throw unreadable(path, owner, thrown);
  });
  return withFile(path, owner, async (handle) => {
    const source: ZipSource = { handle, path, owner };
    refuseLfsPointer(await readAt(handle, 0, 64), path, owner);
    const stored = await storedArrays(source);
    const { cacheFolder } = options;
    const isMade = cacheFolder !== undefined && stored.some(({ made }) => made?.inPlace === false);
    const tensors = isMade
      ? await writtenArrays(stored, source, { ...options, cacheFolder })
      : new Map(stored.flatMap((array) => placeOf(array, file)));
    return { path, owner, ...sorted(stored, tensors) };
  });
}

async function storedArrays(source: ZipSource): Promise<readonly Stored[]> {
  const stored: Stored[] = [];
  for (const [name, entry] of await readZip(source)) {
    if (!name.endsWith('.npy')) continue;
    if (stored.length === mostArrays) throw damaged(source, `it has more than ${mostArrays} arrays.`);
    stored.push(await storedArray(name.slice(0, -'.npy'.length), entry, source));
  }
  if (stored.length > 0) return stored;
  throw new ClipsightError(
    source.owner,
    `${source.path} is an archive, but not one of numpy: it has no .npy file in it.`,
    'Check that it is the weights file, or save it again with `numpy.savez`.',
  );
}

async function storedArray(name: string, entry: ZipEntry, source: ZipSource): Promise<Stored> {
  const header = npyHeader(await headOf(entry, source));
  if (header === null) throw damaged(source, `the array "${name}" has no sound header.`);
  const { type, fortranOrder, shape } = header;
  const element =
    /^[<>|][a-z]\d$/.test(type) && Object.hasOwn(types, type.slice(1)) ? types[type.slice(1)] : undefined;
  if (element?.known === undefined) return { name, entry, header, words: type };
  const width = Number(type.slice(2)) as Encoding['width'];
  const length = shape.reduce((product, count) => product * count, width);
  if (length !== entry.size - header.length) {
    throw damaged(
      source,
      `the array "${name}" has ${entry.size - header.length} bytes, ${shapeText(shape)} of ${element.type} takes ${length}.`,
    );
  }
  const compressed = entry.method !== 0;
  const bigEndian = type[0] === '>' && width > 1;
  const words = [
    element.type,
    ...(bigEndian ? ['big-endian'] : []),
    ...(compressed ? ['compressed'] : []),
  ].join(', ');
  const isRows = !fortranOrder || shape.length < 2;
  if (!isRows && shape.length > 2) return { name, entry, header, words: `${words}, in Fortran's order` };
  const encoding = { width, bigEndian, narrowed: element.type === 'float64' };
  const inPlace = !compressed && !bigEndian && !encoding.narrowed;
  const laidOut = isRows ? shape : shape.toReversed();
  const made = {
    layout: isRows ? 'rows' : 'columns',
    type: element.known,
    shape: laidOut,
    encoding,
    inPlace,
  } as const;
  return { name, entry, header, words, made };
}

/** The first bytes of an entry, at least those of its header. */
async function headOf(entry: ZipEntry, source: ZipSource): Promise<Buffer> {
  if (entry.method === 0) return readAt(source.handle, entry.offset, Math.min(entry.size, longestNpyHeader));
  let head: Buffer = Buffer.alloc(0);
  for await (const bytes of entryBytes(source, entry)) {
    head = Buffer.concat([head, bytes]);
    if (head.length >= longestNpyHeader || npyHeader(head) !== null) break;
  }
  return head;
}

function placeOf({ name, entry, header, made }: Stored, file: string): [string, StoredTensor][] {
  if (made === undefined || !made.inPlace) return [];
  const { type, shape } = made;
  const length = entry.size - header.length;
  return [[name, { file, offset: entry.offset + header.length, length, type, shape }]];
}

async function writtenArrays(
  stored: readonly Stored[],
  source: ZipSource,
  options: MaterialiseOptions,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const { path, owner } = source;
  const packed = stored.reduce((total, { entry }) => total + entry.packedSize, 0);
  const unpacked = stored.reduce((total, { entry }) => total + entry.size, 0);
  if (unpacked > unpackedAnyway + unpackedPerByte * packed) {
    throw damaged(source, `${packed} bytes would unpack to ${unpacked}, which no weights do.`);
  }
  const file = await materialised(path, 'npz1.safetensors', owner, options, (target) =>
    writeArrays(target, stored, source, options),
  );
  return (await readSafetensors(file, owner)).tensors;
}

async function writeArrays(
  target: FileHandle,
  stored: readonly Stored[],
  source: ZipSource,
  { signal, onProgress }: MaterialiseOptions,
): Promise<void> {
  const { path, owner } = source;
  const toWrite = stored.flatMap(({ name, entry, header, made }): TensorToWrite[] => {
    if (made === undefined) return [];
    const { type, shape, encoding } = made;
    const elements = () =>
      withoutHead(entryBytes(source, entry), header.length, () => throwIfCancelled(path, signal));
    return [
      {
        name,
        type,
        shape,
        bytes: () => littleEndian(elements(), encoding, `${path}: array "${name}"`, owner),
      },
    ];
  });
  await writeSafetensors(target, toWrite, (done, total) => {
    onProgress?.({ stage: `Unpacking ${basename(path)}`, done, total });
  });
}

async function* withoutHead(
  chunks: AsyncIterable<Buffer>,
  length: number,
  checkpoint: () => void,
): AsyncGenerator<Buffer> {
  let left = length;
  for await (const chunk of chunks) {
    checkpoint();
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    yield chunk.subarray(skipped);
  }
}

function sorted(
  stored: readonly Stored[],
  places: ReadonlyMap<string, StoredTensor>,
): Pick<NpzFile, 'tensors' | 'unsupported' | 'arrays'> {
  const tensors = new Map<string, StoredTensor>();
  const unsupported = new Map<string, string>();
  const arrays = new Map<string, TorchTensor>();
  for (const { name, words, made } of stored) {
    const place = places.get(name);
    if (place === undefined || made === undefined) {
      unsupported.set(name, words);
      arrays.set(name, { kind: 'tensor', layout: 'unsupported', type: words });
      continue;
    }
    if (made.layout === 'rows') tensors.set(name, place);
    else unsupported.set(name, `${made.type}, column by column`);
    arrays.set(name, { kind: 'tensor', layout: made.layout, stored: place });
  }
  return { tensors, unsupported, arrays };
}

function damaged({ path, owner }: ZipSource, what: string): ClipsightError {
  return new ClipsightError(
    owner,
    `${path} is not a sound archive of numpy: ${what}`,
    'Download it again, or save it again where it was made.',
  );
}
