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

/** The coverage of a disc around the middle of a pixel. */
interface Stamp {
  /** Pixels to either side of the middle. */
  readonly reach: number;
  /** Of each row, how many pixels to either side of the middle are covered at all. */
  readonly spans: Int32Array;
  /** From 0 to 256, [2·reach + 1, 2·reach + 1]. */
  readonly coverage: Int32Array;
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
  // A pixel is one number, red in its lowest byte, on little-endian machines: all that a browser runs on.
  const words = new Int32Array(pixels.buffer, pixels.byteOffset, width * height);
  words.fill(0xff000000 | (background[2] << 16) | (background[1] << 8) | background[0]);
  const redBlue = Int32Array.from(colours, ([red, , blue]) => (blue << 16) | red);
  const greens = Int32Array.from(colours, ([, green]) => green << 8);
  let [radius, stamp] = [Number.NaN, stampOf(1)];
  for (let n = 0; n < order.length; n++) {
    const i = order[n]!;
    if (radii[i] !== radius) {
      radius = radii[i]!;
      stamp = stampOf(radius);
    }
    const { reach, spans, coverage } = stamp;
    const [cx, cy] = [Math.round(x[i]!), Math.round(y[i]!)];
    if (cx + reach < 0 || cy + reach < 0 || cx - reach >= width || cy - reach >= height) continue;
    const [rb, g] = [redBlue[shades[i]!]!, greens[shades[i]!]!];
    const side = 2 * reach + 1;
    for (let row = Math.max(0, cy - reach); row <= Math.min(height - 1, cy + reach); row++) {
      const line = row - cy + reach;
      const span = spans[line]!;
      const first = Math.max(0, cx - span);
      let from = line * side + first - cx + reach;
      let at = row * width + first;
      const end = row * width + Math.min(width - 1, cx + span);
      for (; at <= end; at++, from++) {
        const cover = coverage[from]!;
        // Two channels at once, with room between them for the products.
        const under = words[at]!;
        const rest = 256 - cover;
        const mixedRb = ((Math.imul(under & 0xff00ff, rest) + Math.imul(rb, cover)) >>> 8) & 0xff00ff;
        const mixedG = ((Math.imul(under & 0xff00, rest) + Math.imul(g, cover)) >>> 8) & 0xff00;
        words[at] = 0xff000000 | mixedRb | mixedG;
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
  const covered = (dx: number, dy: number) =>
    Math.round(256 * opacity * Math.min(1, Math.max(0, exact + 0.5 - Math.hypot(dx, dy))));
  const stamp = {
    reach,
    spans: Int32Array.from({ length: side }, (_, row) => {
      let span = reach;
      while (span >= 0 && covered(span, row - reach) === 0) span--;
      return span;
    }),
    coverage: Int32Array.from({ length: side * side }, (_, at) =>
      covered((at % side) - reach, Math.floor(at / side) - reach),
    ),
  };
  stamps.set(step, stamp);
  return stamp;
}
