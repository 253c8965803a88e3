import { realpath } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import { type FileOwner, readAt, refuseLfsPointer, unreadable, withFile } from './files';
import { type PickleValue, unpickle } from './pickle';
import { PickleError } from './pickleReader';
import { interpretTorch, type TorchTensor } from './torchTensor';
import { readEntry, readZip, type ZipEntry, type ZipSource } from './zip';

export type TorchValue = PickleValue<TorchTensor>;

/** What `torch.save` or `torch.jit.save` wrote: the objects, the tensors among them still in the file. */
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

/**
 * Reads a file of PyTorch's zip format (torch.save since 1.6; TorchScript): `<root>/data.pkl` with the objects,
 * `<root>/data/<key>` with the bytes of each storage, and `<root>/byteorder` since 2.1. A line of JSON may come
 * before the archive. Nothing in the file is executed: of what the pickle calls, tensors and ordered dicts are
 * understood, the rest stays a record of names. No weight is read. Every tensor lies inside its storage.
 *
 * @throws ClipsightError with code `owner`, naming the file.
 */
export async function readTorch(path: string, owner: FileOwner = 'checkpoint'): Promise<TorchFile> {
  const file = await realpath(path).catch((thrown: unknown) => {
    throw unreadable(path, owner, thrown);
  });
  return withFile(path, owner, async (handle) => {
    const source: ZipSource = { handle, path, owner };
    const { base, header } = await findArchive(source);
    const entries = await readZip(source, base);
    const root = archiveRoot(entries, source);
    await demandLittleEndian(entries.get(`${root}/byteorder`), source);
    const bytes = await readEntry(source, entries.get(`${root}/data.pkl`)!, largestPickle);
    const storages = storagesOf(entries, root);
    try {
      return { path, owner, header, root: unpickle(bytes, interpretTorch({ file, storages })) };
    } catch (thrown) {
      if (!(thrown instanceof PickleError)) throw thrown;
      throw damaged(source, `${path} holds a pickle that cannot be read: ${thrown.message}.`, thrown);
    }
  });
}

/** Where the zip archive begins, and the JSON before it. */
async function findArchive(source: ZipSource): Promise<{ base: number; header: unknown }> {
  const { handle, path, owner } = source;
  const head = await readAt(handle, 0, 64);
  refuseLfsPointer(head, path, owner);
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

/** The number 0x1950a86a20f9469cfc6c, pickled: what torch.save began with until version 1.6. */
const legacyMagic = Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex');

function otherFormat(head: Buffer, { path, owner }: ZipSource): ClipsightError {
  const [what, remedy] = ((): [string, string] => {
    if (head[0] === 0x1f && head[1] === 0x8b) {
      return [
        'is compressed with gzip, so its weights cannot be used where they lie',
        'Save it again in Python: `torch.save(pickle.load(gzip.open(f)), g)`, if you trust where it came from.',
      ];
    }
    if (head.subarray(2).indexOf(legacyMagic) === 0) {
      return [
        'is in the format that PyTorch wrote before 1.6, which is not supported',
        'Save it again in Python: `torch.save(torch.load(f), g)`, if you trust where it came from.',
      ];
    }
    if (head[0] === 0x80) {
      return [
        'is a plain pickle, which is not supported',
        'Save it again in Python: `torch.save(pickle.load(open(f, "rb")), g)`, if you trust where it came from.',
      ];
    }
    return ['is not a file of PyTorch', 'Download it again, and check that it is the weights file.'];
  })();
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

function storagesOf(entries: ReadonlyMap<string, ZipEntry>, root: string): ReadonlyMap<string, ZipEntry> {
  const prefix = `${root}/data/`;
  return new Map(
    [...entries].flatMap(([name, entry]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), entry] as const] : [],
    ),
  );
}

function damaged({ owner }: ZipSource, message: string, cause?: unknown): ClipsightError {
  return new ClipsightError(owner, message, 'Download it again, or save it again where it was made.', {
    cause,
  });
}
