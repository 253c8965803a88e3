import type { Rgb } from './colour';

/** Discs to be drawn, in the order of `order`: later ones lie over earlier ones. */
export interface Discs {
  /** In device pixels. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** In device pixels. */
  readonly radii: Float32Array;
  /** Numbers of `colours`. */
  readonly shades: Uint8Array;
  readonly order: Uint32Array;
}

/** How much of what lies below a disc hides. */
const opacity = 0.85;
/** Radii are told apart in steps of so many pixels. */
const radiusStep = 0.25;

/** The coverage of a disc around the middle of a pixel, from 0 to 256. */
interface Stamp {
  /** Pixels to either side of the middle. */
  readonly reach: number;
  readonly coverage: Uint16Array;
}

const stamps = new Map<number, Stamp>();

/**
 * Draws discs into pixels (ImageData's bytes). Tens of thousands of discs take a few milliseconds whether there is a GPU
 * or not, which no way of drawing them one by one through a canvas gives.
 */
export function drawDiscs(
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  background: Rgb,
  colours: readonly Rgb[],
  { x, y, radii, shades, order }: Discs,
): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  // Little-endian, as every machine that a browser runs on.
  words.fill((0xff000000 | (background[2] << 16) | (background[1] << 8) | background[0]) >>> 0);
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    const { reach, coverage } = stampOf(radii[i]!);
    const [cx, cy] = [Math.round(x[i]!), Math.round(y[i]!)];
    const [left, right] = [Math.max(0, cx - reach), Math.min(width - 1, cx + reach)];
    const [top, bottom] = [Math.max(0, cy - reach), Math.min(height - 1, cy + reach)];
    if (left > right || top > bottom) continue;
    const [red, green, blue] = colours[shades[i]!]!;
    const side = 2 * reach + 1;
    for (let row = top; row <= bottom; row++) {
      let at = (row * width + left) * 4;
      let from = (row - cy + reach) * side + (left - cx + reach);
      for (let column = left; column <= right; column++, at += 4, from++) {
        const cover = coverage[from]!;
        if (cover === 0) continue;
        pixels[at] = pixels[at]! + (((red - pixels[at]!) * cover) >> 8);
        pixels[at + 1] = pixels[at + 1]! + (((green - pixels[at + 1]!) * cover) >> 8);
        pixels[at + 2] = pixels[at + 2]! + (((blue - pixels[at + 2]!) * cover) >> 8);
      }
    }
  }
}

function stampOf(radius: number): Stamp {
  const step = Math.max(1, Math.round(radius / radiusStep));
  const known = stamps.get(step);
  if (known !== undefined) return known;
  const exact = step * radiusStep;
  const reach = Math.ceil(exact);
  const side = 2 * reach + 1;
  const coverage = Uint16Array.from({ length: side * side }, (_, at) => {
    const distance = Math.hypot((at % side) - reach, Math.floor(at / side) - reach);
    return Math.round(256 * opacity * Math.min(1, Math.max(0, exact + 0.5 - distance)));
  });
  const stamp = { reach, coverage };
  stamps.set(step, stamp);
  return stamp;
}
