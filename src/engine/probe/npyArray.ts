import { npyHeader } from '../checkpoint/npy';
import { fromHalf } from '../checkpoint/tensors';
import { mostNumbers, type ProbeArray } from './array';

/** Bytes of an element that numpy calls by a letter: floats, integers, booleans; of texts, of a character. */
const widths: Readonly<Record<string, readonly number[]>> = {
  f: [2, 4, 8],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  b: [1],
};

/**
 * An array in numpy's .npy format (numpy/lib/format.py): numbers, or texts of fixed width. Or why it is not read, as the
 * end of a sentence. Pickled objects are never read.
 */
export function npyArray(bytes: Uint8Array): ProbeArray | string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = npyHeader(buffer);
  if (header === null) return 'has no sound header';
  const match = /^([<>|=]?)([a-zA-Z])(\d{0,9})$/.exec(header.type);
  const [, order = '', letter = '', digits = ''] = match ?? [];
  if (letter === 'O') return 'holds pickled objects, which are never read';
  const size = Number(digits);
  const isText = letter === 'U' && size <= longestText;
  if (!isText && !widths[letter]?.includes(size)) return `is of type ${header.type}, which is not read`;
  const width = isText ? 4 * size : size;
  const { shape, fortranOrder } = header;
  const count = shape.reduce((product, length) => product * length, 1);
  if (count > mostNumbers) return `has ${count} elements, more than any probe`;
  const content = buffer.subarray(header.length);
  if (content.length !== count * width) {
    return `has ${content.length} bytes, [${shape.join(', ')}] of ${header.type} takes ${count * width}`;
  }
  const isBig = order === '>';
  const place = placesOf(shape, fortranOrder);
  if (isText) {
    const data = Array.from({ length: count }, () => '');
    for (let i = 0; i < count; i++) {
      const text = textOf(content.subarray(i * width, (i + 1) * width), isBig);
      if (text === null) return 'holds a text that is not Unicode';
      data[place(i)] = text;
    }
    return { kind: 'texts', shape, data };
  }
  const data = new Float64Array(count);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const read = reader(`${letter}${size}`, view, !isBig);
  for (let i = 0; i < count; i++) data[place(i)] = read(i * width);
  if (letter !== 'f' && !data.every(Number.isSafeInteger)) return 'holds an integer beyond 2^53';
  return { kind: 'numbers', shape, data };
}

/** In characters. */
const longestText = 10_000;

/** Where element i of the file goes, row by row. */
function placesOf(shape: readonly number[], fortranOrder: boolean): (i: number) => number {
  if (!fortranOrder || shape.length < 2) return (i) => i;
  return (i) => {
    let [rest, place] = [i, 0];
    const indices = shape.map((length) => {
      const index = rest % length;
      rest = Math.floor(rest / length);
      return index;
    });
    indices.forEach((index, axis) => {
      place = place * shape[axis]! + index;
    });
    return place;
  };
}

function reader(type: string, view: DataView, little: boolean): (at: number) => number {
  switch (type) {
    case 'f2':
      return (at) => fromHalf(view.getUint16(at, little));
    case 'f4':
      return (at) => view.getFloat32(at, little);
    case 'f8':
      return (at) => view.getFloat64(at, little);
    case 'i1':
      return (at) => view.getInt8(at);
    case 'i2':
      return (at) => view.getInt16(at, little);
    case 'i4':
      return (at) => view.getInt32(at, little);
    case 'i8':
      return (at) => Number(view.getBigInt64(at, little));
    case 'u1':
    case 'b1':
      return (at) => view.getUint8(at);
    case 'u2':
      return (at) => view.getUint16(at, little);
    case 'u4':
      return (at) => view.getUint32(at, little);
    case 'u8':
      return (at) => Number(view.getBigUint64(at, little));
    default:
      throw new Error(`no reader of ${type}`);
  }
}

/** UTF-32, padded with zeros; null where it is none. */
function textOf(bytes: Buffer, isBig: boolean): string | null {
  const points: number[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const point = isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null;
    points.push(point);
  }
  while (points.at(-1) === 0) points.pop();
  return points.map((point) => String.fromCodePoint(point)).join('');
}
