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
  const y = scoreOf(e, direction) + (direction.bias ?? 0);
  if (Number.isFinite(y)) return y;
  throw new ClipsightError(
    'checkpoint',
    'The model gave an embedding that has no score: it is zero, or has numbers that are not finite.',
    'The weights may be damaged, or too large for the format that they are stored in: try another file of the model.',
  );
}

function scoreOf(e: Float32Array, { kind, vector }: ScoreDirection): number {
  const y = dot(e, vector);
  switch (kind) {
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
