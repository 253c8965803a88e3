/**
 * How an attribution differs from what removing the component does to the score: `sign` where one says it helps and the
 * other that it harms, `less` where removing it does less than the attribution says, `more` where it does more.
 */
export type Disagreement = 'sign' | 'less' | 'more';

/** Parts of the largest magnitude below which a difference is not worth a warning. */
export const worthASign = 0.05;
export const worthASize = 0.1;
/** How many times as large the one must be as the other. */
export const factorApart = 2;

/**
 * All in the same unit; `largest` is the largest magnitude of either over the image. They disagree where their signs
 * differ and either is at least 5 % of the largest, or where one is more than twice the other and they are at least 10 %
 * of the largest apart.
 */
export function disagreement(attribution: number, measured: number, largest: number): Disagreement | null {
  const [a, m] = [Math.abs(attribution), Math.abs(measured)];
  if (attribution * measured < 0) return Math.max(a, m) >= worthASign * largest ? 'sign' : null;
  const apart = Math.abs(a - m) >= worthASize * largest && Math.max(a, m) > factorApart * Math.min(a, m);
  if (!apart || largest === 0) return null;
  return m < a ? 'less' : 'more';
}

/** What it means, in words. */
export const disagreements: { readonly [D in Disagreement]: string } = {
  sign: 'The gradient points the other way than taking the component out altogether: the score bends on the way, or other components change what this one does.',
  less: 'Taking it out does less than its gradient promises: other components make up for it (interaction), or the gradient is only steep here.',
  more: 'Taking it out does more than its gradient says: the score is saturated in it, a little less of it changes little.',
};

export const disagreementRule = `Warned of where the signs differ and either is at least ${100 * worthASign} % of the largest, or where one is more than ${factorApart} times the other and they are at least ${100 * worthASize} % of the largest apart.`;
