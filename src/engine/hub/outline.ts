import { copyFile, type FileHandle, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { type FileOwner, readAt } from '../checkpoint/files';
import { readSafetensors } from '../checkpoint/safetensors';
import { type Listed, listZip } from '../checkpoint/zip';
import type { RemoteFiles } from './remote';

/** In bytes. What is smaller is fetched: scales, thresholds, a number of active latents. */
const smallTensor = 256;
/** A CLIP has one or two of them, a dictionary no more. */
const mostSmallTensors = 32;
/** In bytes: the directory of an archive of thousands of entries. */
const tailLength = 512 * 1024;
/** In bytes. Of a model some 100 KB. */
const largestPickle = 32 * 1024 * 1024;
/** In bytes: what a line of JSON before an archive may take (saev). */
const largestLine = 64 * 1024;
/** In bytes: a local header of an archive names its entry, and torch fills up to where data may begin. */
const paddedHeader = 30 + 256;

/**
 * Runs `work` on a folder, or a file in one, that looks as if the files were downloaded: the small ones are there, those
 * of weights have their length, their headers, and the values of tensors of at most 256 bytes. All other values are
 * zero, so whoever reads them reads nothing that is true: this is for cards, not for computing. The files take no room
 * where the file system knows holes. The folder is gone when `work` is done.
 *
 * @throws ClipsightError `network`, `cancelled`, or with code `owner` for weights of which a part says nothing.
 */
export async function withOutline<T>(
  remote: RemoteFiles,
  owner: FileOwner,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const { choice, repo } = remote;
  const temporary = await mkdtemp(join(tmpdir(), 'clipsight-outline-'));
  // The last part of the path is what readers call it.
  const root = join(temporary, basename(repo));
  try {
    const at = (path: string) => join(root, ...path.split('/'));
    for (const path of [...choice.small, ...choice.weights]) {
      await mkdir(dirname(at(path)), { recursive: true });
    }
    for (const path of choice.small) await copyFile(await remote.smallFile(path), at(path));
    for (const path of choice.weights) await outline(remote, path, at(path), owner);
    return await work(choice.file === null ? join(root, choice.folder) : at(choice.file));
  } catch (thrown) {
    if (!(thrown instanceof ClipsightError)) throw thrown;
    // People know the repository, not where its outline lay.
    throw new ClipsightError(thrown.code, thrown.message.replaceAll(root, repo), thrown.remedy, {
      cause: thrown,
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function outline(remote: RemoteFiles, path: string, file: string, owner: FileOwner): Promise<void> {
  const { size = 0 } = remote.list().find((each) => each.path === path) ?? {};
  const handle = await open(file, 'wx+');
  const hole: Hole = {
    handle,
    fill: async (offset, length) => {
      const wanted = Math.min(length, size - offset);
      if (wanted > 0) await handle.write(await remote.readRange(path, offset, wanted), 0, wanted, offset);
    },
  };
  try {
    await handle.truncate(size);
    if (path.endsWith('.safetensors')) await outlineSafetensors(hole, file, owner);
    else await outlineTorch(hole, { path: `${remote.repo}/${path}`, size, owner });
  } finally {
    await handle.close();
  }
}

/** A file of nothing but its length, into which parts of the original are put at their place. */
interface Hole {
  readonly handle: FileHandle;
  fill(offset: number, length: number): Promise<void>;
}

async function outlineSafetensors({ handle, fill }: Hole, file: string, owner: FileOwner): Promise<void> {
  await fill(0, 64 * 1024);
  const length = Number((await readAt(handle, 0, 8)).readBigUInt64LE());
  // What is too long for a header is refused by the reader below.
  if (length > 64 * 1024 - 8 && length < largestPickle) await fill(64 * 1024, length - 64 * 1024 + 8);
  const { tensors } = await readSafetensors(file, owner);
  const small = [...tensors.values()].filter((tensor) => tensor.length <= smallTensor);
  for (const tensor of small.slice(0, mostSmallTensors)) await fill(tensor.offset, tensor.length);
}

async function outlineTorch(
  hole: Hole,
  { path, size, owner }: { readonly path: string; readonly size: number; readonly owner: FileOwner },
): Promise<void> {
  const { handle, fill } = hole;
  // An archive of NumPy says of each array what it is where that begins: nothing is known from its end.
  const base = path.endsWith('.npz') ? null : await archiveStart(hole);
  if (base === null) {
    throw new ClipsightError(
      owner,
      `${path} does not say what it holds without being read whole.`,
      'Download it to see what it is.',
    );
  }
  await fill(Math.max(base, size - tailLength), tailLength);
  const listed = await listZip({ handle, path, owner }, base);
  for (const entry of listed) await handle.write(localHeader(entry), 0, undefined, entry.headerOffset);
  const isStorage = ({ name }: Listed) => /^[^/]+\/data\/[^/]+$/.test(name);
  const small = listed.filter((entry) => isStorage(entry) && entry.packedSize <= smallTensor);
  const others = listed.filter(({ name }) => /^[^/]+\/(data\.pkl|byteorder)$/.test(name));
  for (const entry of [...others, ...small.slice(0, mostSmallTensors)]) await fillEntry(hole, entry);
}

/** Where the archive begins: behind a line of JSON, if there is one. Null where there is none. */
async function archiveStart({ handle, fill }: Hole): Promise<number | null> {
  await fill(0, largestLine);
  const start = await readAt(handle, 0, largestLine);
  const base = start[0] === '{'.charCodeAt(0) ? start.indexOf('\n') + 1 : 0;
  return start.subarray(base, base + 4).equals(Buffer.from('PK\x03\x04', 'latin1')) ? base : null;
}

/** As short as one can be: where the data begins behind the real one is only known when that is fetched. */
function localHeader({ name }: Listed): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50);
  header.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

/** The real header and the content. */
async function fillEntry({ handle, fill }: Hole, { name, headerOffset, packedSize }: Listed): Promise<void> {
  if (packedSize > largestPickle) return;
  const nameEnd = 30 + Buffer.byteLength(name);
  const guess = nameEnd + paddedHeader + packedSize;
  await fill(headerOffset, guess);
  const whole = nameEnd + (await readAt(handle, headerOffset + 28, 2)).readUInt16LE() + packedSize;
  if (whole > guess) await fill(headerOffset + guess, whole - guess);
}
