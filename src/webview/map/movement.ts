import type { Places } from './findPoints';

/** Where the points of a layout were in the one before, by their components; those that are new are where they go. */
export function carriedOver(
  before: Places & { readonly components: Int32Array },
  after: Places & { readonly components: Int32Array },
): Places {
  const at = new Map(Array.from(before.components, (component, i) => [component, i]));
  const from = (old: Float32Array, now: Float32Array) =>
    now.map((value, i) => {
      const known = at.get(after.components[i]!);
      return known === undefined ? value : old[known]!;
    });
  return { x: from(before.x, after.x), y: from(before.y, after.y) };
}

/** `share` of the way, slow at both ends. */
export function between(from: Places, to: Places, share: number): Places {
  const eased = share * share * (3 - 2 * share);
  const blend = (a: Float32Array, b: Float32Array) => a.map((value, i) => value + (b[i]! - value) * eased);
  return { x: blend(from.x, to.x), y: blend(from.y, to.y) };
}
