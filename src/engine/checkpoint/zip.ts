import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, createInflateRaw, inflateRaw } from 'node:zlib';
import { ClipsightError } from '../../shared/errors';
import { type FileOwner, readAt } from './files';
import { isDamage, unpacking } from './unpacking';

/** One file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, its bytes lie in the archive as they are. 8: deflated. */
  readonly method: number;
  /** In bytes, as it lies in the archive. */
  readonly packedSize: number;
  /** In bytes, unpacked. */
  readonly size: number;
  /** Of the first byte, from the start of the file that holds the archive. */
  readonly offset: number;
  /** Of the content, as the directory has it. Not every writer fills it in. */
  readonly crc32: number;
}

export interface ZipSource {
  readonly handle: FileHandle;
  /** For errors. */
  readonly path: string;
  readonly owner: FileOwner;
}

/** A checkpoint has one entry per storage and per code file: hundreds, of a few dozen bytes each. */
const mostEntries = 8192;
const largestDirectory = 16 * 1024 * 1024;
const largestComment = 0xffff;
/** In characters. */
const longestName = 1000;

const signature = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;
const fixedLength = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;

interface Directory {
  readonly entries: number;
  readonly offset: number;
  readonly size: number;
}

/** An entry as the directory has it: where its local header is, but not where the data begins behind that. */
export type Listed = Omit<ZipEntry, 'offset'> & { readonly headerOffset: number };

/**
 * Lists a zip archive by its central directory (PKWARE APPNOTE 6.3, zip64 included). `base` is where in the file
 * the archive begins; it ends with the file. Every entry lies inside the archive and overlaps no other, its local
 * header repeats its name, and its name stays inside a folder that the archive would be unpacked into. Checksums
 * are not compared: that would take reading every weight, and torch can be told to write none.
 *
 * @throws ClipsightError with code `owner`, naming the file and the entry.
 */
export async function readZip(source: ZipSource, base = 0): Promise<ReadonlyMap<string, ZipEntry>> {
  const { directory, listed } = await readDirectory(source, base);
  const inOrder = listed.toSorted((a, b) => a.headerOffset - b.headerOffset);
  const entries = new Map<string, ZipEntry>();
  for (const [i, entry] of inOrder.entries()) {
    const end = inOrder[i + 1]?.headerOffset ?? directory.offset;
    const { name, method, packedSize, size: unpacked, crc32 } = entry;
    const offset = await dataOffset(entry, source);
    if (offset + packedSize > end) {
      throw damaged(source, `the entry "${name}" overlaps what comes after it, or goes beyond the file.`);
    }
    if (entries.has(name)) throw damaged(source, `two entries are named "${name}".`);
    entries.set(name, { name, method, packedSize, size: unpacked, offset, crc32 });
  }
  return entries;
}

/**
 * The same from the end of the archive alone: of the rest nothing is read.
 *
 * @throws ClipsightError with code `owner`, naming the file and the entry.
 */
export async function listZip(source: ZipSource, base = 0): Promise<readonly Listed[]> {
  return (await readDirectory(source, base)).listed;
}

async function readDirectory(
  source: ZipSource,
  base: number,
): Promise<{ readonly directory: Directory; readonly listed: readonly Listed[] }> {
  const { size } = await source.handle.stat();
  const directory = await findDirectory(source, base, size);
  const bytes = await readAt(source.handle, directory.offset, directory.size);
  return { directory, listed: listEntries(bytes, directory, base, source) };
}

/**
 * The content of an entry of at most `limit` bytes. Inflating stops at the size that the directory gives.
 *
 * @throws ClipsightError with code `owner`, naming the file and the entry.
 */
export async function readEntry(source: ZipSource, entry: ZipEntry, limit: number): Promise<Uint8Array> {
  const { name, method, packedSize, size, offset } = entry;
  const largest = Math.max(size, packedSize);
  if (largest > limit) {
    throw damaged(source, `the entry "${name}" has ${largest} bytes, more than the ${limit} that are read.`);
  }
  const bytes = await readAt(source.handle, offset, packedSize);
  if (bytes.length !== packedSize) throw damaged(source, `the entry "${name}" is truncated.`);
  if (method === 0) return bytes;
  if (method !== 8) throw damaged(source, `the entry "${name}" is compressed in an unknown way (${method}).`);
  const content = await promisify(inflateRaw)(bytes, { maxOutputLength: Math.max(1, size) }).catch(
    (thrown: unknown) => {
      throw damaged(source, `the entry "${name}" cannot be unpacked to ${size} bytes.`, thrown);
    },
  );
  if (content.length !== size) throw damaged(source, `the entry "${name}" is truncated.`);
  return content;
}

/**
 * The content of an entry of any size, piece by piece. It ends at the size that the directory gives; whoever has
 * read to the end has bytes whose checksum is right.
 *
 * @throws ClipsightError with code `owner`, naming the file and the entry.
 */
export async function* entryBytes(source: ZipSource, entry: ZipEntry): AsyncGenerator<Buffer> {
  const { name, method, packedSize, size, offset } = entry;
  if (method !== 0 && method !== 8) {
    throw damaged(source, `the entry "${name}" is compressed in an unknown way (${method}).`);
  }
  const packed = fileBytes(source.handle, offset, packedSize);
  let length = 0;
  let checksum = 0;
  try {
    for await (const bytes of method === 0
      ? packed
      : unpacking(packed, createInflateRaw({ chunkSize: inflatedSize }))) {
      length += bytes.length;
      if (length > size) break;
      checksum = crc32(bytes, checksum);
      yield bytes;
    }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    throw damaged(source, `the entry "${name}" cannot be unpacked.`, thrown);
  }
  if (length !== size)
    throw damaged(source, `the entry "${name}" does not have the ${size} bytes that it says.`);
  if (checksum !== entry.crc32) throw damaged(source, `the entry "${name}" does not fit its checksum.`);
}

const chunkSize = 1024 * 1024;
const inflatedSize = 64 * 1024;

async function* fileBytes(handle: FileHandle, offset: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += chunkSize) {
    yield await readAt(handle, offset + at, Math.min(chunkSize, length - at));
  }
}

async function findDirectory(source: ZipSource, base: number, fileSize: number): Promise<Directory> {
  const { handle } = source;
  const tailStart = Math.max(base, fileSize - largestComment - fixedLength.end);
  const tail = await readAt(handle, tailStart, Math.max(0, fileSize - tailStart));
  const at = endRecord(tail);
  if (at === null) {
    throw damaged(source, 'the directory at the end is missing; the file is truncated or no archive.');
  }
  const end = tailStart + at;
  const short = tail.subarray(at);
  const locatorStart = end - fixedLength.locator64;
  const locator = locatorStart < base ? null : await readAt(handle, locatorStart, fixedLength.locator64);
  let before = end;
  let [disk, directoryDisk] = [short.readUInt16LE(4), short.readUInt16LE(6)];
  let [entriesHere, entries] = [short.readUInt16LE(8), short.readUInt16LE(10)];
  let [size, offset] = [short.readUInt32LE(12), short.readUInt32LE(16)];
  if (locator?.readUInt32LE(0) === signature.locator64) {
    before = base + integer64(locator, 8);
    const record = before + fixedLength.end64 > locatorStart ? null : await readAt(handle, before, 56);
    if (record?.readUInt32LE(0) !== signature.end64) {
      throw damaged(source, 'the directory at the end does not fit together.');
    }
    [disk, directoryDisk] = [record.readUInt32LE(16), record.readUInt32LE(20)];
    [entriesHere, entries] = [integer64(record, 24), integer64(record, 32)];
    [size, offset] = [integer64(record, 40), integer64(record, 48)];
  }
  if (disk !== 0 || directoryDisk !== 0 || entriesHere !== entries) {
    throw damaged(source, 'the archive is one part of several.');
  }
  if (base + offset + size > before) throw damaged(source, 'the directory goes beyond the file.');
  if (entries > mostEntries || size > largestDirectory || entries * fixedLength.central > size) {
    throw damaged(source, `the directory of ${size} bytes claims ${entries} entries.`);
  }
  return { entries, offset: base + offset, size };
}

/** Where the end record begins: the last one whose comment ends with the file. */
function endRecord(tail: Buffer): number | null {
  for (let at = tail.length - fixedLength.end; at >= 0; at--) {
    const comment = tail.length - at - fixedLength.end;
    if (tail.readUInt32LE(at) === signature.end && tail.readUInt16LE(at + 20) === comment) return at;
  }
  return null;
}

function listEntries(bytes: Buffer, directory: Directory, base: number, source: ZipSource): Listed[] {
  const listed: Listed[] = [];
  let at = 0;
  for (let i = 0; i < directory.entries; i++) {
    if (at + fixedLength.central > bytes.length || bytes.readUInt32LE(at) !== signature.central) {
      throw damaged(source, `the directory breaks off after ${i} of ${directory.entries} entries.`);
    }
    const nameStart = at + fixedLength.central;
    const extraStart = nameStart + bytes.readUInt16LE(at + 28);
    const extraEnd = extraStart + bytes.readUInt16LE(at + 30);
    const next = extraEnd + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) throw damaged(source, 'an entry of the directory is longer than the directory.');
    const name = entryName(bytes.subarray(nameStart, extraStart), source);
    if (bytes.readUInt16LE(at + 8) & 1) throw damaged(source, `the entry "${name}" is encrypted.`);
    const [size, packedSize, offset] = widened(bytes.subarray(extraStart, extraEnd), [
      bytes.readUInt32LE(at + 24),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ]);
    const headerOffset = base + offset;
    const method = bytes.readUInt16LE(at + 10);
    if (!Number.isSafeInteger(size) || headerOffset + fixedLength.local + packedSize > directory.offset) {
      throw damaged(source, `the entry "${name}" goes beyond the file.`);
    }
    if (method === 0 && size !== packedSize) {
      throw damaged(source, `the entry "${name}" is stored, but has two sizes: ${packedSize} and ${size}.`);
    }
    listed.push({ name, method, packedSize, size, headerOffset, crc32: bytes.readUInt32LE(at + 16) });
    at = next;
  }
  return listed;
}

/** Sizes and offset as the zip64 field of `extra` has them, for those that do not fit into 32 bits. */
function widened(extra: Buffer, short: readonly [number, number, number]): [number, number, number] {
  let field: Buffer = Buffer.alloc(0);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  let at = 0;
  const widen = (value: number): number => {
    if (value !== 0xffffffff) return value;
    at += 8;
    return at <= field.length ? integer64(field, at - 8) : Number.POSITIVE_INFINITY;
  };
  const [size, packedSize, offset] = short;
  return [widen(size), widen(packedSize), widen(offset)];
}

function entryName(bytes: Buffer, source: ZipSource): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    throw damaged(source, 'the name of an entry is not UTF-8.', thrown);
  }
  const leaves = name.split('/').includes('..') || /^\/|^[a-z]:/i.test(name);
  if (name === '' || name.length > longestName || leaves || name.includes('\\') || name.includes('\0')) {
    const shown = JSON.stringify(name.slice(0, 100));
    throw damaged(source, `an entry has the name ${shown}, which no archive needs.`);
  }
  return name;
}

/** The local header says where the data begins, and nothing else that the directory does not. */
async function dataOffset({ name, headerOffset }: Listed, source: ZipSource): Promise<number> {
  const expected = Buffer.from(name);
  const header = await readAt(source.handle, headerOffset, fixedLength.local + expected.length);
  if (
    header.length !== fixedLength.local + expected.length ||
    header.readUInt32LE(0) !== signature.local ||
    header.readUInt16LE(26) !== expected.length ||
    !header.subarray(fixedLength.local).equals(expected)
  ) {
    throw damaged(source, `the entry "${name}" is not where the directory says.`);
  }
  return headerOffset + header.length + header.readUInt16LE(28);
}

/** Inexact beyond 2^53, which is beyond any file. */
function integer64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

function damaged({ path, owner }: ZipSource, what: string, cause?: unknown): ClipsightError {
  return new ClipsightError(
    owner,
    `${path} is not a sound archive: ${what}`,
    'Download it again, or save it again where it was made.',
    { cause },
  );
}
