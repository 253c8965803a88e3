import { tmpdir } from 'node:os';
import { program } from '../runtime/program';
import { float32, floats, integers } from '../runtime/session';
import { type Rows, rowCount } from './rows';

/** For each row the k others with the highest inner product, highest first; of equals the lower number first. */
export interface NearestRows {
  readonly k: number;
  /** [rows, k] */
  readonly others: Int32Array;
  /** [rows, k] */
  readonly products: Float32Array;
}

/** How a computation that takes seconds is run. */
export interface LongProduct {
  readonly threads?: number | undefined;
  /** Called, and waited for, with the number of rows done so far: what it throws ends the computation. */
  readonly report?: (done: number) => Promise<void> | void;
}

/** Products that are held at a time: 64 MB. */
const HELD = 2 ** 24;

/**
 * All inner products by ONNX Runtime, in float32, of which only the k highest of each row are kept. Of unit vectors
 * they are cosines.
 */
export async function nearestRows(
  rows: Rows,
  others: Rows,
  most: number,
  { threads, report }: LongProduct = {},
): Promise<NearestRows> {
  const [count, columns, { width }] = [rowCount(rows), rowCount(others), rows];
  if (others.width !== width) throw new Error(`rows of ${width} and of ${others.width} cannot be compared`);
  const k = Math.min(most, columns);
  const nearest = { k, others: new Int32Array(count * k), products: new Float32Array(count * k) };
  if (count === 0 || k === 0) return nearest;
  const products = program(
    (g) => {
      const a = g.input('rows', 'float32', ['rows', width]);
      const b = g.input('others', 'float32', ['others', width]);
      const [values, indices] = g.topK(g.matmul(a, g.transpose(b, [1, 0])), k);
      g.output('values', values);
      g.output('indices', indices);
    },
    // It has no weights to look for.
    { folder: tmpdir(), threads },
  );
  try {
    const step = Math.max(1, Math.floor(HELD / columns));
    for (let start = 0; start < count; start += step) {
      const end = Math.min(count, start + step);
      const block = rows.data.subarray(start * width, end * width);
      const found = await products.run({
        rows: float32(block, [end - start, width]),
        others: float32(others.data, [columns, width]),
      });
      nearest.others.set(integers(found, 'indices'), start * k);
      nearest.products.set(floats(found, 'values'), start * k);
      await report?.(end);
    }
  } finally {
    await products.release();
  }
  for (let row = 0; row < count; row++) sortRow(nearest, row);
  return nearest;
}

/** ONNX Runtime gives the k highest in no order. */
function sortRow({ k, others, products }: NearestRows, row: number): void {
  const start = row * k;
  const pairs = Array.from({ length: k }, (_, i) => [others[start + i]!, products[start + i]!] as const);
  pairs.sort(([a, x], [b, y]) => y - x || a - b);
  pairs.forEach(([other, product], i) => {
    others[start + i] = other;
    products[start + i] = product;
  });
}
