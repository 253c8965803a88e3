import { uniforms } from '../../numeric/uniforms';

/** Draws of every test that draws: the same ones each time. */
const draws = 2000;
/** Up to so many values all 2^n signs are tried. */
const exact = 12;

/** How many values something must be above to have the rank that a level asks: 1/(n + 1) ≤ level. */
export function fewestForRank(level: number): number {
  return Math.ceil(1 / level) - 1;
}

/**
 * Of the hypothesis that a value comes from where the others come from: the share that is as large, itself counted,
 * (1 + #{other ≥ value})/(1 + n).
 */
export function rankP(value: number, others: ArrayLike<number>): number {
  let above = 0;
  for (let i = 0; i < others.length; i++) if (others[i]! >= value) above++;
  return (1 + above) / (1 + others.length);
}

/**
 * One-sided, of the hypothesis that the values lie around 0: the share of signs given to them at random, all of them for up
 * to 12 values, under which their sum is as large. 1 of no values.
 */
export function signFlipP(values: ArrayLike<number>): number {
  const all = Array.from(values).filter((value) => value !== 0);
  const observed = all.reduce((sum, value) => sum + value, 0);
  const scale = all.reduce((sum, value) => sum + Math.abs(value), 0);
  // Sums of the same numbers in another order differ by rounding.
  const least = observed - 1e-9 * scale;
  if (all.length <= exact) {
    let above = 0;
    for (let signs = 0; signs < 2 ** all.length; signs++) {
      let sum = 0;
      for (let i = 0; i < all.length; i++) sum += (signs >> i) & 1 ? -all[i]! : all[i]!;
      if (sum >= least) above++;
    }
    return above / 2 ** all.length;
  }
  const random = uniforms(1);
  let above = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (const value of all) sum += random() < 0.5 ? -value : value;
    if (sum >= least) above++;
  }
  return (1 + above) / (1 + draws);
}

/** One-sided: the share of bootstrap samples of the values whose mean is not above 0, (1 + #)/(1 + draws). 1 of no values. */
export function bootstrapP(values: ArrayLike<number>): number {
  if (values.length === 0) return 1;
  const random = uniforms(1);
  let below = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!;
    if (!(sum > 0)) below++;
  }
  return (1 + below) / (1 + draws);
}

/**
 * One-sided, of the hypothesis that which values are in the first group says nothing: the share of divisions into groups of
 * these sizes whose mean of the first, less that of the second, is as large.
 */
export function twoGroupsP(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const all = [...Array.from(first), ...Array.from(second)];
  const n = first.length;
  if (n === 0 || second.length === 0) return 1;
  const total = all.reduce((sum, value) => sum + value, 0);
  const observed = all.slice(0, n).reduce((sum, value) => sum + value, 0);
  const least = observed - 1e-9 * all.reduce((sum, value) => sum + Math.abs(value), 0);
  if (Number.isNaN(total)) throw new Error('a value is not a number');
  const random = uniforms(1);
  let above = 0;
  for (let draw = 0; draw < draws; draw++) {
    if (shuffledStart(all, n, random).reduce((sum, value) => sum + value, 0) >= least) above++;
  }
  return (1 + above) / (1 + draws);
}

/** n of them, drawn without putting back. */
export function shuffledStart<T>(all: T[], n: number, random: () => number): readonly T[] {
  for (let i = 0; i < n; i++) {
    const j = i + Math.floor(random() * (all.length - i));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, n);
}
