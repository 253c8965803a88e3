/**
 * Rows of float32 as float16 with a scale per row: value = half · scale. The scale is the power of two that brings the
 * row's largest absolute value to [2¹⁴, 2¹⁵), so that no row overflows, and what is 2⁻²⁹ of the largest still has all
 * 11 bits: the relative error of a value is at most 2⁻¹¹ down to there.
 */
export interface HalfRows {
  readonly halves: Uint16Array;
  /** One per row. */
  readonly scales: Float32Array;
}

/** Throws at a value that is not finite, or so large that rounding could make it so. `rows`: [count, width]. */
export function toHalfRows(rows: Float32Array, width: number): HalfRows {
  const count = width === 0 ? 0 : rows.length / width;
  const halves = new Uint16Array(rows.length);
  const scales = new Float32Array(count);
  const scratch = new Float32Array(width);
  const bits = new Uint32Array(scratch.buffer);
  for (let row = 0; row < count; row++) {
    const from = row * width;
    const scale = scaleOf(rows, from, width);
    scales[row] = scale;
    for (let i = 0; i < width; i++) scratch[i] = rows[from + i]! / scale;
    for (let i = 0; i < width; i++) halves[from + i] = toHalf(bits[i]!);
  }
  return { halves, scales };
}

/** Writes halves · scale to `target` from `at`. */
export function fromHalfRow(halves: Uint16Array, scale: number, target: Float32Array, at: number): void {
  wide ??= Float32Array.from({ length: 65_536 }, (_, half) => fromHalf(half));
  for (let i = 0; i < halves.length; i++) target[at + i] = wide[halves[i]!]! * scale;
}

/** float32 of every float16, by its bits. */
let wide: Float32Array | undefined;

function scaleOf(rows: Float32Array, from: number, width: number): number {
  let largest = 0;
  for (let i = from; i < from + width; i++) {
    const size = Math.abs(rows[i]!);
    if (!(size <= 2 ** 127)) throw new Error('a contribution vector is not finite, or beyond 2¹²⁷');
    if (size > largest) largest = size;
  }
  // Not below 2⁻¹²⁶, where float32 loses bits itself.
  return largest === 0 ? 1 : 2 ** Math.max(-126, Math.floor(Math.log2(largest)) - 14);
}

/** The nearest float16 to a float32 below 2¹⁶, ties to even; both as bits. */
function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const mantissa = bits & 0x7fffff;
  if (exponent > 0) return sign | rounded((exponent << 23) | mantissa, 13);
  return exponent < -10 ? sign : sign | rounded(mantissa | 0x800000, 14 - exponent);
}

function rounded(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
}
