export type Mode = 'forward' | 'reverse';

/** Multiply-adds of one run, counted in the graph for the directions and latents at hand. */
export interface Costs {
  readonly trunk: number;
  readonly forward: number;
  readonly reverse: number;
}

/** Of a trunk pass: what forward mode may cost more than reverse mode when nothing says yet that more is to be asked. */
const advance = 1 / 5;

/**
 * The cheaper mode in the long run. What forward mode gives makes every later direction a dot product: for that it may
 * cost a little beside the trunk pass that came before it, and once an image is asked a second time, when it will be
 * asked again, up to another trunk pass.
 */
export function cheaperMode({ trunk, forward, reverse }: Costs, askedBefore: boolean): Mode {
  return forward <= Math.max(reverse, askedBefore ? trunk : advance * trunk) ? 'forward' : 'reverse';
}
