/**
 * How the samples of a decoded picture are laid out. Pillow has more modes, but these five are all that its
 * resizing and its conversion to RGB tell apart: L resizes as an RGB of three equal channels, LA as RGBA, 1 as P.
 */
export const channels = {
  /** Pillow's L and RGB. */
  rgb: 3,
  /** P and 1, palette already looked up. Between two palette entries there is nothing, so Pillow never blends. */
  indexed: 3,
  /** LA and RGBA: colour as stored, not multiplied by alpha. */
  rgba: 4,
  /** 0 is no ink. */
  cmyk: 4,
  /** I;16, the only layout with samples of 16 bits. */
  grey16: 1,
} as const;
export type Layout = keyof typeof channels;

export type Samples = Uint8Array | Uint16Array;

/** Rows from the top, samples interleaved: data[(y · width + x) · channels[layout] + c]. */
export interface Picture {
  readonly layout: Layout;
  readonly width: number;
  readonly height: number;
  readonly data: Samples;
}

/** An empty picture with samples as wide as those of `like`. */
export function emptySamples(like: Samples, length: number): Samples {
  return like instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}

/** round(a · b / 255) for bytes, as Pillow's MULDIV255 (libImaging/ImagingUtils.h) has it. */
export function multiplyBytes(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** Pillow's `convert('RGB')` (libImaging/Convert.c). Colour under transparent pixels comes to light. */
export function toRgb(picture: Picture): Picture {
  const { layout, width, height, data } = picture;
  switch (layout) {
    case 'rgb':
      return picture;
    case 'indexed':
      return { ...picture, layout: 'rgb' };
    case 'rgba':
      return { layout: 'rgb', width, height, data: withoutAlpha(data) };
    case 'cmyk':
      return { layout: 'rgb', width, height, data: inkToLight(data) };
    case 'grey16':
      return { layout: 'rgb', width, height, data: clippedGrey(data) };
  }
}

function withoutAlpha(rgba: Samples): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

function inkToLight(cmyk: Samples): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = 255 - cmyk[from + 3]!;
    for (let c = 0; c < 3; c++) rgb[to + c] = light - multiplyBytes(cmyk[from + c]!, light);
  }
  return rgb;
}

/**
 * Pillow does not scale 16-bit grey down: everything above 255 is white (I16_RGB, since Pillow 10.3; the mode I
 * of older versions clips at the same place). Most 16-bit pictures look white to the model, and must do so here.
 */
function clippedGrey(grey: Samples): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(Math.min(grey[i]!, 255), i * 3, i * 3 + 3);
  return rgb;
}
