import { multiplyBytes, type Picture } from './picture';
import { cut, type Filter, resample, resampleNearest, type Size, type Window } from './resample';

/**
 * The pixels of `window` in what Pillow's `Image.resize(to, filter)` makes of `source`, in the layout of `source`
 * (Pillow 12.2, PIL/Image.py).
 */
export function pillowResize(source: Picture, to: Size, filter: Filter, window: Window): Picture {
  if (source.width === to.width && source.height === to.height) return cut(source, window);
  switch (source.layout) {
    case 'rgb':
    case 'cmyk':
      return resize(source, to, filter, window);
    case 'indexed':
      return resampleNearest(source, to, window);
    case 'rgba': {
      const premultiplied = { ...source, data: premultiply(source.data) };
      const resized = resize(premultiplied, to, filter, window);
      return { ...resized, data: unpremultiply(resized.data) };
    }
    case 'grey16':
      return resize(source, to, filter, window);
  }
}

function resize(source: Picture, to: Size, filter: Filter, window: Window): Picture {
  const precision = source.layout === 'grey16' ? 'exact' : 'pillow';
  // Since Pillow 12.2 a very tall picture is resized along its columns first, which rounds differently.
  if (source.height > source.width * 100 && to.height < source.height) {
    const rows = { x: 0, y: window.y, width: source.width, height: window.height };
    const lowered = resample(source, { width: source.width, height: to.height }, filter, precision, rows);
    const columns = { ...window, y: 0 };
    return resample(lowered, { width: to.width, height: lowered.height }, filter, precision, columns);
  }
  return resample(source, to, filter, precision, window);
}

/** Colours times alpha as Pillow's RGBa has them: [pixels, RGBA] bytes. */
export function premultiply(rgba: ArrayLike<number>): Uint8Array {
  const out = Uint8Array.from(rgba);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = out[i + 3]!;
    for (let c = i; c < i + 3; c++) out[c] = multiplyBytes(out[c]!, alpha);
  }
  return out;
}

/** The reverse, [pixels, RGBA] bytes: colours are cut, not rounded, as in Pillow. */
export function unpremultiply(rgba: ArrayLike<number>): Uint8Array {
  const out = Uint8Array.from(rgba);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = out[i + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = i; c < i + 3; c++) out[c] = Math.min(255, Math.trunc((255 * out[c]!) / alpha));
  }
  return out;
}
