import { hex, type Rgb } from '../map/colour';

/**
 * Blue for what is above zero, orange for what is below, as the bars of the panel have them; nothing at zero. One colour
 * per side whose opacity is the magnitude: over any picture, light or dark, more is then always further from it. The two
 * differ in hue for every kind of colour vision, and in lightness where there is no hue at all.
 */
const positive: Rgb = [31, 102, 214];
const negative: Rgb = [255, 154, 46];

export interface Tint {
  readonly colour: Rgb;
  /** From 0, transparent, to 1. */
  readonly opacity: number;
}

/** `share` of the scale, from −1 to 1; what lies beyond is drawn as the end. */
export function tintOf(share: number): Tint {
  return { colour: share < 0 ? negative : positive, opacity: Math.min(1, Math.abs(share)) };
}

/** As the SVG attributes of a filled shape: the Content-Security-Policy allows no inline style. */
export function fillOf(share: number): { readonly fill: string; readonly opacity: string } {
  const { colour, opacity } = tintOf(share);
  return { fill: hex(colour), opacity: String(Number(opacity.toFixed(4))) };
}
