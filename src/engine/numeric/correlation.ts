/** Pearson's. Null where either has fewer than two different values. */
export function correlation(a: Float64Array, b: Float64Array): number | null {
  if (areSame(a) || areSame(b)) return null;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  if (squaresA === 0 || squaresB === 0) return null;
  // Rounding takes it past 1 by an ulp.
  return Math.max(-1, Math.min(1, both / Math.sqrt(squaresA * squaresB)));
}

/** Asked of the values: their mean may differ from each of them by rounding. */
function areSame(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
