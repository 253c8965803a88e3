import type { Subject } from '../components/subject';
import { fromHalfRow, toHalfRows } from '../library/halfPrecision';
import type { Pictures } from '../library/library';
import { memoName } from '../library/memo';
import type { Rows } from '../semantics/rows';

/** What a picture's embedding changes by without each of its active components, one at a time. */
export interface Changes {
  /** Those active, ascending. */
  readonly components: Int32Array;
  /** e without the component − e, [components, embedding]. */
  readonly changes: Rows;
}

/** By what the library keeps the changes of a picture. Change the text where the bytes come to mean something else. */
export function changesName(
  picture: number,
  { study }: Pick<Subject, 'study'>,
  { sha256 }: Pick<Pictures, 'sha256'>,
): string {
  return memoName('embedding changes without components 1', study.key, sha256[picture]!);
}

/** Components, the scales of their rows, and the rows in half precision; all little-endian. */
export function encodedChanges({ components, changes }: Changes): Uint8Array {
  const { halves, scales } = toHalfRows(changes.data, changes.width);
  const bytes = new Uint8Array(8 * components.length + halves.byteLength);
  [components, scales, halves].reduce((at, part) => {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    return at + part.byteLength;
  }, 0);
  return bytes;
}

/** Throws at bytes that are of another width. */
export function decodedChanges(bytes: Uint8Array, width: number): Changes {
  const count = bytes.length / (8 + 2 * width);
  if (!Number.isInteger(count)) throw new Error(`corrupt: kept changes of ${bytes.length} bytes`);
  const { buffer } = bytes.slice();
  const scales = new Float32Array(buffer, 4 * count, count);
  const halves = new Uint16Array(buffer, 8 * count, count * width);
  const data = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    fromHalfRow(halves.subarray(i * width, (i + 1) * width), scales[i]!, data, i * width);
  }
  return { components: new Int32Array(buffer, 0, count), changes: { data, width } };
}
