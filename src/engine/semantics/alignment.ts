import { dot } from '../numeric/vector';

/**
 * How much better a text describes a component than no text at all does: cos(θ, u(text)) − cos(θ, u("")). `theta` is a
 * component's semantic embedding, of any length but 0; the text embeddings are of unit length, by the same judge.
 */
export function alignment(theta: Float32Array, text: Float32Array, empty: Float32Array): number {
  const length = Math.sqrt(dot(theta, theta));
  if (!(length > 0)) throw new Error('a component without images has no alignment');
  return (dot(theta, text) - dot(theta, empty)) / length;
}
