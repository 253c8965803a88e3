/** How similarities, attributions and shares are written wherever they are shown. */

const minus = '\u2212';

/** A cosine (or a part of one) in points: ×100, two decimals. */
export function points(value: number): string {
  const text = Math.abs(value * 100).toFixed(2);
  return value < 0 && text !== '0.00' ? `${minus}${text}` : text;
}

/** Points with their sign; what rounds to zero has none. */
export function signedPoints(value: number): string {
  const text = points(value);
  return value > 0 && text !== '0.00' ? `+${text}` : text;
}

/** A share of one as per cent, one decimal; what is there but too small to show is `<0.1 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1\u00a0%';
  return `${(share * 100).toFixed(1)}\u00a0%`;
}
