import { crc32 } from 'node:zlib';

export interface ZipEntry {
  /** With slashes. */
  readonly name: string;
  readonly data: Uint8Array;
  /** `data` as a raw deflate stream, or null to store it as it is. */
  readonly deflated: Uint8Array | null;
  readonly isExecutable: boolean;
}

/** 1 January 1980, the first day that a zip file knows: what is packed is the same whenever that is done. */
const date = { time: 0, day: (1 << 5) | 1 };
/** Version 2.0, made on Unix, so that modes count. */
const version = 20;
const unix = 3 << 8;
const utf8 = 1 << 11;

/** A zip file of less than 4 GiB. */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  const add = (...pieces: Uint8Array[]) => {
    for (const piece of pieces) offset += piece.length;
    parts.push(...pieces);
  };
  for (const { name, data, deflated, isExecutable } of entries) {
    const bytes = new TextEncoder().encode(name);
    const body = deflated ?? data;
    const common = [
      ...u16(version, utf8, deflated === null ? 0 : 8, date.time, date.day),
      ...u32(crc32(data), body.length, data.length),
      ...u16(bytes.length, 0),
    ];
    const mode = 0o100000 | (isExecutable ? 0o755 : 0o644);
    directory.push(
      Uint8Array.from([
        ...[...u32(0x02014b50), ...u16(unix | version), ...common],
        ...[...u16(0, 0, 0), ...u32(mode * 0x10000, offset)],
      ]),
      bytes,
    );
    add(Uint8Array.from([...u32(0x04034b50), ...common]), bytes, body);
  }
  const start = offset;
  add(...directory);
  const count = entries.length;
  add(
    Uint8Array.from([
      ...u32(0x06054b50),
      ...u16(0, 0, count, count),
      ...u32(offset - start, start),
      ...u16(0),
    ]),
  );
  return Buffer.concat(parts);
}

function u16(...values: readonly number[]): readonly number[] {
  return values.flatMap((value) => [value & 0xff, (value >>> 8) & 0xff]);
}

function u32(...values: readonly number[]): readonly number[] {
  return values.flatMap((value) => u16(value & 0xffff, value >>> 16));
}
