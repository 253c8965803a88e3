import { realpath } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import { bytesOfFile } from './byteSource';
import { type FileOwner, readAt, refuseLfsPointer, unreadable, withFile } from './files';
import { isGzip, materialise } from './gzipFile';
import { legacyMagic, legacyStorage, legacyStorages } from './legacyTorch';
import { type PickleValue, unpickle } from './pickle';
import { PickleError, PickleReader } from './pickleReader';
import {
  interpretTorch,
  type LongBytes,
  type StoragePlace,
  type TorchLeaf,
  type TorchStorage,
} from './torchTensor';
import type { MaterialiseOptions } from './weightCache';
import { readEntry, readZip, type ZipEntry, type ZipSource } from './zip';

export type TorchValue = PickleValue<TorchLeaf>;

/** What was written in Python: the objects, the tensors among them still in the file. */
export interface TorchFile {
  /** As it was asked for, for people; the tensors carry the real path. */
  readonly path: string;
  readonly owner: FileOwner;
  /** The line of JSON before the archive, unchecked; undefined where there is none. */
  readonly header: unknown;
  readonly root: TorchValue;
}

const largestHeader = 1024 * 1024;
const largestPickle = 32 * 1024 * 1024;

/** Embedded storages are read one by one. A state dict has hundreds. */
const mostEmbedded = 8192;

/**
 * Reads the objects of a file that was written with torch.save, torch.jit.save or pickle.dump, compressed with gzip
 * or not. Nothing in the file is executed: of what a pickle calls, tensors, ordered dicts and numbers are
 * understood, the rest stays a record of names. No weight is read, but where the file is compressed: then it is
 * unpacked to the cache folder that `options` name, and refused where they name none. Every tensor lies inside its
 * storage.
 *
 * @throws ClipsightError `cancelled` by the signal, or with code `owner`, naming the file.
 */
export async function readTorch(
  path: string,
  owner: FileOwner = 'checkpoint',
  options: Partial<MaterialiseOptions> = {},
): Promise<TorchFile> {
  const { cacheFolder } = options;
  const plain =
    cacheFolder === undefined ? path : await materialise(path, owner, { ...options, cacheFolder });
  const file = await realpath(plain).catch((thrown: unknown) => {
    throw unreadable(path, owner, thrown);
  });
  return withFile(plain, owner, async (handle) => {
    const source: TorchSource = { handle, path, owner, file };
    const head = await readAt(handle, 0, 64);
    refuseLfsPointer(head, path, owner);
    try {
      return { path, owner, ...(await readObjects(head, source)) };
    } catch (thrown) {
      if (!(thrown instanceof PickleError)) throw thrown;
      throw damaged(source, `${path} holds a pickle that cannot be read: ${thrown.message}.`, thrown);
    }
  });
}

interface TorchSource extends ZipSource {
  /** Where the tensors lie: absolute real path. */
  readonly file: string;
}

type Objects = Pick<TorchFile, 'header' | 'root'>;

/** Which format it is, by its first bytes. */
async function readObjects(head: Buffer, source: TorchSource): Promise<Objects> {
  if (head[0] === 0x80 && legacyMagic.equals(head.subarray(2, 2 + legacyMagic.length)))
    return readLegacy(source);
  if (head[0] === 0x80) return readPickle(source);
  const { base, header } = await findArchive(head, source);
  return { header, root: await readArchive(source, base) };
}

/**
 * PyTorch's zip format (torch.save since 1.6; TorchScript): `<root>/data.pkl` with the objects, `<root>/data/<key>`
 * with the bytes of each storage, and `<root>/byteorder` since 2.1. A line of JSON may come before the archive.
 */
async function readArchive(source: TorchSource, base: number): Promise<TorchValue> {
  const entries = await readZip(source, base);
  const root = archiveRoot(entries, source);
  await demandLittleEndian(entries.get(`${root}/byteorder`), source);
  const bytes = await readEntry(source, entries.get(`${root}/data.pkl`)!, largestPickle);
  return unpickle(bytes, interpretTorch({ file: source.file, storages: storagesOf(entries, root) }));
}

/** What torch.save wrote before version 1.6: see legacyTorch.ts. */
async function readLegacy({ handle, file }: TorchSource): Promise<Objects> {
  const { size } = await handle.stat();
  const { objects, places } = legacyStorages(bytesOfFile(handle.fd, 0, size));
  const reader = new PickleReader(bytesOfFile(handle.fd, objects, size));
  return { header: undefined, root: unpickle(reader, interpretTorch({ file, storages: places })) };
}

/** What pickle.dump wrote: every storage is a byte string that is a file of torch.save's legacy format. */
async function readPickle({ handle, file }: TorchSource): Promise<Objects> {
  const { size } = await handle.stat();
  const known = new Map<number, TorchStorage>();
  const embedded = ({ offset, length }: LongBytes): TorchStorage => {
    const before = known.get(offset);
    if (before !== undefined) return before;
    if (known.size === mostEmbedded) throw new PickleError(`it holds more than ${mostEmbedded} storages`);
    const storage = legacyStorage(bytesOfFile(handle.fd, offset, offset + length), offset);
    known.set(offset, storage);
    return storage;
  };
  const root = unpickle<TorchLeaf>(new PickleReader(bytesOfFile(handle.fd, 0, size)), {
    ...interpretTorch({ file, storages: new Map(), embedded }),
    longBytes: (offset, length) => ({ kind: 'bytes', offset, length }),
  });
  return { header: undefined, root };
}

/** Where the zip archive begins, and the JSON before it. */
async function findArchive(head: Buffer, source: ZipSource): Promise<{ base: number; header: unknown }> {
  const { handle, path } = source;
  if (head.length === 0) throw damaged(source, `${path} is empty.`);
  if (isArchive(head)) return { base: 0, header: undefined };
  if (head[0] === '{'.charCodeAt(0)) {
    const start = await readAt(handle, 0, largestHeader);
    const base = start.indexOf('\n') + 1;
    if (base > 0 && isArchive(start.subarray(base))) {
      return { base, header: parseHeader(start.subarray(0, base), source) };
    }
  }
  throw otherFormat(head, source);
}

function isArchive(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'));
}

function parseHeader(line: Buffer, source: ZipSource): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch (thrown) {
    throw damaged(source, `${source.path} begins with a line that is not valid JSON.`, thrown);
  }
}

function otherFormat(head: Buffer, { path, owner }: ZipSource): ClipsightError {
  const [what, remedy] = isGzip(head)
    ? [
        'is compressed with gzip, so its weights cannot be used where they lie',
        'Save it again in Python: `torch.save(pickle.load(gzip.open(f)), g)`, if you trust where it came from.',
      ]
    : ['is not a file of PyTorch', 'Download it again, and check that it is the weights file.'];
  return new ClipsightError(owner, `${path} ${what}.`, remedy);
}

/** The folder in the archive that everything lies in; torch names it after the file. */
function archiveRoot(entries: ReadonlyMap<string, ZipEntry>, source: ZipSource): string {
  const roots = [...entries.keys()].flatMap((name) => /^([^/]+)\/data\.pkl$/.exec(name)?.[1] ?? []);
  if (roots.length === 1) return roots[0]!;
  throw new ClipsightError(
    source.owner,
    `${source.path} is an archive, but not one of PyTorch: it has ${roots.length} data.pkl instead of one.`,
    'Check that it is the weights file, or save it again with `torch.save`.',
  );
}

async function demandLittleEndian(entry: ZipEntry | undefined, source: ZipSource): Promise<void> {
  if (entry === undefined) return;
  const order = Buffer.from(await readEntry(source, entry, 16)).toString('latin1');
  if (order !== 'little') {
    throw new ClipsightError(
      source.owner,
      `${source.path} has its weights in the byte order "${order}", which is not supported.`,
      'Save it again on a little-endian machine.',
    );
  }
}

function storagesOf(entries: ReadonlyMap<string, ZipEntry>, root: string): ReadonlyMap<string, StoragePlace> {
  const prefix = `${root}/data/`;
  return new Map(
    [...entries].flatMap(([name, { offset, size, method }]) =>
      name.startsWith(prefix)
        ? [[name.slice(prefix.length), { offset, size, compressed: method !== 0 }] as const]
        : [],
    ),
  );
}

function damaged({ owner }: ZipSource, message: string, cause?: unknown): ClipsightError {
  return new ClipsightError(owner, message, 'Download it again, or save it again where it was made.', {
    cause,
  });
}
