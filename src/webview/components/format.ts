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

/** A number already rounded to `text`, with its sign; what rounds to zero has none. */
export function withSign(value: number, text: string): string {
  if (Number(text) === 0) return text.replace(/^-/, '');
  return value > 0 ? `+${text}` : withMinus(text);
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
