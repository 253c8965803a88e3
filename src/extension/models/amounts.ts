const counts = new Intl.NumberFormat('en-US');
const units = ['kB', 'MB', 'GB', 'TB'];
const space = '\u00a0';

/** A whole number with thousands separated. */
export function count(value: number): string {
  return counts.format(value);
}

/** `151 million`: three digits of a large number, for people. */
export function roughly(value: number): string {
  if (value >= 999.5e6) return `${digits(value / 1e9)}${space}billion`;
  return value >= 999.5e3 ? `${digits(value / 1e6)}${space}million` : count(value);
}

/** Bytes in the decimal units that file managers and the hub show. */
export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)}${space}bytes`;
  const power = Math.min(units.length, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  // 999.6 kB would round to 1000 kB.
  return scaled >= 999.5 && power < units.length
    ? `1${space}${units[power]}`
    : `${digits(scaled)}${space}${units[power - 1]}`;
}

/** A share of one as per cent. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return `<0.1${space}%`;
  return `${Number((share * 100).toFixed(1))}${space}%`;
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  return counts.format(Number(value.toPrecision(3)));
}

/** A measured number: three decimals, or two digits where that would be nothing. */
export function decimal(value: number): string {
  const rounded = Math.abs(value) < 0.01 ? value.toPrecision(2) : value.toFixed(3);
  return String(Number(rounded)).replace(/^-/, '\u2212');
}
