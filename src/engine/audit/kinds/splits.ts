import { evenly } from '../../numeric/evenly';
import { concat } from '../../numeric/vector';
import { type Rows, rowOf } from '../../semantics/rows';
import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';
import { type ClassGeometry, centredUnit, groupCosine } from './classGeometry';

/** Classes looked at, images of each, and components that divide them: a few thousand divisions at most. */
const most = { classes: 200, images: 60, components: 20 };

/** Images of classes, to see how components divide them. */
export interface SplitSample {
  /** Pictures of each of the classes. */
  readonly classes: readonly (readonly number[])[];
  readonly pictures: ReadonlySet<number>;
}

export function splitSample({ classOf, counts }: ClassGeometry): SplitSample {
  const byClass = counts.toSorted().length === 0 ? [] : Array.from(counts, (): number[] => []);
  classOf.forEach((c, picture) => {
    if (c !== -1) byClass[c]!.push(picture);
  });
  const large = byClass.filter((pictures) => pictures.length >= 2 * FEWEST_SAMPLES);
  const classes = evenly(large, most.classes).map((pictures) => evenly(pictures, most.images));
  return { classes, pictures: new Set(classes.flat()) };
}

/**
 * `groupCosine` of each class's images in which a component fires and those in which it does not, where both are at least
 * five. `fired` has the components of each picture of the sample; `raw` gives the judge's raw embedding of one.
 */
export function splitCosines(
  { classes }: SplitSample,
  fired: ReadonlyMap<number, ReadonlySet<number>>,
  raw: (picture: number) => Float32Array,
  geometry: ClassGeometry,
): Float64Array {
  const found: number[] = [];
  for (const pictures of classes) {
    const units = pictures.map((picture) => centredUnit(raw(picture), geometry));
    const counts = new Map<number, number>();
    for (const picture of pictures) {
      for (const component of fired.get(picture) ?? [])
        counts.set(component, (counts.get(component) ?? 0) + 1);
    }
    const dividing = [...counts]
      .filter(([, n]) => Math.min(n, pictures.length - n) >= FEWEST_SAMPLES)
      .map(([component]) => component)
      .toSorted((a, b) => a - b);
    for (const component of evenly(dividing, most.components)) {
      const isIn = (i: number) => fired.get(pictures[i]!)?.has(component) ?? false;
      const group = (inside: boolean) => rowsOf(units.filter((_, i) => isIn(i) === inside));
      const cosine = groupCosine(group(true), group(false));
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
