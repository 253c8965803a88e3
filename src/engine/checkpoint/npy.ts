/** What the header of numpy's .npy format says (numpy/lib/format.py). */
export interface NpyHeader {
  /** As numpy spells it: '<f4', '|V2'; 'structured' where it has several parts. */
  readonly type: string;
  /** Column by column. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Of the header, in bytes: the elements follow. */
  readonly length: number;
}

/** In bytes. Only structured types need more than 128. */
export const longestNpyHeader = 64 * 1024;

/** numpy's own limit. */
const mostAxes = 64;

const magic = Buffer.from('\x93NUMPY', 'latin1');
const description =
  /^\{\s*'descr':\s*('[^'\\]{1,20}'|\[.*\]),\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d, ]*)\),?\s*\}\s*$/s;

/** Null where `head`, the first bytes of an array, does not begin with a header that is sound. */
export function npyHeader(head: Buffer): NpyHeader | null {
  if (head.length < 12 || !magic.equals(head.subarray(0, 6))) return null;
  const version = head[6]!;
  if (version < 1 || version > 3) return null;
  const start = version === 1 ? 10 : 12;
  const length = start + (version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8));
  if (length > longestNpyHeader || length > head.length) return null;
  const match = description.exec(head.toString(version === 3 ? 'utf8' : 'latin1', start, length));
  if (match === null) return null;
  const [, type = '', order, sizes = ''] = match;
  const shape = shapeOf(sizes);
  if (shape === null) return null;
  return {
    type: type.startsWith('[') ? 'structured' : type.slice(1, -1),
    fortranOrder: order === 'True',
    shape,
    length,
  };
}

/** Of '', '3,' or '3, 4'. */
function shapeOf(sizes: string): readonly number[] | null {
  if (sizes.trim() === '') return [];
  if (!/^\s*\d+\s*,\s*$|^\s*\d+(\s*,\s*\d+)+\s*,?\s*$/.test(sizes)) return null;
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  return shape.length <= mostAxes && shape.every((size) => Number.isSafeInteger(size)) ? shape : null;
}
