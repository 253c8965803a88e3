import type { PickleRecord, PickleValue } from './pickle';

/** How a number lies in memory, by numpy's name of its type (its kind and its width in bytes). */
const readers: { readonly [type: string]: (view: DataView) => number | bigint | boolean } = {
  b1: (view) => view.getUint8(0) !== 0,
  i1: (view) => view.getInt8(0),
  i2: (view) => view.getInt16(0, true),
  i4: (view) => view.getInt32(0, true),
  i8: (view) => narrow(view.getBigInt64(0, true)),
  u1: (view) => view.getUint8(0),
  u2: (view) => view.getUint16(0, true),
  u4: (view) => view.getUint32(0, true),
  u8: (view) => narrow(view.getBigUint64(0, true)),
  f4: (view) => view.getFloat32(0, true),
  f8: (view) => view.getFloat64(0, true),
};

/**
 * Numbers of numpy, which find their way into configurations, and the bytes of protocols before 3: what these calls
 * give is known without making them. Undefined where it is another call, or another kind of number.
 */
export function pythonScalar<Leaf>(
  module: string,
  name: string,
  args: readonly PickleValue<Leaf>[],
): PickleValue<Leaf> | undefined {
  if (name === 'scalar' && /^numpy\.(_?core)\.multiarray$/.test(module)) return numpyScalar(args);
  if (module === '_codecs' && name === 'encode' && args[1] === 'latin1') return latin1Bytes(args[0]);
  if (module === '__builtin__' && name === 'bytes' && args.length === 0) return new Uint8Array(0);
  return undefined;
}

/** (dtype, its bytes) */
function numpyScalar<Leaf>([type, bytes]: readonly PickleValue<Leaf>[]): PickleValue<Leaf> | undefined {
  if (!isNumpyType(type) || !(bytes instanceof Uint8Array)) return undefined;
  const [name] = type.args;
  const [, order] = Array.isArray(type.state) ? type.state : [];
  const read = typeof name === 'string' && Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (read === undefined || order === '>' || String(bytes.length) !== String(name).slice(1)) return undefined;
  return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
}

function latin1Bytes<Leaf>(text: PickleValue<Leaf> | undefined): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Uint8Array.from(Buffer.from(text, 'latin1'));
  return Buffer.from(bytes).toString('latin1') === text ? bytes : undefined;
}

function isNumpyType<Leaf>(value: PickleValue<Leaf> | undefined): value is PickleRecord<Leaf> {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'record')
    return false;
  const record = value as PickleRecord<Leaf>;
  return record.module === 'numpy' && record.name === 'dtype';
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
