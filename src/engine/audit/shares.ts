import type { Shares } from './parts';
import { entryOf, type PictureCodes } from './pictureCodes';

/** Attributions A of the entries of one picture (`PictureCodes`), in their order. */
export type EntryAttributions = Float32Array;

/** A⁺/ΣA⁺ of each entry; 0 for all where nothing speaks for the subject. */
export function sharesOf(attributions: EntryAttributions): Float64Array {
  let sum = 0;
  for (const a of attributions) if (a > 0) sum += a;
  return Float64Array.from(attributions, (a) => (a > 0 && sum > 0 ? a / sum : 0));
}

/** Of each component that is active in some of a subject's images. */
export interface ShareMeans {
  /** Ascending. */
  readonly components: Int32Array;
  /** Images in which it is active above 0. */
  readonly active: Int32Array;
  /** Mean share over all of the images. */
  readonly means: Float64Array;
}

/**
 * Mean shares over a subject's images.
 *
 * @param places of the images among those of the codes
 * @param attributions of each of them, in the same order
 */
export function shareMeans(
  codes: PictureCodes,
  places: Int32Array,
  attributions: readonly EntryAttributions[],
): ShareMeans {
  const found = new Map<number, { active: number; sum: number }>();
  places.forEach((place, i) => {
    const shares = sharesOf(attributions[i]!);
    const start = codes.offsets[place]!;
    for (let n = 0; n < shares.length; n++) {
      const component = codes.components[start + n]!;
      const isActive = codes.activations[start + n]! > 0 ? 1 : 0;
      const known = found.get(component);
      if (known === undefined) found.set(component, { active: isActive, sum: shares[n]! });
      else {
        known.active += isActive;
        known.sum += shares[n]!;
      }
    }
  });
  const components = Int32Array.from(found.keys()).sort();
  return {
    components,
    active: components.map((component) => found.get(component)!.active),
    means: Float64Array.from(components, (component) => found.get(component)!.sum / places.length),
  };
}

/** Shares image by image, of the components given, ascending. */
export function shareRows(
  codes: PictureCodes,
  places: Int32Array,
  attributions: readonly EntryAttributions[],
  components: Int32Array,
): Pick<Shares, 'components' | 'shares' | 'activations'> {
  const images = places.length;
  const rows = new Float32Array(components.length * images);
  const activations = new Float32Array(components.length * images);
  places.forEach((place, i) => {
    const shares = sharesOf(attributions[i]!);
    components.forEach((component, row) => {
      const entry = entryOf(codes, place, component);
      if (entry === -1) return;
      rows[row * images + i] = shares[entry - codes.offsets[place]!]!;
      activations[row * images + i] = Math.max(0, codes.activations[entry]!);
    });
  });
  return { components, shares: rows, activations };
}
