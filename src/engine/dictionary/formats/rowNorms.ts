import { ClipsightError } from '../../../shared/errors';
import { readAt, withFile } from '../../checkpoint/files';
import { readFloats, rows } from '../../checkpoint/tensors';
import type { StoredTensor } from '../../graph/value';
import type { Matrix } from '../record';

const chunkBytes = 8 * 1024 * 1024;

/**
 * The L2 norm of each row (axis 0) or column (axis 1) of a matrix, summed in double precision. The matrix is read
 * in pieces, never whole.
 */
export async function rowNorms({ stored, transposed }: Matrix, axis: 0 | 1): Promise<Float32Array> {
  const [outer, inner] = stored.shape as [number, number];
  const alongRows = (axis === 0) !== transposed;
  const squares = new Float64Array(alongRows ? outer : inner);
  const perChunk = Math.max(1, Math.floor(chunkBytes / Math.max(1, stored.length / outer)));
  for (let start = 0; start < outer; start += perChunk) {
    const end = Math.min(outer, start + perChunk);
    const values = await floatsOf(rows(stored, start, end));
    for (let row = start, at = 0; row < end; row++) {
      for (let column = 0; column < inner; column++, at++) {
        const value = values[at]!;
        squares[alongRows ? row : column]! += value * value;
      }
    }
  }
  return Float32Array.from(squares, Math.sqrt);
}

/** As readFloats, and for float32 as fast as the disk. */
async function floatsOf(tensor: StoredTensor): Promise<Float32Array> {
  if (tensor.type !== 'float32') return readFloats(tensor, 'dictionary');
  const bytes = await withFile(tensor.file, 'dictionary', (handle) =>
    readAt(handle, tensor.offset, tensor.length),
  );
  if (bytes.length !== tensor.length) {
    throw new ClipsightError('dictionary', `${tensor.file} changed while it was read.`, 'Load it again.');
  }
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
