import { uniforms } from '../numeric/uniforms';

/**
 * Draws from a standard normal distribution, the same ones for a seed on every machine: Mulberry32 for the uniform
 * numbers, Box and Muller's transform of each two of them.
 */
export function standardNormals(seed: number, count: number): Float64Array {
  const uniform = uniforms(seed);
  const drawn = new Float64Array(count + (count % 2));
  for (let i = 0; i < drawn.length; i += 2) {
    // 1 − u is never 0, which has no logarithm.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    drawn[i] = radius * Math.cos(angle);
    drawn[i + 1] = radius * Math.sin(angle);
  }
  return drawn.subarray(0, count);
}
