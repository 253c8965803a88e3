import { uniforms } from '../../src/engine/numeric/uniforms';

/** What is called significant, after the correction. */
export const level = 0.05;

const flips = 100_000;

/**
 * Two-sided p of paired differences: how often the sum of them is as far from 0 when each has its sign at random.
 * 100 000 draws, the same ones each time; the smallest p there is, is 1 in 100 001.
 */
export function signFlipTest(differences: Float64Array): number {
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  const total = differences.reduce((sum, d) => sum + Math.abs(d), 0);
  if (total === 0) return 1;
  const tables = Array.from({ length: Math.ceil(differences.length / 8) }, (_, i) =>
    signedSums(differences.subarray(8 * i, 8 * i + 8)),
  );
  const random = uniforms(7);
  let asFar = 1;
  for (let draw = 0; draw < flips; draw++) {
    let sum = 0;
    let bits = 0;
    for (let i = 0; i < tables.length; i++) {
      if (i % 4 === 0) bits = Math.floor(random() * 2 ** 32);
      sum += tables[i]![bits & 255]!;
      bits >>>= 8;
    }
    if (Math.abs(sum) >= observed - 1e-12 * total) asFar += 1;
  }
  return asFar / (flips + 1);
}

/** The sums of up to eight values, by the bits that say which of them keep their sign. */
function signedSums(values: Float64Array): Float64Array {
  return Float64Array.from({ length: 256 }, (_, bits) =>
    values.reduce((sum, value, i) => sum + (((bits >> i) & 1) === 1 ? value : -value), 0),
  );
}

/** p values corrected for their number so that any false positive at all has at most the stated probability (Holm, 1979). */
export function holm(p: readonly number[]): readonly number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const corrected = new Array<number>(p.length).fill(1);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, p[i]! * (p.length - rank)));
    corrected[i] = least;
  });
  return corrected;
}
