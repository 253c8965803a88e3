import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import type { StoredTensor } from '../../../src/engine/graph/value';

/** An empty folder that goes away after the tests of the suite that it is made for. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'clipsight-graph-')));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

type Contents = Pick<StoredTensor, 'type' | 'shape'> & { readonly bytes: Uint8Array };

/** Writes tensors one after the other behind a header, as safetensors does; says where each of them lies. */
export function writeWeights<K extends string>(
  file: string,
  tensors: Readonly<Record<K, Contents>>,
  headerLength = 101,
): Readonly<Record<K, StoredTensor>> {
  const parts: Uint8Array[] = [new Uint8Array(headerLength).fill(0x7b)];
  let offset = headerLength;
  const stored: [string, StoredTensor][] = [];
  for (const [name, { type, shape, bytes }] of Object.entries<Contents>(tensors)) {
    stored.push([name, { file, offset, length: bytes.length, type, shape }]);
    parts.push(bytes);
    offset += bytes.length;
  }
  writeFileSync(file, Buffer.concat(parts));
  return Object.fromEntries(stored) as Readonly<Record<K, StoredTensor>>;
}

export const float32Bytes = (data: readonly number[]) => new Uint8Array(Float32Array.from(data).buffer);

/** The upper half of a float32; exact for numbers with few digits. */
export function bfloat16Bytes(data: readonly number[]): Uint8Array {
  const halves = Array.from(new Uint16Array(Float32Array.from(data).buffer)).filter((_, i) => i % 2 === 1);
  return new Uint8Array(Uint16Array.from(halves).buffer);
}
