import { readFileSync, writeFileSync } from 'node:fs';

/** Turns the numbers of a safetensors file around: every shape and type stays, and nothing means anything. */
export function scrambleWeights(path: string): void {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE(0));
  const numbers = new Float32Array(file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length));
  writeFileSync(path, Buffer.concat([file.subarray(0, start), new Uint8Array(numbers.reverse().buffer)]));
}
