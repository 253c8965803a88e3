import type { NearestComponents } from './nearestComponents';
import { keepHighest } from './referenceSamples';

/** Sparse [images, components]: the activations of image i are the entries from offsets[i] up to offsets[i + 1]. */
export interface ImageActivations {
  /** [images + 1] */
  readonly offsets: Int32Array;
  /** Each component once in an image. */
  readonly components: Int32Array;
  readonly values: Float32Array;
}

/** Activations above 0, by image and by component. */
export interface ActivationIndex {
  readonly byImage: ImageActivations;
  /** The activations of component j are the entries from offsets[j] up to offsets[j + 1]. */
  readonly byComponent: {
    readonly offsets: Int32Array;
    readonly images: Int32Array;
    readonly values: Float32Array;
  };
  /** Length of each component's activations, over all images. [components] */
  readonly lengths: Float64Array;
}

/** `size` is the number of components. */
export function indexActivations(activations: ImageActivations, size: number): ActivationIndex {
  const byImage = firing(activations);
  const { components, values } = byImage;
  const lengths = new Float64Array(size);
  for (let i = 0; i < values.length; i++) lengths[components[i]!]! += values[i]! * values[i]!;
  return { byImage, byComponent: transposed(byImage, size), lengths: lengths.map(Math.sqrt) };
}

/**
 * By when they fire: the k others with the highest cosine of activations over all images, if any fires where the component
 * does. Two that fire together, though what they show differs (a thing and its place), are near here and not in meaning.
 * Costs as many multiply-adds as the images in which it fires have active components.
 * @param asked the components to find others for; those that never fire are left out.
 */
export function nearestInActivation(
  { byImage, byComponent, lengths }: ActivationIndex,
  asked: Int32Array,
  k: number,
): NearestComponents {
  const components = asked.filter((j) => lengths[j]! > 0);
  const nearest = new Int32Array(components.length * k).fill(-1);
  const cosines = new Float32Array(components.length * k);
  const products = new Float64Array(lengths.length);
  components.forEach((j, row) => {
    products.fill(0);
    for (let i = byComponent.offsets[j]!; i < byComponent.offsets[j + 1]!; i++) {
      const image = byComponent.images[i]!;
      const z = byComponent.values[i]!;
      for (let n = byImage.offsets[image]!; n < byImage.offsets[image + 1]!; n++) {
        products[byImage.components[n]!]! += z * byImage.values[n]!;
      }
    }
    let kept = 0;
    for (let other = 0; other < products.length; other++) {
      if (other === j || products[other] === 0) continue;
      const cosine = products[other]! / lengths[other]! / lengths[j]!;
      keepHighest(nearest, cosines, row * k, kept, k, other, Math.fround(cosine));
      kept = Math.min(k, kept + 1);
    }
  });
  return { components, k, nearest, cosines };
}

function firing({ offsets, components, values }: ImageActivations): ImageActivations {
  if (values.every((z) => z > 0)) return { offsets, components, values };
  const starts = new Int32Array(offsets.length);
  const active = Int32Array.from(values.keys()).filter((i) => values[i]! > 0);
  for (let image = 0, n = 0; image + 1 < offsets.length; image++) {
    while (n < active.length && active[n]! < offsets[image + 1]!) n++;
    starts[image + 1] = n;
  }
  return {
    offsets: starts,
    components: active.map((i) => components[i]!),
    values: Float32Array.from(active, (i) => values[i]!),
  };
}

function transposed(
  { offsets, components, values }: ImageActivations,
  size: number,
): ActivationIndex['byComponent'] {
  const starts = new Int32Array(size + 1);
  for (const j of components) starts[j + 1]!++;
  for (let j = 0; j < size; j++) starts[j + 1]! += starts[j]!;
  const images = new Int32Array(values.length);
  const moved = new Float32Array(values.length);
  const next = starts.slice();
  for (let image = 0; image + 1 < offsets.length; image++) {
    for (let i = offsets[image]!; i < offsets[image + 1]!; i++) {
      const to = next[components[i]!]!++;
      images[to] = image;
      moved[to] = values[i]!;
    }
  }
  return { offsets: starts, images, values: moved };
}
