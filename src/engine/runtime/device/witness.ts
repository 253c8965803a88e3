import type { Graph } from '../../graph/graph';
import { uniforms } from '../../numeric/uniforms';
import { float32, type TensorData } from '../session';
import type { Feeds } from '../sessions';

/** The number at a place of an input, counted row by row. `normal` draws the next one of mean 0 and variance 1. */
export type Draw = (place: number, normal: () => number) => number;

/** What an input that is no plain stream of numbers takes. */
export const draws = {
  /** As of a dictionary: no less than zero, and every third is silent; never all, which would test nothing. */
  activation: (place, normal) => (place % 3 === 2 ? 0 : Math.abs(normal())),
  /** 1 or 0 by turns, beginning with 1. */
  choice: (place) => (place % 2 === 0 ? 1 : 0),
  /** Along a path: 0, a half, a fifth and so on, below 1. */
  path: (place) => (place === 0 ? 0 : 1 / (3 * place - 1)),
  /** One of them. */
  first: (place) => (place === 0 ? 1 : 0),
} satisfies Readonly<Record<string, Draw>>;

/**
 * A fixed input of a graph: the same numbers on every machine, of the scale that streams have.
 *
 * @param sizes of the graph's symbols.
 * @param drawn how inputs are drawn that are not normally distributed, by name.
 * @param given inputs that are not drawn.
 */
export function witness(
  sizes: Readonly<Record<string, number>>,
  drawn: Readonly<Record<string, Draw>> = {},
  given: Feeds = {},
): (graph: Graph) => Feeds {
  return ({ inputs }) =>
    Object.fromEntries(
      inputs.map(({ name, type, shape }, i): readonly [string, TensorData] => {
        const known = given[name];
        if (known !== undefined) return [name, known];
        if (type !== 'float32') throw new Error(`what ${name} takes cannot be drawn: it is of type ${type}`);
        const size = shape.map((dimension) => sizeOf(dimension, sizes));
        const normal = normals(i + 1);
        const draw = drawn[name] ?? ((_, next) => next());
        const data = Float32Array.from({ length: size.reduce((product, n) => product * n, 1) }, (_, place) =>
          draw(place, normal),
        );
        return [name, float32(data, size)];
      }),
    );
}

function sizeOf(dimension: number | string, sizes: Readonly<Record<string, number>>): number {
  const size = typeof dimension === 'number' ? dimension : sizes[dimension];
  if (size === undefined) throw new Error(`no size is given for the dimension ${dimension}`);
  return size;
}

/** Nearly normal, by sums and products alone: other functions differ from machine to machine. */
function normals(seed: number): () => number {
  const next = uniforms(seed);
  return () => Math.fround((next() + next() + next() + next() - 2) * 1.7320508);
}
