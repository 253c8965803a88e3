import type { NearComponent } from './nearestComponent';
import { keepHighest } from './referenceSamples';
import { rowCount, rowOf } from './rows';
import type { Meanings } from './semanticEmbedding';

/**
 * By what they mean: the k others with the highest cosine of θ, among the components with images enough; of equals the
 * lower number first. None for a component with too few images. Embeddings of any two pictures are alike, so this is
 * high throughout; only what stands out says something. After SemanticLens (Dreyer et al., 2025).
 */
export function nearestInMeaning(meanings: Meanings, component: number, k: number): readonly NearComponent[] {
  const own = meanings.components.indexOf(component);
  if (own === -1) return [];
  const all = cosines(meanings, rowOf(meanings.units, own));
  const nearest = new Int32Array(k);
  const values = new Float32Array(k);
  let kept = 0;
  for (let row = 0; row < all.length; row++) {
    if (row === own) continue;
    keepHighest(nearest, values, 0, kept, k, meanings.components[row]!, all[row]!);
    kept = Math.min(k, kept + 1);
  }
  return Array.from({ length: kept }, (_, i) => ({ component: nearest[i]!, cosine: values[i]! }));
}

/** cos(θ, vector) of every component that has images enough; the vector is of unit length. */
export function cosines({ units }: Meanings, vector: Float32Array): Float32Array {
  const { data, width } = units;
  const products = new Float32Array(rowCount(units));
  for (let row = 0, at = 0; row < products.length; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += vector[i]! * data[at++]!;
    products[row] = sum;
  }
  return products;
}
