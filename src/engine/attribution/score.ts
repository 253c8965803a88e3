import { ClipsightError } from '../../shared/errors';
import { dot } from '../numeric/vector';

/** A direction as numbers: y = v·u + bias for a cosine, with v = e/‖e‖; y = w·e + bias for a linear score. */
export interface ScoreDirection {
  readonly kind: 'cosine' | 'linear';
  /** [embedding]. A cosine's need not be of unit length: a difference of two unit vectors is scored as it is. */
  readonly vector: Float32Array;
  /** Of a probe's row; 0 where it is left out. Attributions have no part in it. */
  readonly bias?: number;
}

/** y of a raw embedding e. Throws ClipsightError `checkpoint` where it has none: every comparison with NaN is false. */
export function score(e: Float32Array, direction: ScoreDirection): number {
  return scoreAll(e, [direction])[0]!;
}

/** The same of each direction. Thousands of them are asked at once: ‖e‖ is computed once. */
export function scoreAll(e: Float32Array, directions: readonly ScoreDirection[]): number[] {
  const length = Math.sqrt(dot(e, e));
  return directions.map((direction) => {
    const y = scoreOf(e, length, direction) + (direction.bias ?? 0);
    if (Number.isFinite(y)) return y;
    throw new ClipsightError(
      'checkpoint',
      'The model gave an embedding that has no score: it is zero, or has numbers that are not finite.',
      'The weights may be damaged, or too large for the format that they are stored in: try another file of the model.',
    );
  });
}

function scoreOf(e: Float32Array, length: number, { kind, vector }: ScoreDirection): number {
  const y = dot(e, vector);
  switch (kind) {
    case 'cosine':
      return y / length;
    case 'linear':
      return y;
  }
}

/** ∂y/∂e, [embedding]: (u − y·v)/‖e‖ for a cosine, w for a linear score. */
export function scoreGradient(e: Float32Array, direction: ScoreDirection): Float32Array {
  return scoreGradients(e, [direction]);
}

/** The same of each direction, [directions, embedding]. */
export function scoreGradients(e: Float32Array, directions: readonly ScoreDirection[]): Float32Array {
  const length = Math.sqrt(dot(e, e));
  const gradients = new Float32Array(directions.length * e.length);
  let at = 0;
  for (const { kind, vector } of directions) {
    switch (kind) {
      case 'cosine': {
        const along = dot(e, vector) / (length * length);
        // A plain loop: of a thousand directions, `map` took longer than all else that a new one costs.
        for (let i = 0; i < e.length; i++) gradients[at + i] = (vector[i]! - along * e[i]!) / length;
        break;
      }
      case 'linear':
        gradients.set(vector, at);
        break;
    }
    at += e.length;
  }
  return gradients;
}
