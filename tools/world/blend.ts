import type { Samples } from '../../src/engine/image/picture';

/** One RGB pixel at `at` of `onto` covered by a colour, alpha of 255, rounded as Pillow's paste does it. */
export function blendOver(
  onto: Samples,
  at: number,
  colour: readonly [number, number, number],
  alpha: number,
): void {
  for (let c = 0; c < 3; c++) {
    const mixed = colour[c]! * alpha + onto[at + c]! * (255 - alpha) + 128;
    onto[at + c] = (mixed + (mixed >> 8)) >> 8;
  }
}
