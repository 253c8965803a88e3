import { FEWEST_SAMPLES } from '../semantics/semanticEmbedding';
import { rules } from './rules';
import type { ShareMeans } from './shares';

/** Whether a component is active in enough of a subject's images for its mean share to be tested. */
export function isActiveEnough(active: number, images: number): boolean {
  return active >= rules.fewestActive && active >= rules.leastActive * images;
}

/** Whether a component fires in so much of the library that it tells nothing apart. */
export function isBackground(fired: number, images: number): boolean {
  return fired >= rules.backgroundRate * images;
}

/** Whether enough images remain to read a meaning from. */
export function hasMeaning(samples: number): boolean {
  return samples >= FEWEST_SAMPLES;
}

/** Rows of the components that are active enough and no background: whether they have a meaning is seen later. */
export function candidates(
  { components, active }: ShareMeans,
  images: number,
  isInBackground: (component: number) => boolean,
): readonly number[] {
  return [...components.keys()].filter(
    (row) => isActiveEnough(active[row]!, images) && !isInBackground(components[row]!),
  );
}
