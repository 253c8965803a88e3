import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';

/**
 * Images by how much they fire a component, in two groups of at least five: cut where the squared distances from the two
 * means are smallest (Otsu, 1979), of equal cuts the one with more above. Null where there are too few, or equal
 * activations cannot be cut. Silent images have 0.
 */
export function twoLevels(
  activations: ArrayLike<number>,
): { readonly more: readonly number[]; readonly less: readonly number[] } | null {
  const order = Array.from({ length: activations.length }, (_, i) => i).sort(
    (a, b) => activations[a]! - activations[b]! || a - b,
  );
  const total = order.reduce((sum, i) => sum + activations[i]!, 0);
  let best: { readonly cut: number; readonly between: number } | null = null;
  let below = 0;
  for (const [n, i] of order.entries()) {
    const above = order.length - n;
    const isBetween = n > 0 && activations[order[n - 1]!]! < activations[i]!;
    if (isBetween && n >= FEWEST_SAMPLES && above >= FEWEST_SAMPLES) {
      const between = n * above * ((total - below) / above - below / n) ** 2;
      if (best === null || between > best.between) best = { cut: n, between };
    }
    below += activations[i]!;
  }
  return best === null ? null : { less: order.slice(0, best.cut), more: order.slice(best.cut) };
}
