import { uniforms } from '../../../../src/engine/numeric/uniforms';
import { concat } from '../../../../src/engine/numeric/vector';
import type { Rows } from '../../../../src/engine/semantics/rows';

/** Standard normal numbers, the same ones for a seed. */
export function normalSource(seed: number): (n: number) => Float64Array {
  const random = uniforms(seed);
  // Box and Muller.
  return (n) =>
    Float64Array.from(
      { length: n },
      () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    );
}

/** How often something holds. */
export function share(times: number, holds: () => boolean): number {
  let count = 0;
  for (let i = 0; i < times; i++) if (holds()) count++;
  return count / times;
}

/** n vectors around a centre, [n, width]. */
export function cloud(centre: ArrayLike<number>, n: number, spread: number, seed: number): Rows {
  const normals = normalSource(seed);
  const vectors = Array.from({ length: n }, () => {
    const noise = normals(centre.length);
    return Float32Array.from(noise, (x, d) => centre[d]! + spread * x);
  });
  return { data: concat(vectors), width: centre.length };
}

export function axis(width: number, at: number, length = 1): Float32Array {
  const vector = new Float32Array(width);
  vector[at] = length;
  return vector;
}
