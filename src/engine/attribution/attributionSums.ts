/** Attributions of some directions, added up over images in double precision. */
export interface AttributionSums {
  /** How many directions are added up, from the first on: fewer than were asked for where they would take too much. */
  readonly directions: number;
  /** Those that were active in some image, in the order they came; where only some are kept, all of those. */
  readonly components: readonly number[];
  /** Takes in an image: its components, and A of at least the directions that are added up, [components] each. */
  add(components: Int32Array, attributions: readonly Float32Array[]): void;
  /** Σ A over the images, one per component; of a direction among those that are added up. */
  of(direction: number): Float64Array;
  /** Σ over the images of Σ|A|, whether those components are kept or not. */
  total(direction: number): number;
}

export interface SummingOptions {
  /** The components that are kept; all if left out. */
  readonly only?: ReadonlySet<number>;
  /** Bytes of sums. */
  readonly capacity?: number;
}

/** Bytes: 2 000 directions of 4 000 components, say. */
const defaultCapacity = 64 * 1024 * 1024;

export function attributionSums(
  asked: number,
  { only, capacity = defaultCapacity }: SummingOptions = {},
): AttributionSums {
  // A component that is kept has its sum though it be silent in all images: 0.
  const components: number[] = [...(only ?? [])];
  const columns = new Map(components.map((component, column) => [component, column]));
  const rows = Array.from({ length: asked }, () => new Float64Array(0));
  const totals = new Float64Array(asked);

  const columnOf = (component: number): number => {
    const known = columns.get(component);
    if (known !== undefined) return known;
    if (only !== undefined) return -1;
    const column = components.push(component) - 1;
    columns.set(component, column);
    return column;
  };

  /** Half as many directions each time that all components would take too much: the others are for another pass. */
  const makeRoom = (): void => {
    let length = rows[0]?.length ?? 0;
    if (components.length > length) length = Math.max(components.length, Math.min(2 * length, length + 4096));
    while (rows.length > 1 && 8 * rows.length * length > capacity) rows.length = Math.ceil(rows.length / 2);
    for (const [direction, row] of rows.entries()) {
      if (row.length === length) continue;
      const longer = new Float64Array(length);
      longer.set(row);
      rows[direction] = longer;
    }
  };

  return {
    get directions() {
      return rows.length;
    },
    components,
    add(active, attributions) {
      const places = Int32Array.from(active, columnOf);
      makeRoom();
      for (const [direction, row] of rows.entries()) {
        const values = attributions[direction]!;
        let total = 0;
        for (let i = 0; i < places.length; i++) {
          const a = values[i]!;
          total += Math.abs(a);
          if (places[i]! >= 0) row[places[i]!]! += a;
        }
        totals[direction]! += total;
      }
    },
    of: (direction) => rows[direction]!.subarray(0, components.length),
    total: (direction) => totals[direction]!,
  };
}

/**
 * Positions of the `most` values of largest magnitude, largest first; of equal ones the one with the lower number.
 */
export function largestMagnitudes(
  values: ArrayLike<number>,
  numbers: ArrayLike<number>,
  most: number,
): number[] {
  const isBefore = (a: number, b: number): boolean => {
    const difference = Math.abs(values[a]!) - Math.abs(values[b]!);
    return difference > 0 || (difference === 0 && numbers[a]! < numbers[b]!);
  };
  const best: number[] = [];
  if (most === 0) return best;
  for (let i = 0; i < values.length; i++) {
    if (best.length === most) {
      if (!isBefore(i, best[most - 1]!)) continue;
      best.pop();
    }
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(i, best[middle]!)) high = middle;
      else low = middle + 1;
    }
    best.splice(low, 0, i);
  }
  return best;
}
