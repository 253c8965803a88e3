/** Places in the plane, one per row of what was laid out. */
export interface Positions {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Moved and scaled, both axes alike, so that the longer side of the bounding box is [−1, 1] and the other is centred. */
export function intoSquare({ x, y }: Positions): Positions {
  const [left, right] = range(x);
  const [bottom, top] = range(y);
  const half = Math.max(right - left, top - bottom) / 2;
  const placed = (values: Float32Array, middle: number) =>
    values.map((value) => (half > 0 ? Math.min(1, Math.max(-1, (value - middle) / half)) : 0));
  return { x: placed(x, (left + right) / 2), y: placed(y, (bottom + top) / 2) };
}

/** [0, 0] of nothing. */
function range(values: Float32Array): readonly [number, number] {
  if (values.length === 0) return [0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) throw new Error('a place in the plane is not a number');
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
