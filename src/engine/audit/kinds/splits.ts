import { evenly } from '../../numeric/evenly';
import { concat } from '../../numeric/vector';
import { type Rows, rowOf } from '../../semantics/rows';
import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';
import { type ClassGeometry, centredUnit, groupCosine } from './classGeometry';
import { twoLevels } from './twoLevels';

/** Classes looked at, images of each, and components that divide them: a few thousand divisions at most. */
const most = { classes: 200, images: 60, components: 20 };

/** Images of classes, to see how components divide them. */
export interface SplitSample {
  /** Pictures of each of the classes. */
  readonly classes: readonly (readonly number[])[];
  readonly pictures: ReadonlySet<number>;
}

export function splitSample({ classOf, counts }: ClassGeometry): SplitSample {
  const byClass = Array.from(counts, (): number[] => []);
  classOf.forEach((c, picture) => {
    if (c !== -1) byClass[c]!.push(picture);
  });
  const large = byClass.filter((pictures) => pictures.length >= 2 * FEWEST_SAMPLES);
  const classes = evenly(large, most.classes).map((pictures) => evenly(pictures, most.images));
  return { classes, pictures: new Set(classes.flat()) };
}

/** Of a class's images, at least this part fires a component that divides them, as of those that are audited. */
const leastActive = 0.2;

/**
 * `groupCosine` of each class's images that fire a component more and those that fire it less (`twoLevels`), for components
 * that fire in a fifth of them at least. `fired` has the activations in each picture of the sample; `raw` gives the judge's
 * raw embedding of one.
 */
export function splitCosines(
  { classes }: SplitSample,
  fired: ReadonlyMap<number, ReadonlyMap<number, number>>,
  raw: (picture: number) => Float32Array,
  geometry: ClassGeometry,
): Float64Array {
  const found: number[] = [];
  for (const pictures of classes) {
    const units = rowsOf(pictures.map((picture) => centredUnit(raw(picture), geometry)));
    const counts = new Map<number, number>();
    for (const picture of pictures) {
      for (const component of fired.get(picture)?.keys() ?? []) {
        counts.set(component, (counts.get(component) ?? 0) + 1);
      }
    }
    const dividing = [...counts]
      .filter(([, n]) => n >= Math.max(FEWEST_SAMPLES, leastActive * pictures.length))
      .map(([component]) => component)
      .toSorted((a, b) => a - b);
    for (const component of evenly(dividing, most.components)) {
      const levels = twoLevels(pictures.map((picture) => fired.get(picture)?.get(component) ?? 0));
      if (levels === null) continue;
      const cosine = groupCosine(someRows(units, levels.more), someRows(units, levels.less));
      if (cosine !== null) found.push(cosine);
    }
  }
  return Float64Array.from(found);
}

export function rowsOf(vectors: readonly Float32Array[], width: number = vectors[0]?.length ?? 1): Rows {
  return { data: concat(vectors), width };
}

/** The rows at these places. */
export function someRows(rows: Rows, which: readonly number[]): Rows {
  return rowsOf(
    which.map((i) => rowOf(rows, i)),
    rows.width,
  );
}
