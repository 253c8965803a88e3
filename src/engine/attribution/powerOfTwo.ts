/**
 * The power of two that brings the largest of some numbers to [1, 2). What is linear in them is computed from numbers of
 * that size and divided by it again, which is exact in float32: half precision, where a device has it, ends at 6·10⁻⁸ and
 * at 65 504, and neither weights of a probe nor activations keep to that.
 *
 * 1 where there is no largest, or none that is a number.
 */
export function powerOfTwo(numbers: Float32Array): number {
  let largest = 0;
  for (const x of numbers) largest = Math.max(largest, Math.abs(x));
  // Powers within float32's own range, and their inverses, too.
  return largest > 0 && Number.isFinite(largest)
    ? 2 ** Math.max(-126, Math.min(126, -Math.floor(Math.log2(largest))))
    : 1;
}

/** `numbers` times a factor. */
export function times(numbers: Float32Array, factor: number): Float32Array {
  return factor === 1 ? numbers : numbers.map((x) => x * factor);
}
