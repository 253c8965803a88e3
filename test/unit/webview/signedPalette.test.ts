import { describe, expect, it } from 'vitest';
import { fillOf, tintOf } from '../../../src/webview/components/signedPalette';
import { luminance, mix, type Rgb } from '../../../src/webview/map/colour';

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];

/** As it looks over a ground. */
function over(ground: Rgb, share: number): Rgb {
  const { colour, opacity } = tintOf(share);
  return mix(ground, colour, opacity);
}

/**
 * As those see it who lack one kind of cone, in linear light: F. Viénot, H. Brettel and J. D. Mollon, Digital video
 * colourmaps for checking the legibility of displays by dichromats, Color Research & Application 24 (1999).
 */
const dichromats: Readonly<Record<string, readonly (readonly number[])[]>> = {
  protanope: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranope: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};

function linear(colour: Rgb): number[] {
  return colour.map((value) => (value / 255) ** 2.2);
}

describe('signed palette', () => {
  it('is transparent at zero', () => {
    expect(tintOf(0).opacity).toBe(0);
    expect(fillOf(-0).opacity).toBe('0');
  });

  it.each([-1, 1])('goes further from any ground with magnitude, on side %i', (side) => {
    const shares = Array.from({ length: 21 }, (_, i) => (side * i) / 20);
    for (const [ground, sign] of [
      [white, -1],
      [black, 1],
    ] as const) {
      const steps = shares.map((share) => sign * luminance(over(ground, share)));
      for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan(steps[i - 1]!);
    }
  });

  it('draws what lies beyond the scale as its end', () => {
    expect(tintOf(-7)).toEqual(tintOf(-1));
    expect(tintOf(1.01)).toEqual(tintOf(1));
  });

  it('has sides that differ in lightness, so that they are told apart without hue', () => {
    const [below, above] = [tintOf(-1).colour, tintOf(1).colour].map((colour) => luminance(colour) + 0.05);
    expect(Math.max(below! / above!, above! / below!)).toBeGreaterThan(2);
  });

  it.each(Object.entries(dichromats))('has sides that a %s tells apart', (_, rows) => {
    const seen = (share: number) =>
      rows.map((row) => row.reduce((sum, factor, i) => sum + factor * linear(over(white, share))[i]!, 0));
    for (const share of [0.5, 1]) {
      const [below, above] = [seen(-share), seen(share)];
      expect(Math.hypot(...below.map((value, i) => value - above[i]!))).toBeGreaterThan(0.3);
    }
  });
});
