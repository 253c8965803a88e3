import { standardNormals } from '../../semantics/standardNormals';
import { symmetricEigen } from './symmetricEigen';

export interface PrincipalDirections {
  /** Eigenvalues in falling order, one per direction. */
  readonly variances: Float64Array;
  /** [directions, width], orthonormal. */
  readonly directions: Float64Array;
}

/** More directions than asked for are iterated: those beyond make the wanted ones converge sooner. */
const SPARE = 8;
const MOST_ITERATIONS = 400;
/** ‖C·q − λ·q‖ in units of the largest eigenvalue; the covariance itself is known to about 1e-7. */
const RESIDUAL = 1e-8;

/**
 * The eigenvectors of a covariance [width, width] with the largest eigenvalues, by subspace iteration with
 * Rayleigh and Ritz's step (Golub & Van Loan, 8.2.4). The largest entry of a direction by magnitude, the first
 * of equals, is positive.
 * @param breathe called between iterations.
 */
export async function principalDirections(
  covariance: Float64Array,
  width: number,
  most: number,
  breathe: () => Promise<void>,
): Promise<PrincipalDirections> {
  const wanted = Math.min(most, width);
  const block = Math.min(width, wanted + SPARE);
  let basis = orthonormal(standardNormals(1, block * width), width);
  let ritz = rayleighRitz(covariance, basis, width);
  for (let n = 0; n < MOST_ITERATIONS && residual(ritz, width, wanted) > RESIDUAL; n++) {
    await breathe();
    basis = orthonormal(ritz.images, width);
    ritz = rayleighRitz(covariance, basis, width);
  }
  const directions = ritz.vectors.slice(0, wanted * width);
  for (let i = 0; i < wanted; i++) pointUp(directions.subarray(i * width, (i + 1) * width));
  return { variances: ritz.values.slice(0, wanted), directions };
}

interface Ritz {
  readonly values: Float64Array;
  /** [block, width] */
  readonly vectors: Float64Array;
  /** C times each vector, [block, width]. */
  readonly images: Float64Array;
}

/** The best eigenvectors within the span of orthonormal rows. */
function rayleighRitz(covariance: Float64Array, basis: Float64Array, width: number): Ritz {
  const block = basis.length / width;
  const images = new Float64Array(block * width);
  for (let i = 0; i < block; i++) {
    const vector = basis.subarray(i * width, (i + 1) * width);
    for (let row = 0; row < width; row++) {
      images[i * width + row] = product(covariance.subarray(row * width, (row + 1) * width), vector);
    }
  }
  const small = new Float64Array(block * block);
  for (let i = 0; i < block; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = product(
        basis.subarray(i * width, (i + 1) * width),
        images.subarray(j * width, (j + 1) * width),
      );
      small[i * block + j] = entry;
      small[j * block + i] = entry;
    }
  }
  const { values, vectors } = symmetricEigen(small, block);
  return { values, vectors: combined(basis, vectors, width), images: combined(images, vectors, width) };
}

/** Row i of the result is Σ_j weights[j, i]·rows[j]. */
function combined(rows: Float64Array, weights: Float64Array, width: number): Float64Array {
  const block = rows.length / width;
  const out = new Float64Array(rows.length);
  for (let i = 0; i < block; i++) {
    for (let j = 0; j < block; j++) {
      const weight = weights[j * block + i]!;
      for (let at = 0; at < width; at++) out[i * width + at]! += weight * rows[j * width + at]!;
    }
  }
  return out;
}

function residual({ values, vectors, images }: Ritz, width: number, wanted: number): number {
  if (!(values[0]! > 0)) return 0;
  let largest = 0;
  for (let i = 0; i < wanted; i++) {
    let square = 0;
    for (let at = i * width; at < (i + 1) * width; at++) {
      square += (images[at]! - values[i]! * vectors[at]!) ** 2;
    }
    largest = Math.max(largest, Math.sqrt(square) / values[0]!);
  }
  return largest;
}

/** Modified Gram–Schmidt, twice; a row that lies in the span of those before it becomes an axis that does not. */
function orthonormal(rows: Float64Array, width: number): Float64Array {
  const out = rows.slice();
  const count = rows.length / width;
  const row = (i: number) => out.subarray(i * width, (i + 1) * width);
  let axis = 0;
  for (let i = 0; i < count; i++) {
    const vector = row(i);
    let length = 0;
    for (;;) {
      const before = Math.sqrt(product(vector, vector));
      for (let pass = 0; pass < 2; pass++) {
        for (let j = 0; j < i; j++) {
          const other = row(j);
          const share = product(vector, other);
          for (let at = 0; at < width; at++) vector[at]! -= share * other[at]!;
        }
      }
      length = Math.sqrt(product(vector, vector));
      if (length > 1e-10 * before) break;
      vector.fill(0);
      vector[axis++] = 1;
    }
    for (let at = 0; at < width; at++) vector[at]! /= length;
  }
  return out;
}

function pointUp(direction: Float64Array): void {
  let largest = 0;
  for (let at = 1; at < direction.length; at++) {
    if (Math.abs(direction[at]!) > Math.abs(direction[largest]!)) largest = at;
  }
  if (direction[largest]! >= 0) return;
  for (let at = 0; at < direction.length; at++) direction[at] = -direction[at]!;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
