import { dot } from '../numeric/vector';

/** Cosines between vectors that are not zero, [vectors, vectors], accumulated in double precision. */
export function cosines(vectors: readonly Float32Array[]): Float32Array {
  const count = vectors.length;
  const lengths = vectors.map((vector) => Math.sqrt(dot(vector, vector)));
  const all = new Float32Array(count * count);
  for (let a = 0; a < count; a++) {
    all[a * count + a] = 1;
    for (let b = 0; b < a; b++) {
      const cosine = dot(vectors[a]!, vectors[b]!) / (lengths[a]! * lengths[b]!);
      // Rounding may leave that of vectors that are one a little above 1.
      const within = Math.max(-1, Math.min(1, cosine));
      all[a * count + b] = within;
      all[b * count + a] = within;
    }
  }
  return all;
}
