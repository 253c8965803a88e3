import { ClipsightError } from '../../../shared/errors';
import type { Activation } from '../record';

/** k of the largest kept, of `size` latents. */
export function demandK(k: number, size: number, file: string): number {
  if (Number.isInteger(k) && k >= 1 && k <= size) return k;
  throw new ClipsightError(
    'dictionary',
    `${file}: the ${k} largest of ${size} latents cannot be kept.`,
    'Correct k.',
  );
}

/** One threshold for all latents: those above it and above 0 are kept as they are. */
export function oneThreshold(threshold: number, size: number): Activation {
  return threshold <= 0
    ? { kind: 'relu' }
    : { kind: 'jumprelu', thresholds: new Float32Array(size).fill(threshold) };
}

/** Groups of one size, k of them. */
export function groupMax(k: number, size: number, file: string): Activation {
  if (k >= 1 && size % k === 0) return { kind: 'groupmax', k };
  throw new ClipsightError(
    'dictionary',
    `${file}: ${size} latents do not make ${k} groups of one size.`,
    'Correct k.',
  );
}
