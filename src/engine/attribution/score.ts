import { dot } from '../numeric/vector';

/** A direction as numbers: y = v·u for a cosine, with v = e/‖e‖; y = w·e for a linear score. */
export interface ScoreDirection {
  readonly kind: 'cosine' | 'linear';
  /** [embedding]. A cosine's need not be of unit length: a difference of two unit vectors is scored as it is. */
  readonly vector: Float32Array;
}

/** y of a raw embedding e. */
export function score(e: Float32Array, direction: ScoreDirection): number {
  const y = dot(e, direction.vector);
  switch (direction.kind) {
    case 'cosine':
      return y / Math.sqrt(dot(e, e));
    case 'linear':
      return y;
  }
}

/** ∂y/∂e, [embedding]: (u − y·v)/‖e‖ for a cosine, w for a linear score. */
export function scoreGradient(e: Float32Array, direction: ScoreDirection): Float32Array {
  switch (direction.kind) {
    case 'cosine': {
      const length = Math.sqrt(dot(e, e));
      const y = dot(e, direction.vector) / length;
      return direction.vector.map((u, i) => (u - (y * e[i]!) / length) / length);
    }
    case 'linear':
      return direction.vector;
  }
}

/**
 * Attributions from contribution vectors: A_j = ⟨d_j, ∂y/∂e⟩.
 * `contributions` is [latents, embedding]; returns [latents].
 */
export function attributionsFrom(
  contributions: Float32Array,
  e: Float32Array,
  direction: ScoreDirection,
): Float32Array {
  const gradient = scoreGradient(e, direction);
  const size = gradient.length;
  const attributions = new Float32Array(contributions.length / size);
  for (let j = 0; j < attributions.length; j++) {
    let sum = 0;
    for (let i = 0, at = j * size; i < size; i++, at++) sum += contributions[at]! * gradient[i]!;
    attributions[j] = sum;
  }
  return attributions;
}
