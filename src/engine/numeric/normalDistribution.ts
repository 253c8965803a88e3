/**
 * P(Z ≤ x) of a standard normal Z, to about 1e-15 within ±7, 0 or 1 beyond ±38 (G. Marsaglia, 2004: its Taylor series).
 * NaN of NaN.
 */
export function normalBelow(x: number): number {
  // The series of NaN would never end.
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 38) return x < 0 ? 0 : 1;
  let term = x;
  let sum = x;
  for (let i = 3; sum + term !== sum; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return Math.min(1, Math.max(0, 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)));
}

/** The x below which a standard normal lies with probability `p`, from 1e-12 to 1 − 1e-12: by bisection. */
export function normalQuantile(p: number): number {
  let [low, high] = [-7.5, 7.5];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
