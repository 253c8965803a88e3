/** A linear scale from values to pixels, and round numbers along it. */
export interface PlotScale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** `values` lie between `from` and `to`, in pixels; the scale ends at round numbers. About `wanted` ticks. */
export function plotScale(values: readonly number[], from: number, to: number, wanted = 4): PlotScale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Less than that is nothing that was computed, and too little to divide.
  const something = (length: number) => length > 1e-12;
  const range = [high - low, Math.abs(high)].find(something) ?? 1;
  const step = roundStep(range / wanted);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  const [start, end] = [first * step, last * step];
  return { at: (value) => from + ((value - start) / (end - start)) * (to - from), ticks };
}

/** The next of 1, 2, 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return (([1, 2, 5].find((digit) => digit * power >= least * (1 - 1e-9)) ?? 10) as number) * power;
}

/** An SVG path through points. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/** Index of the value nearest to `value`; -1 where there is none. */
export function nearest(values: readonly number[], value: number): number {
  let best = -1;
  values.forEach((candidate, i) => {
    if (best < 0 || Math.abs(candidate - value) < Math.abs(values[best]! - value)) best = i;
  });
  return best;
}
