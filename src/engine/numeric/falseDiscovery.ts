/**
 * How false discoveries are kept rare: `benjamini-hochberg` (1995) where tests are independent or lean the same way,
 * `benjamini-yekutieli` (2001) whatever the tests have to do with each other.
 */
export type DiscoveryControl = 'benjamini-hochberg' | 'benjamini-yekutieli';

export interface Discoveries {
  /** In the order given: the smallest level at which each would be rejected, at most 1. */
  readonly adjusted: Float64Array;
  /** 1 where it is rejected. */
  readonly rejected: Uint8Array;
}

/**
 * Which hypotheses to reject so that in expectation at most `level` of the rejected are true, as statsmodels'
 * `multipletests(method='fdr_by')` and `'fdr_bh'`. Equal p-values share their fate. Throws at what is no probability.
 */
export function discoveries(
  p: ArrayLike<number>,
  level: number,
  control: DiscoveryControl = 'benjamini-yekutieli',
): Discoveries {
  const n = p.length;
  for (let i = 0; i < n; i++) if (!(p[i]! >= 0 && p[i]! <= 1)) throw new Error(`${p[i]} is no probability`);
  if (!(level > 0 && level < 1)) throw new Error(`${level} is no level`);
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const factor = correction(control, n);
  const adjusted = new Float64Array(n);
  const rejected = new Uint8Array(n);
  let [smallest, found] = [1, false];
  for (let rank = n; rank >= 1; rank--) {
    const i = order[rank - 1]!;
    const share = rank / n / factor;
    smallest = Math.min(smallest, p[i]! / share);
    found ||= p[i]! <= share * level;
    adjusted[i] = smallest;
    rejected[i] = found ? 1 : 0;
  }
  return { adjusted, rejected };
}

function correction(control: DiscoveryControl, n: number): number {
  switch (control) {
    case 'benjamini-hochberg':
      return 1;
    case 'benjamini-yekutieli': {
      let sum = 0;
      for (let i = 1; i <= n; i++) sum += 1 / i;
      return sum;
    }
  }
}
