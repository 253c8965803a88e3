import { deflateRawSync } from 'node:zlib';

/** An entry to be written; what is given beside name and data replaces what would be true of it. */
export interface EntryToWrite {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflated?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly packedSize?: number;
  readonly headerOffset?: number;
  /** 0 where it is left out. */
  readonly crc32?: number;
  /** The name in the local header. */
  readonly localName?: string;
  /** Sizes and offset in a zip64 field. */
  readonly zip64?: boolean;
}

/** What replaces the truth in the end record. */
export interface EndToWrite {
  readonly entries?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly disk?: number;
  readonly comment?: string;
  readonly zip64?: boolean;
}

/** The bytes of a zip archive, valid or not. */
export function zipBytes(entries: readonly EntryToWrite[], end: EndToWrite = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const packed = entry.deflated ? deflateRawSync(entry.data) : entry.data;
    const local = localHeader(entry.localName ?? entry.name);
    directory.push(directoryEntry(entry, packed.length, at));
    parts.push(local, Buffer.from(packed));
    at += local.length + packed.length;
  }
  const listing = Buffer.concat(directory);
  const truth = {
    entries: entries.length,
    size: listing.length,
    offset: at,
    disk: 0,
    comment: '',
    zip64: false,
  };
  return Buffer.concat([...parts, listing, endRecord({ ...truth, ...end }, at + listing.length)]);
}

function localHeader(name: string): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50);
  header.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

function directoryEntry(entry: EntryToWrite, packedLength: number, at: number): Buffer {
  const size = entry.size ?? entry.data.length;
  const packedSize = entry.packedSize ?? packedLength;
  const headerOffset = entry.headerOffset ?? at;
  const extra = Buffer.alloc(entry.zip64 ? 28 : 0);
  if (entry.zip64) {
    extra.writeUInt16LE(1);
    extra.writeUInt16LE(24, 2);
    [size, packedSize, headerOffset].forEach((value, i) => {
      extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    });
  }
  const short = (value: number) => (entry.zip64 ? 0xffffffff : value);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50);
  record.writeUInt16LE(entry.flags ?? 0, 8);
  record.writeUInt16LE(entry.method ?? (entry.deflated ? 8 : 0), 10);
  record.writeUInt32LE(entry.crc32 ?? 0, 16);
  record.writeUInt32LE(short(packedSize), 20);
  record.writeUInt32LE(short(size), 24);
  record.writeUInt16LE(Buffer.byteLength(entry.name), 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE(short(headerOffset), 42);
  return Buffer.concat([record, Buffer.from(entry.name), extra]);
}

function endRecord(end: Required<EndToWrite>, at: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50);
  record.writeUInt16LE(end.disk, 4);
  record.writeUInt16LE(end.zip64 ? 0xffff : end.entries, 8);
  record.writeUInt16LE(end.zip64 ? 0xffff : end.entries, 10);
  record.writeUInt32LE(end.zip64 ? 0xffffffff : end.size, 12);
  record.writeUInt32LE(end.zip64 ? 0xffffffff : end.offset, 16);
  record.writeUInt16LE(Buffer.byteLength(end.comment), 20);
  const short = Buffer.concat([record, Buffer.from(end.comment)]);
  if (!end.zip64) return short;
  const record64 = Buffer.alloc(56 + 20);
  record64.writeUInt32LE(0x06064b50);
  record64.writeBigUInt64LE(44n, 4);
  [end.entries, end.entries, end.size, end.offset].forEach((value, i) => {
    record64.writeBigUInt64LE(BigInt(value), 24 + 8 * i);
  });
  record64.writeUInt32LE(0x07064b50, 56);
  record64.writeBigUInt64LE(BigInt(at), 64);
  record64.writeUInt32LE(1, 72);
  return Buffer.concat([record64, short]);
}
