import type { NearComponent } from './nearestComponent';
import { keepHighest, type Samples } from './referenceSamples';

/** Sparse [images, components]: the activations of image i are the entries from offsets[i] up to offsets[i + 1]. */
export interface ImageActivations {
  /** [images + 1] */
  readonly offsets: Int32Array;
  /** Each component once in an image. */
  readonly components: Int32Array;
  readonly values: Float32Array;
}

/** The length of each component's activations above 0, over all images. [components] */
export function activationLengths({ components, values }: ImageActivations, size: number): Float64Array {
  const squares = new Float64Array(size);
  for (let i = 0; i < values.length; i++) if (values[i]! > 0) squares[components[i]!]! += values[i]! ** 2;
  return squares.map(Math.sqrt);
}

/**
 * By when they fire: the k others with the highest cosine of activations over all images, if any fires where the component
 * does. Two that fire together, though what they show differs (a thing and its place), are near here and not in meaning.
 * Costs as many multiply-adds as the images in which it fires have active components.
 * @param lengths those of all components (`activationLengths`).
 * @param own the activations of the component; there are others than itself nowhere if it never fires.
 */
export function nearestInActivation(
  { offsets, components, values }: ImageActivations,
  lengths: Float64Array,
  component: number,
  own: Samples,
  k: number,
): readonly NearComponent[] {
  const products = new Float64Array(lengths.length);
  own.images.forEach((image, i) => {
    const z = own.values[i]!;
    if (!(z > 0)) return;
    for (let n = offsets[image]!; n < offsets[image + 1]!; n++) {
      if (values[n]! > 0) products[components[n]!]! += z * values[n]!;
    }
  });
  const nearest = new Int32Array(k);
  const cosines = new Float32Array(k);
  let kept = 0;
  for (let other = 0; other < products.length; other++) {
    if (other === component || products[other] === 0) continue;
    const cosine = products[other]! / lengths[other]! / lengths[component]!;
    keepHighest(nearest, cosines, 0, kept, k, other, Math.fround(cosine));
    kept = Math.min(k, kept + 1);
  }
  return Array.from({ length: kept }, (_, i) => ({ component: nearest[i]!, cosine: cosines[i]! }));
}
