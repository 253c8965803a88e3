import type { Method } from '../../shared/measurement';
import { uniforms } from '../numeric/uniforms';

/** One order of components for all images of a direction. */
export interface GlobalOrder {
  /** Takes in an image: its components, and their values by each method. */
  add(direction: number, components: Int32Array, values: readonly Float32Array[]): void;
  /** What the components of an image are ordered by, one [components] per method. */
  values(direction: number, components: Int32Array): readonly Float64Array[];
}

/**
 * The order by the mean of the values over a direction's images, where a component that is silent in an image counts
 * as 0 there. As sums: they order as the means do. The random order is drawn anew for the direction, since the mean of
 * random values would favour what fires often, or seldom.
 */
export function globalOrder(methods: readonly Method[]): GlobalOrder {
  const sums = new Map<number, readonly Map<number, number>[]>();
  return {
    add(direction, components, values) {
      const known = sums.get(direction) ?? methods.map(() => new Map<number, number>());
      sums.set(direction, known);
      known.forEach((ofMethod, m) => {
        components.forEach((component, i) => {
          ofMethod.set(component, (ofMethod.get(component) ?? 0) + values[m]![i]!);
        });
      });
    },
    values: (direction, components) => {
      const known = sums.get(direction);
      return methods.map((method, m) => {
        const ofMethod = known?.[m];
        return Float64Array.from(components, (component) =>
          method === 'random'
            ? uniforms(Math.imul(direction + 1, 0x9e3779b1) ^ component)()
            : (ofMethod?.get(component) ?? 0),
        );
      });
    },
  };
}
