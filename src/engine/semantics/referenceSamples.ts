/** Images, the highest value first; of equal values the lower image first. */
export interface Samples {
  readonly images: Int32Array;
  /** What they were chosen by: the activation, or the relevance to a prompt. */
  readonly values: Float32Array;
}

/** Highest value first; the image number decides between equals, so that every machine shows the same pictures. */
function compareSamples(valueA: number, imageA: number, valueB: number, imageB: number): number {
  return valueB - valueA || imageA - imageB;
}

/** The n images with the highest values, whatever their sign. `images` holds each image once, in any order. */
export function highest(images: Int32Array, values: Float32Array, n: number): Samples {
  if (values.some(Number.isNaN)) throw new Error('a sample has no value');
  if (n <= mostInserted) return highestFew(images, values, n);
  const order = Uint32Array.from(values, (_, i) => i)
    .sort((a, b) => compareSamples(values[a]!, images[a]!, values[b]!, images[b]!))
    .subarray(0, n);
  return {
    images: Int32Array.from(order, (i) => images[i]!),
    values: Float32Array.from(order, (i) => values[i]!),
  };
}

/** Of fewer than these, each is put in its place: most of many come after all of them, and are passed over. */
const mostInserted = 1000;

function highestFew(images: Int32Array, values: Float32Array, n: number): Samples {
  const most = Math.min(n, images.length);
  const best = { images: new Int32Array(most), values: new Float32Array(most) };
  for (let i = 0; i < images.length; i++) {
    keepHighest(best.images, best.values, 0, Math.min(i, most), most, images[i]!, values[i]!);
  }
  return best;
}

/** The n images with the highest values z > 0: what a component is known by. */
export function referenceSamples(images: Int32Array, values: Float32Array, n: number): Samples {
  const { images: best, values: activations } = highest(images, values, n);
  const active = activations.findIndex((z) => z <= 0);
  const kept = active === -1 ? activations.length : active;
  return { images: best.subarray(0, kept), values: activations.subarray(0, kept) };
}

/**
 * Puts a sample into a list of at most `depth`, which lies sorted in `images` and `values` from `start` on and holds
 * `kept`. Most come after the last one kept, and cost one comparison. Where it was put; −1 where it comes after `depth`
 * others.
 */
export function keepHighest(
  images: Int32Array,
  values: Float32Array,
  start: number,
  kept: number,
  depth: number,
  image: number,
  value: number,
): number {
  let at = start + kept;
  while (at > start && compareSamples(value, image, values[at - 1]!, images[at - 1]!) < 0) {
    if (at < start + depth) {
      values[at] = values[at - 1]!;
      images[at] = images[at - 1]!;
    }
    at--;
  }
  if (at === start + depth) return -1;
  values[at] = value;
  images[at] = image;
  return at;
}
