import type { PairAlignments } from './comparison';

type PairAlignment = PairAlignments['pairs'][number];

/**
 * A prompt describes a component poorly where more than this share of the other components fit the
 * prompt better: the component is not even among the best tenth (docs/method.md, *Beside prompts*).
 */
export const POORLY_DESCRIBED = 0.1;

/**
 * Whether a component gets the mark. To be asked of what speaks for a prompt, with an attribution above 0: what speaks
 * against it need not be described by it. One that is too seldom seen to say what it means gets none.
 */
export function poorlyDescribed(pair: PairAlignment): boolean {
  return pair !== null && pair.better > POORLY_DESCRIBED;
}
