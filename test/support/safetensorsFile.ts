/** One tensor to be written; zeros where `data` is left out. */
export interface TensorToWrite {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data?: Uint8Array;
}

const bytesOf: { readonly [dtype: string]: number } = { F64: 8, I64: 8, F32: 4, F16: 2, BF16: 2, U8: 1 };

/** The bytes of a safetensors file with these tensors, one after the other. */
export function safetensorsBytes(tensors: { readonly [name: string]: TensorToWrite }): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    const part = data ?? new Uint8Array(shape.reduce((a, b) => a * b, bytesOf[dtype] ?? 1));
    header[name] = { dtype, shape, data_offsets: [offset, offset + part.length] };
    parts.push(part);
    offset += part.length;
  }
  return withHeader(JSON.stringify(header), Buffer.concat(parts));
}

/** A file of that format with any header and data, valid or not. */
export function withHeader(header: string | Uint8Array, data: Uint8Array): Buffer {
  const bytes = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes, data]);
}

export function floatBytes(...values: number[]): Uint8Array {
  return new Uint8Array(new Float32Array(values).buffer);
}
