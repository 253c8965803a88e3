import type { Comparison } from '../../shared/comparison';
import { type RankedComponent, rankedComponents } from '../../shared/comparisonTable';

/**
 * So many components of a direction are asked for, by |A|. What speaks against a prompt is often stronger than anything
 * that speaks for it: among so many there is one that does, if any matters.
 */
export const mostRanked = 16;

type Ranked = Pick<Comparison, 'components' | 'activations' | 'attributions' | 'totals'>;

/**
 * The component that gives most to a direction's score; null where none of the strongest gives anything.
 * @param comparison asked for with `mostRanked`: of what is beyond, larger ones may be missing
 */
export function strongestComponent(comparison: Ranked, direction: number): RankedComponent | null {
  return rankedComponents(comparison, direction, mostRanked).find(speaksFor) ?? null;
}

/**
 * The strongest components of either sign, largest |A| first; the one of `strongestComponent` is among them, in place
 * of none.
 * @param most besides that one
 */
export function shownComponents(comparison: Ranked, direction: number, most: number): RankedComponent[] {
  const shown = rankedComponents(comparison, direction, most);
  const strongest = shown.some(speaksFor) ? null : strongestComponent(comparison, direction);
  return strongest === null ? shown : [...shown, strongest];
}

/** Whether a component raises the score: only of such can a prompt be asked whether it describes them. */
export function speaksFor({ attribution }: { readonly attribution: number }): boolean {
  return attribution > 0;
}
