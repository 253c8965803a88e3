import { readFloats, rows } from '../../checkpoint/tensors';
import type { Matrix } from '../record';
import type { Place } from './place';

const chunkBytes = 8 * 1024 * 1024;

/**
 * The L2 norm of each row (axis 0) or column (axis 1) of a matrix, summed in double precision. The matrix is read
 * in pieces, never whole; of an outline, which has no values, all are 1.
 */
export async function rowNorms(
  { stored, transposed }: Matrix,
  axis: 0 | 1,
  { outline }: Pick<Place, 'outline'>,
): Promise<Float32Array> {
  const [outer, inner] = stored.shape as [number, number];
  const alongRows = (axis === 0) !== transposed;
  const squares = new Float64Array(alongRows ? outer : inner);
  if (outline) return Float32Array.from(squares, () => 1);
  const perChunk = Math.max(1, Math.floor(chunkBytes / Math.max(1, stored.length / outer)));
  for (let start = 0; start < outer; start += perChunk) {
    const end = Math.min(outer, start + perChunk);
    const values = await readFloats(rows(stored, start, end), 'dictionary');
    for (let row = start, at = 0; row < end; row++) {
      for (let column = 0; column < inner; column++, at++) {
        const value = values[at]!;
        squares[alongRows ? row : column]! += value * value;
      }
    }
  }
  return Float32Array.from(squares, Math.sqrt);
}
