import { tmpdir } from 'node:os';
import type { JobContext } from '../../../shared/rpc/protocol';
import { breather } from '../../job';
import { program } from '../../runtime/program';
import { float32, floats } from '../../runtime/session';
import { type Rows, rowCount } from '../../semantics/rows';
import { intoSquare, type Positions } from './positions';
import { principalDirections } from './principalDirections';

/** Rows that are multiplied at a time. */
const STEP = 2048;
/** Rows that differ by less than this share of their length are one point: what is left of them is rounding. */
const SAME = 1e-6;

/**
 * Places on the first two principal components of the rows, centred, in the square [−1, 1]² with one scale for both
 * axes. The same rows give the same places: the largest entry of each component by magnitude is positive.
 */
export async function pca(
  units: Rows,
  { threads, signal }: { readonly threads?: number | undefined; readonly signal?: AbortSignal } = {},
): Promise<Positions> {
  return intoSquare(
    await principalPlaces(units, { threads, signal: signal ?? new AbortController().signal }),
  );
}

/** As `pca`, before it is fitted into the square: the inner products of the centred rows with the directions. */
export async function principalPlaces(
  rows: Rows,
  { threads, signal }: Pick<JobContext, 'signal'> & { readonly threads?: number | undefined },
): Promise<Positions> {
  const count = rowCount(rows);
  const places = { x: new Float32Array(count), y: new Float32Array(count) };
  if (count < 2) return places;
  const breathe = breather({ signal });
  const centre = await meanOf(rows, breathe);
  const { covariance, largest } = await covarianceOf(rows, centre, threads, breathe);
  if (!(largest > SAME ** 2)) return places;
  const { directions } = await principalDirections(covariance, rows.width, 2, breathe);
  const { data, width } = rows;
  for (let row = 0; row < count; row++) {
    if (row % STEP === 0) await breathe();
    let [x, y] = [0, 0];
    for (let at = 0; at < width; at++) {
      const value = data[row * width + at]! - centre[at]!;
      x += value * directions[at]!;
      // A row of one number has no second direction.
      y += value * (directions[width + at] ?? 0);
    }
    places.x[row] = x;
    places.y[row] = y;
  }
  return places;
}

async function meanOf({ data, width }: Rows, breathe: () => Promise<void>): Promise<Float64Array> {
  const sum = new Float64Array(width);
  const count = data.length / width;
  for (let row = 0; row < count; row++) {
    if (row % STEP === 0) await breathe();
    for (let at = 0; at < width; at++) sum[at]! += data[row * width + at]!;
  }
  return sum.map((value) => value / count);
}

/** In float32 within a step, in float64 over the steps. `largest` is the largest ‖row − centre‖²/‖row‖². */
async function covarianceOf(
  rows: Rows,
  centre: Float64Array,
  threads: number | undefined,
  breathe: () => Promise<void>,
): Promise<{ readonly covariance: Float64Array; readonly largest: number }> {
  const { data, width } = rows;
  const count = rowCount(rows);
  const covariance = new Float64Array(width * width);
  let largest = 0;
  const products = program(
    (g) => {
      const a = g.input('columns', 'float32', [width, 'rows']);
      const b = g.input('rows', 'float32', ['rows', width]);
      g.output('products', g.matmul(a, b));
    },
    // It has no weights to look for.
    { folder: tmpdir(), threads },
  );
  try {
    for (let start = 0; start < count; start += STEP) {
      await breathe();
      const taken = Math.min(STEP, count - start);
      const centred = new Float32Array(taken * width);
      const columns = new Float32Array(taken * width);
      for (let row = 0; row < taken; row++) {
        let [spread, length] = [0, 0];
        for (let at = 0; at < width; at++) {
          const raw = data[(start + row) * width + at]!;
          const value = raw - centre[at]!;
          centred[row * width + at] = value;
          columns[at * taken + row] = value;
          spread += value * value;
          length += raw * raw;
        }
        if (spread > 0) largest = Math.max(largest, spread / length);
      }
      const found = floats(
        await products.run({
          columns: float32(columns, [width, taken]),
          rows: float32(centred, [taken, width]),
        }),
        'products',
      );
      for (let at = 0; at < found.length; at++) covariance[at]! += found[at]! / count;
    }
  } finally {
    await products.release();
  }
  return { covariance, largest };
}
