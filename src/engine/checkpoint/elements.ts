import { ClipsightError } from '../../shared/errors';
import type { FileOwner } from './files';

/** Elements that are not little-endian, or wider than those that are computed with. */
export interface Encoding {
  /** Of an element, in bytes. */
  readonly width: 1 | 2 | 4 | 8;
  readonly bigEndian: boolean;
  /** float64, to be float32. */
  readonly narrowed: boolean;
}

/**
 * The same elements little-endian, and float32 where they are narrowed: each the nearest to what it was. `what`
 * names the file and the tensor.
 *
 * @throws ClipsightError with code `owner` where one is finite but beyond float32.
 */
export async function* littleEndian(
  chunks: AsyncIterable<Uint8Array>,
  { width, bigEndian, narrowed }: Encoding,
  what: string,
  owner: FileOwner,
): AsyncGenerator<Uint8Array> {
  if (!bigEndian && !narrowed) {
    yield* chunks;
    return;
  }
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    // A copy with an alignment of its own: chunks end anywhere.
    const joined = new Uint8Array(rest.length + chunk.length);
    joined.set(rest);
    joined.set(chunk, rest.length);
    const whole = joined.length - (joined.length % width);
    rest = joined.slice(whole);
    if (bigEndian) swap(Buffer.from(joined.buffer, 0, whole), width);
    yield narrowed ? asFloat32(joined.buffer, whole, what, owner) : joined.subarray(0, whole);
  }
  if (rest.length > 0) yield rest;
}

function swap(bytes: Buffer, width: Encoding['width']): void {
  if (width === 2) bytes.swap16();
  if (width === 4) bytes.swap32();
  if (width === 8) bytes.swap64();
}

function asFloat32(buffer: ArrayBuffer, length: number, what: string, owner: FileOwner): Uint8Array {
  const wide = new Float64Array(buffer, 0, length / 8);
  const narrow = new Float32Array(wide);
  for (let i = 0; i < narrow.length; i++) {
    if (Number.isFinite(narrow[i]!) || !Number.isFinite(wide[i]!)) continue;
    throw new ClipsightError(
      owner,
      `${what} has the value ${wide[i]}, which is beyond float32.`,
      'Check the weights where they were made: trained ones are not that large.',
    );
  }
  return new Uint8Array(narrow.buffer);
}
