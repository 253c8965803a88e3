import { tmpdir } from 'node:os';
import { program } from '../runtime/program';
import { float32, floats } from '../runtime/session';
import { type Rows, rowCount } from './rows';

/** Inner products of many rows with a few vectors, by ONNX Runtime in float32, off the event loop. */
export interface Products {
  /** [rows, vectors] */
  of(rows: Rows, vectors: Rows): Promise<Float32Array>;
  release(): Promise<void>;
}

export function openProducts(width: number, threads: number | undefined): Products {
  const products = program(
    (g) => {
      const rows = g.input('rows', 'float32', ['rows', width]);
      const vectors = g.input('vectors', 'float32', ['vectors', width]);
      g.output('products', g.matmul(rows, g.transpose(vectors, [1, 0])));
    },
    // It has no weights to look for.
    { folder: tmpdir(), threads },
  );
  return {
    async of(rows, vectors) {
      if (rows.width !== width || vectors.width !== width) {
        throw new Error(`rows of ${rows.width} and vectors of ${vectors.width} are not ${width} wide`);
      }
      const shape = (some: Rows) => [rowCount(some), width];
      if (rows.data.length === 0 || vectors.data.length === 0) return new Float32Array(0);
      const found = await products.run({
        rows: float32(rows.data, shape(rows)),
        vectors: float32(vectors.data, shape(vectors)),
      });
      return floats(found, 'products');
    },
    release: () => products.release(),
  };
}
