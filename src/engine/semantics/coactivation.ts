import type { NearestComponents } from './redundancy';

/** Sparse [images, components]: the activations of image i are the entries from offsets[i] up to offsets[i + 1]. */
export interface ImageActivations {
  /** [images + 1] */
  readonly offsets: Int32Array;
  /** Each component once in an image. */
  readonly components: Int32Array;
  readonly values: Float32Array;
}

/**
 * By when they fire: the cosine of two components' activations above 0, over all images. Two that fire together, though
 * what they show differs (a thing and its place), are near here and not in meaning. Components that never fire are left
 * out. Costs as many multiply-adds as images have pairs of active components.
 */
export function nearestInActivation(activations: ImageActivations, size: number): NearestComponents {
  const { offsets, components, values } = firing(activations);
  const byComponent = transposed({ offsets, components, values }, size);
  const lengths = new Float64Array(size);
  for (let i = 0; i < values.length; i++) lengths[components[i]!]! += values[i]! * values[i]!;
  for (let j = 0; j < size; j++) lengths[j] = Math.sqrt(lengths[j]!);

  const present = Int32Array.from(lengths.keys()).filter((j) => lengths[j]! > 0);
  const nearest = new Int32Array(present.length).fill(-1);
  const cosines = new Float32Array(present.length);
  const products = new Float64Array(size);
  present.forEach((j, at) => {
    products.fill(0);
    for (let i = byComponent.offsets[j]!; i < byComponent.offsets[j + 1]!; i++) {
      const image = byComponent.images[i]!;
      const z = byComponent.values[i]!;
      for (let n = offsets[image]!; n < offsets[image + 1]!; n++) products[components[n]!]! += z * values[n]!;
    }
    let best = 0;
    for (let other = 0; other < size; other++) {
      if (other === j || products[other] === 0) continue;
      const cosine = products[other]! / lengths[other]!;
      if (cosine > best) {
        best = cosine;
        nearest[at] = other;
      }
    }
    cosines[at] = best / lengths[j]!;
  });
  return { components: present, nearest, cosines };
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

function transposed({ offsets, components, values }: ImageActivations, size: number) {
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
