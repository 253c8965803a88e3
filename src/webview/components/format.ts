const counts = new Intl.NumberFormat('en-US');
const minus = '\u2212';

/** A whole number with thousands separated. */
export function count(value: number): string {
  return counts.format(value);
}

/** `1 component`, `2 components`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A cosine (or a part of one) in points: ×100, two decimals. */
export function points(value: number): string {
  return withMinus((value * 100).toFixed(2));
}

/** Points with their sign; what rounds to zero has none. */
export function signedPoints(value: number): string {
  const text = points(value);
  return value > 0 && text !== '0.00' ? `+${text}` : text;
}

/** A number already rounded to `text`, with its sign; what rounds to zero has none. */
export function withSign(value: number, text: string): string {
  if (Number(text) === 0) return text.replace(/^-/, '');
  return value > 0 ? `+${text}` : withMinus(text);
}

/** A share of one as per cent, one decimal; what is there but too small to show is `<0.1 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1\u00a0%';
  return `${(share * 100).toFixed(1)}\u00a0%`;
}

/** An activation, two decimals. */
export function activation(value: number): string {
  return withMinus(value.toFixed(2));
}

/** A number as it was computed, for tooltips: six significant digits. */
export function raw(value: number): string {
  return withMinus(String(Number(value.toPrecision(6))));
}

function withMinus(text: string): string {
  const unsigned = text.replace(/^-/, '');
  return text === unsigned || Number(text) === 0 ? unsigned : `${minus}${unsigned}`;
}
