/** float32 as the library keeps them: little-endian, which all machines are that Node runs on here. */
export function bytesOf(vector: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Copies a vector to row `row` of `target`. Throws where it has not the width of the rows. */
export function placeRow(bytes: Uint8Array, target: Float32Array, row: number, width: number): void {
  if (bytes.length !== width * 4)
    throw new Error(`corrupt: a vector has ${bytes.length} bytes, not ${width * 4}`);
  new Uint8Array(target.buffer, target.byteOffset + row * width * 4, width * 4).set(bytes);
}

/** A copy, so that it may lie anywhere. */
export function vectorOf(bytes: Uint8Array): Float32Array {
  if (bytes.length % 4 !== 0) throw new Error(`corrupt: a vector has ${bytes.length} bytes`);
  return new Float32Array(bytes.slice().buffer);
}
