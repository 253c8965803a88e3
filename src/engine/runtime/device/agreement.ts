import type { Precision } from '../../../shared/device';
import type { TensorData } from '../session';
import type { Feeds } from '../sessions';

/**
 * How far an output may be from the CPU's, as a part of its largest magnitude there (docs/devices.md).
 */
export const tolerances: { readonly [P in Precision]: number } = { fp32: 1e-4, fp16: 2e-2 };

/**
 * The largest difference of two runs' outputs, each as a part of the largest magnitude that `wanted` has of that output.
 * Infinite where they do not have the same outputs, and where one is not a number and the other is.
 */
export function disagreement(given: Feeds, wanted: Feeds): number {
  const names = Object.keys(wanted);
  if (names.length !== Object.keys(given).length) return Number.POSITIVE_INFINITY;
  return names.reduce((most, name) => Math.max(most, between(given[name], wanted[name]!)), 0);
}

function between(given: TensorData | undefined, wanted: TensorData): number {
  if (given?.type !== wanted.type || `${given.shape}` !== `${wanted.shape}`) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < wanted.data.length; i++) {
    const [a, b] = [Number(given.data[i]), Number(wanted.data[i])];
    if (Object.is(a, b)) continue;
    difference = Math.max(difference, Math.abs(a - b));
  }
  for (const x of wanted.data) largest = Math.max(largest, Math.abs(Number(x)));
  if (difference === 0) return 0;
  const error = difference / largest;
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

export function allFinite(outputs: Feeds): boolean {
  return Object.values(outputs).every(
    ({ type, data }) => (type !== 'float32' && type !== 'float64') || data.every(Number.isFinite),
  );
}
