/** Eigenvalues in falling order, and the eigenvector of each as a column. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** [size, size], row-major; column i belongs to values[i]. */
  readonly vectors: Float64Array;
}

/** Of a small symmetric matrix [size, size], by cyclic Jacobi rotations (Golub & Van Loan, 8.5). */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const a = matrix.slice();
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  for (let sweep = 0; sweep < 60 && offDiagonal(a, size) > 0; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (i, j) => a[j * size + j]! - a[i * size + i]! || i - j,
  );
  return {
    values: Float64Array.from(order, (i) => a[i * size + i]!),
    vectors: Float64Array.from({ length: size * size }, (_, at) => {
      const row = Math.floor(at / size);
      return v[row * size + order[at % size]!]!;
    }),
  };
}

/** Makes a[p, q] zero; what is too small to matter beside the diagonal is set to zero as it is. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const [pp, qq, pq] = [a[p * size + p]!, a[q * size + q]!, a[p * size + q]!];
  if (Math.abs(pq) <= 1e-17 * (Math.abs(pp) + Math.abs(qq))) {
    a[p * size + q] = 0;
    a[q * size + p] = 0;
    return;
  }
  const tau = (qq - pp) / (2 * pq);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, c, s);
  for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, c, s);
  for (let k = 0; k < size; k++) turn(v, k * size + p, k * size + q, c, s);
}

function turn(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [m[i]!, m[j]!];
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}

function offDiagonal(a: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) if (i !== j) sum += Math.abs(a[i * size + j]!);
  }
  return sum;
}
