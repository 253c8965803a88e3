import { readSync } from 'node:fs';

/** Bytes that are read at any place, and at once: whoever follows instructions cannot wait at each of them. */
export interface ByteSource {
  readonly length: number;
  /** A view, of fewer bytes where the source ends before. */
  read(offset: number, length: number): Buffer;
}

export function bytesInMemory(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return { length: bytes.length, read: (offset, length) => buffer.subarray(offset, offset + length) };
}

/** The bytes `start` to `end` of an open file; offsets count from `start`. */
export function bytesOfFile(descriptor: number, start: number, end: number): ByteSource {
  const length = Math.max(0, end - start);
  return {
    length,
    read: (offset, wanted) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(wanted, length - offset)));
      let filled = 0;
      while (filled < bytes.length) {
        const read = readSync(descriptor, bytes, filled, bytes.length - filled, start + offset + filled);
        if (read === 0) break;
        filled += read;
      }
      return bytes.subarray(0, filled);
    },
  };
}
