import type { NearestComponents } from './nearestComponents';
import { nearestRows } from './nearestRows';
import { unitRows } from './rows';
import { nameable, type SemanticEmbeddings } from './semanticEmbedding';

/**
 * By what they mean: the k others with the highest cosine of θ, among the components with images enough. Embeddings of
 * any two pictures are alike, so this is high throughout; only what stands out says something. After SemanticLens
 * (Dreyer et al., 2025).
 * @param asked the components to find others for; those without images enough are left out.
 */
export async function nearestInMeaning(
  { theta, n }: SemanticEmbeddings,
  asked: Int32Array,
  k: number,
  options: { readonly threads?: number | undefined; readonly report?: (done: number) => void } = {},
): Promise<NearestComponents> {
  const named = nameable(n);
  const at = new Map(Array.from(named, (j, i) => [j, i]));
  const components = asked.filter((j) => at.has(j));
  // One more each, for the component itself is among them, unless as many others equal it.
  const found = await nearestRows(unitRows(theta, components), unitRows(theta, named), k + 1, options);
  const nearest = new Int32Array(components.length * k).fill(-1);
  const cosines = new Float32Array(components.length * k);
  components.forEach((j, row) => {
    const own = at.get(j);
    let to = row * k;
    for (let i = row * found.k; i < (row + 1) * found.k && to < (row + 1) * k; i++) {
      if (found.others[i] === own) continue;
      nearest[to] = named[found.others[i]!]!;
      cosines[to] = found.products[i]!;
      to++;
    }
  });
  return { components, k, nearest, cosines };
}
