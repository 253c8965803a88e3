import type { FindingSample } from '../../shared/audit';
import type { Pictures } from '../library/library';
import { highest } from '../semantics/referenceSamples';
import { rules } from './rules';

/** A component in a subject's images, image by image. */
export interface FindingImages {
  /** Numbers of the pictures, [images]. */
  readonly pictures: Int32Array;
  readonly shares: Float32Array;
  readonly activations: Float32Array;
  readonly similarities: Float32Array;
}

/** The images of largest share, and those of largest y in which the component is silent. */
export function findingSamples(
  { pictures, shares, activations, similarities }: FindingImages,
  { sha256, paths }: Pictures,
): { readonly samples: FindingSample[]; readonly absent: FindingSample[] } {
  const sample = (i: number): FindingSample => ({
    path: paths[pictures[i]!]!,
    sha256: sha256[pictures[i]!]!,
    share: shares[i]!,
    activation: activations[i]!,
    similarity: similarities[i]!,
  });
  const first = (which: Int32Array, values: Float32Array, most: number) =>
    Array.from(
      highest(
        which,
        Float32Array.from(which, (i) => values[i]!),
        most,
      ).images,
      sample,
    );
  const places = Int32Array.from(pictures.keys());
  return {
    samples: first(
      places.filter((i) => activations[i]! > 0),
      shares,
      rules.samples,
    ),
    absent: first(
      places.filter((i) => !(activations[i]! > 0)),
      similarities,
      rules.absentSamples,
    ),
  };
}
