export type Mode = 'forward' | 'reverse';

/** Multiply-adds of one run, counted in the graph for the directions and latents at hand. */
export interface Costs {
  readonly trunk: number;
  readonly forward: number;
  readonly reverse: number;
}

/**
 * The cheaper mode. Whoever asks an image a second time will ask again: from then on forward mode may cost up to a
 * trunk pass, because what it gives makes every later direction a dot product.
 */
export function cheaperMode({ trunk, forward, reverse }: Costs, askedBefore: boolean): Mode {
  return forward <= (askedBefore ? Math.max(reverse, trunk) : reverse) ? 'forward' : 'reverse';
}

/** Whether forward mode costs so little that it is run before anybody asks again: a fifth of a trunk pass. */
export function isCheapAhead({ trunk, forward }: Costs): boolean {
  return forward <= trunk / 5;
}
