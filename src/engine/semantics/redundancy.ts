import { nearestRows } from './nearestRows';
import { unitRows } from './rows';
import { nameable, type SemanticEmbeddings } from './semanticEmbedding';

/** The other component that is most like each one. */
export interface NearestComponents {
  readonly components: Int32Array;
  /** −1 where there is none, [components]. */
  readonly nearest: Int32Array;
  /** Cosine with it; 0 where there is none, [components]. */
  readonly cosines: Float32Array;
}

/**
 * By what they mean: the cosine of θ, among the components with images enough. Embeddings of any two pictures are
 * alike, so this is high throughout; only what stands out says something. After SemanticLens (Dreyer et al., 2025).
 */
export async function nearestInMeaning(
  { theta, n }: SemanticEmbeddings,
  options: { readonly threads?: number | undefined; readonly report?: (done: number) => void } = {},
): Promise<NearestComponents> {
  const components = nameable(n);
  const units = unitRows(theta, components);
  // Two each, for one is the component itself, unless others equal it.
  const { k, others, products } = await nearestRows(units, units, 2, options);
  const nearest = new Int32Array(components.length).fill(-1);
  const cosines = new Float32Array(components.length);
  for (let at = 0; at < components.length; at++) {
    const other = [at * k, at * k + 1].slice(0, k).find((i) => others[i] !== at);
    if (other === undefined) continue;
    nearest[at] = components[others[other]!]!;
    cosines[at] = products[other]!;
  }
  return { components, nearest, cosines };
}
