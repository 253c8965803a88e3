import type { Reliance } from '../../shared/library';
import type { Library } from '../library/library';
import { dot } from '../numeric/vector';
import { sumNotes } from './meanAttribution';
import type { Subject } from './subject';

/** Class folders shown of a prompt. */
const CLASSES = 3;

/** Sums of one component's contributions, and how many pictures they are sums over. */
export interface ComponentSums {
  readonly classes: readonly {
    readonly name: string;
    /** Pictures summed; where the component was silent it contributed nothing. */
    readonly images: number;
    /** Null where it was silent in all of them. */
    readonly sum: Float32Array | null;
  }[];
  readonly images: number;
  readonly notes: readonly string[];
}

export async function componentSums(
  library: Library,
  { study }: Subject,
  component: number,
): Promise<ComponentSums> {
  const known = await library.classes(study.key);
  const summed = known.filter(({ summed }) => summed > 0);
  const sums = new Map(
    summed.length === 0
      ? []
      : (await library.classSumsOf(study.key, component)).map(({ classFolder, sum }) => [classFolder, sum]),
  );
  return {
    classes: summed.map(({ name, summed: images }) => ({ name, images, sum: sums.get(name) ?? null })),
    images: summed.reduce((total, { summed: images }) => total + images, 0),
    notes: sumNotes(known),
  };
}

/**
 * How much a prompt relies on a component: Σ A over pictures is ⟨Σ c_j, u⟩ (library.ts, `ClassSum`).
 * @param u unit text embedding of the prompt by the model under study.
 * @param alignment with what the component means, by the judge.
 */
export function relianceOf(
  prompt: string,
  u: Float32Array,
  alignment: number | null,
  { classes, images }: Omit<ComponentSums, 'notes'>,
): Reliance {
  const totals = classes.map(({ name, images, sum }) => ({
    name,
    images,
    total: sum === null ? 0 : dot(sum, u),
  }));
  return {
    prompt,
    alignment,
    mean: images === 0 ? null : totals.reduce((sum, { total }) => sum + total, 0) / images,
    classes: totals
      .map(({ name, images, total }) => ({ name, images, mean: total / images }))
      .filter(({ mean }) => mean !== 0)
      .toSorted((a, b) => Math.abs(b.mean) - Math.abs(a.mean))
      .slice(0, CLASSES),
  };
}
