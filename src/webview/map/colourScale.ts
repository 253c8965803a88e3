/** How values become shares of a scale, from 0 to 1, and the numbers of its legend. */
export interface ColourScale {
  readonly kind: 'sequential' | 'diverging';
  /** Not a number where there is no value. */
  readonly share: (value: number) => number;
  /** In rising order of their share. */
  readonly ticks: readonly { readonly value: number; readonly share: number }[];
}

/** Numbers nearer than this would lie over each other. */
const apart = 0.24;

/** Logarithmic, from the smallest to the largest positive value: rates lie decades apart. */
export function logScale(values: Float32Array): ColourScale {
  const [low, high] = positiveRange(values);
  const decades = Math.log(high / low);
  const share = (value: number) =>
    Number.isNaN(value)
      ? Number.NaN
      : value <= low
        ? 0
        : decades > 0
          ? clamp(Math.log(value / low) / decades)
          : 1;
  const ticks = low === high ? [high] : [low];
  for (let exponent = Math.ceil(Math.log10(low)); 10 ** exponent < high; exponent++) {
    const at = share(10 ** exponent);
    if (at - share(ticks.at(-1)!) >= apart && 1 - at >= apart) ticks.push(10 ** exponent);
  }
  if (low !== high) ticks.push(high);
  return {
    kind: 'sequential',
    share,
    ticks: ticks.map((value) => ({ value, share: share(value) })),
  };
}

/** As far to either side of zero as the largest magnitude. */
export function signedScale(values: Float32Array): ColourScale {
  const far = values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
  const share = (value: number) =>
    Number.isNaN(value) ? Number.NaN : far === 0 ? 0.5 : clamp(0.5 + value / far / 2);
  return {
    kind: 'diverging',
    share,
    ticks: (far === 0 ? [0] : [-far, 0, far]).map((value) => ({ value, share: share(value) })),
  };
}

function positiveRange(values: Float32Array): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high > 0 ? [low, high] : [1, 1];
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
