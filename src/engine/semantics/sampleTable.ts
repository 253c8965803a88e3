import { keepHighest, type Samples } from './referenceSamples';

/** Reference samples of every component of a dictionary. */
export interface SampleTable {
  /** Samples of component j, from j·depth on, as `Samples` orders them. */
  readonly images: Int32Array;
  readonly values: Float32Array;
  /** At most so many samples are kept of a component. */
  readonly depth: number;
  /** Images in which each component's activation is above 0, kept or not, [components]. */
  readonly fired: Int32Array;
}

/** How many samples of a component the table holds. */
export function keptSamples({ fired, depth }: SampleTable, component: number): number {
  return Math.min(fired[component]!, depth);
}

/** The first n samples of a component. */
export function samplesOf(table: SampleTable, component: number, n: number = table.depth): Samples {
  const start = component * table.depth;
  const end = start + Math.min(n, keptSamples(table, component));
  return { images: table.images.subarray(start, end), values: table.values.subarray(start, end) };
}

/**
 * The first n samples without the images left out: the same as if those had never been in the library. Null where the
 * table is too short to tell: more images fired than it holds, and fewer than n of those that it holds remain.
 */
export function samplesWithout(
  table: SampleTable,
  component: number,
  leftOut: ReadonlySet<number>,
  n: number,
): Samples | null {
  const all = samplesOf(table, component);
  const remaining = [...all.images.keys()].filter((at) => !leftOut.has(all.images[at]!)).slice(0, n);
  if (remaining.length < n && table.fired[component]! > all.images.length) return null;
  return {
    images: Int32Array.from(remaining, (at) => all.images[at]!),
    values: Float32Array.from(remaining, (at) => all.values[at]!),
  };
}

/**
 * Collects the reference samples of all components in one pass over the images, in memory that does not grow with
 * them. The order in which images come makes no difference. Each image is added once.
 */
export class SampleCollector {
  private readonly images: Int32Array;
  private readonly values: Float32Array;
  private readonly fired: Int32Array;

  constructor(
    components: number,
    private readonly depth: number,
  ) {
    this.images = new Int32Array(components * depth);
    this.values = new Float32Array(components * depth);
    this.fired = new Int32Array(components);
  }

  /** An image's activations: `values[i]` of component `components[i]`. Those that are not above 0 are passed over. */
  add(image: number, components: Int32Array, values: Float32Array): void {
    for (let i = 0; i < components.length; i++) this.insert(components[i]!, image, values[i]!);
  }

  /** One activation. Where in the table it was put, and moved those behind it by one; −1 if nowhere. */
  insert(component: number, image: number, value: number): number {
    if (Number.isNaN(value)) throw new Error(`component ${component} has no activation in image ${image}`);
    if (!(value > 0)) return -1;
    const { images, values, depth } = this;
    const kept = Math.min(this.fired[component]!++, depth);
    return keepHighest(images, values, component * depth, kept, depth, image, value);
  }

  table(): SampleTable {
    return {
      images: this.images.slice(),
      values: this.values.slice(),
      depth: this.depth,
      fired: this.fired.slice(),
    };
  }
}
