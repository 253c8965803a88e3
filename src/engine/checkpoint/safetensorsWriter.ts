import type { FileHandle } from 'node:fs/promises';
import type { ElementType } from '../graph/value';
import { bytesPerElement } from './tensors';
import { append } from './weightCache';

/** A tensor to be written. */
export interface TensorToWrite {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Its elements, little-endian and row by row, in pieces of any size; asked for once. */
  bytes(): AsyncIterable<Uint8Array>;
}

const dtypes: { readonly [T in ElementType]: string } = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  bool: 'BOOL',
  uint8: 'U8',
};

/**
 * Writes a safetensors file (github.com/huggingface/safetensors, "Format") with these tensors, the wide types
 * first, so that every element lies at a multiple of its width. One piece is held at a time.
 *
 * @throws RangeError where a tensor has other bytes than its shape asks for, or a name that the format keeps.
 */
export async function writeSafetensors(
  target: FileHandle,
  tensors: readonly TensorToWrite[],
  onWritten: (bytes: number, total: number) => void = () => undefined,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const inOrder = tensors.toSorted((a, b) => bytesPerElement[b.type] - bytesPerElement[a.type]);
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set('__metadata__', metadata);
  let total = 0;
  for (const tensor of inOrder) {
    const { name, type, shape } = tensor;
    if (name === '__metadata__') throw new RangeError('a tensor cannot be named __metadata__');
    header.set(name, { dtype: dtypes[type], shape, data_offsets: [total, total + byteLength(tensor)] });
    total += byteLength(tensor);
  }
  const json = JSON.stringify(Object.fromEntries(header));
  const text = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await append(target, Buffer.concat([length, text]));
  let written = 0;
  for (const tensor of inOrder) {
    const end = written + byteLength(tensor);
    for await (const bytes of tensor.bytes()) {
      written += bytes.length;
      if (written > end) break;
      await append(target, bytes);
      onWritten(written, total);
    }
    if (written !== end) throw new RangeError(`the tensor "${tensor.name}" has not the bytes of its shape`);
  }
}

function byteLength({ type, shape }: TensorToWrite): number {
  return shape.reduce((product, count) => product * count, bytesPerElement[type]);
}
