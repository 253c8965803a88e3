import type { DirectionResult } from '../../shared/analysis';

/** What a prompt's numbers are compared with. A prompt goes by its text: rows move, and texts stay. */
export type Versus =
  | { readonly kind: 'own' }
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'others' };

/** The rows that `versus` stands for; none when the prompt is on its own, or when there is no such row. */
export function opponents(prompts: readonly string[], prompt: number, versus: Versus): number[] {
  switch (versus.kind) {
    case 'own':
      return [];
    case 'prompt': {
      const index = prompts.indexOf(versus.text);
      return index < 0 || versus.text === prompts[prompt] ? [] : [index];
    }
    case 'others':
      return prompts.flatMap((_, index) => (index === prompt ? [] : [index]));
  }
}

/** Similarity and attributions of a prompt, or their difference from others; both in units of cosine. */
export interface Contrast {
  readonly similarity: number;
  /** One per active component. */
  readonly attributions: Float64Array;
}

/**
 * y(of) − mean y(against) and, per component, A_j(of) − mean A_j(against). Exact: score and attribution are
 * linear in the direction, so this is what the direction u(of) − mean u(against) would give.
 */
export function contrast(of: DirectionResult, against: readonly DirectionResult[]): Contrast {
  const attributions = difference(
    of.attributions,
    against.map((other) => other.attributions),
  );
  const others = against.reduce((sum, other) => sum + other.similarity / against.length, 0);
  return { similarity: of.similarity - others, attributions };
}

/** `of` − mean `against`, number by number. */
export function difference(of: ArrayLike<number>, against: readonly ArrayLike<number>[]): Float64Array {
  const differences = Float64Array.from(of);
  for (const other of against) {
    for (let j = 0; j < differences.length; j++) differences[j]! -= other[j]! / against.length;
  }
  return differences;
}
