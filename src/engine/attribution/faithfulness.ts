import type { KeptImage } from './attribute';
import type { HookPrograms } from './hookPrograms';
import { pacedRuns } from './pacedRuns';
import { type ScoreDirection, score } from './score';

/** Orders of one image's active components, to be followed against one direction. */
export interface Followed {
  readonly direction: ScoreDirection;
  /** Positions among the image's components, first to be deleted or inserted first. */
  readonly orders: readonly Int32Array[];
}

/** y at each of `steps + 1` fractions of the components, from none to all. */
export interface Curves {
  readonly deletion: Float64Array;
  readonly insertion: Float64Array;
}

/** Directions whose sets of components are computed together. */
const together = 8;

/**
 * Deletion and insertion along orders: y of the model without the first k components, and with only those, the error
 * term and everything else kept. Step i of n has k = i·K/n of the K components, rounded, halves up. One result per
 * order, per direction. A set of components that orders share is computed once.
 */
export async function followOrders(
  image: KeptImage,
  asked: readonly Followed[],
  steps: number,
  programs: Pick<HookPrograms, 'vary' | 'embed'>,
  between: () => Promise<void>,
): Promise<readonly (readonly Curves[])[]> {
  const results: Curves[][] = [];
  for (let start = 0; start < asked.length; start += together) {
    const some = asked.slice(start, start + together);
    const sets = componentSets(image.components.length);
    const places = some.map(({ orders }) => orders.map((order) => setsAlong(order, steps, sets)));
    const embeddings = await embedSets(image, sets.masks, programs, between);
    some.forEach(({ direction }, i) => {
      const y = embeddings.map((e) => score(e, direction));
      const at = (places: readonly number[]) => Float64Array.from(places, (place) => y[place]!);
      results.push(places[i]!.map(({ without, only }) => ({ deletion: at(without), insertion: at(only) })));
    });
  }
  return results;
}

/** Components among the first at step i of n: i·K/n, halves up, in whole numbers throughout. */
export function countAtStep(step: number, steps: number, components: number): number {
  return Math.floor((2 * step * components + steps) / (2 * steps));
}

/** Area under a curve over fractions from 0 to 1 at equal distances: the trapezoid rule, in units of y. */
export function areaUnder(curve: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < curve.length; i++) sum += curve[i - 1]! + curve[i]!;
  return sum / (2 * (curve.length - 1));
}

interface ComponentSets {
  /** Which components are there, a bit for each; every set once. */
  readonly masks: readonly Uint8Array[];
  /** The place of a set among them. */
  place(mask: Uint8Array): number;
}

function componentSets(components: number): ComponentSets & { readonly bytes: number } {
  const masks: Uint8Array[] = [];
  const places = new Map<string, number>();
  return {
    bytes: Math.ceil(components / 8),
    masks,
    place(mask) {
      const key = Buffer.from(mask.buffer, mask.byteOffset, mask.byteLength).toString('latin1');
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, masks.length);
      return masks.push(mask.slice()) - 1;
    },
  };
}

function setsAlong(
  order: Int32Array,
  steps: number,
  sets: ComponentSets & { readonly bytes: number },
): { readonly without: readonly number[]; readonly only: readonly number[] } {
  const only = new Uint8Array(sets.bytes);
  const without = new Uint8Array(sets.bytes);
  for (const component of order) flip(without, component);
  const places = { without: [sets.place(without)], only: [sets.place(only)] };
  let taken = 0;
  for (let step = 1; step <= steps; step++) {
    for (const to = countAtStep(step, steps, order.length); taken < to; taken++) {
      flip(only, order[taken]!);
      flip(without, order[taken]!);
    }
    places.only.push(sets.place(only));
    places.without.push(sets.place(without));
  }
  return places;
}

function flip(mask: Uint8Array, component: number): void {
  mask[component >> 3]! ^= 1 << (component & 7);
}

async function embedSets(
  image: KeptImage,
  masks: readonly Uint8Array[],
  { vary, embed }: Pick<HookPrograms, 'vary' | 'embed'>,
  between: () => Promise<void>,
): Promise<readonly Float32Array[]> {
  const count = image.components.length;
  if (count === 0) return image.embedding === null ? embed([image.x]) : [image.embedding];
  const embeddings: Float32Array[] = [];
  await pacedRuns(masks.length, async (start, end) => {
    const factors = Float32Array.from({ length: (end - start) * count }, (_, n) => {
      const component = n % count;
      return (masks[start + Math.floor(n / count)]![component >> 3]! >> (component & 7)) & 1;
    });
    embeddings.push(...(await vary(image, factors, between)));
  });
  return embeddings;
}
