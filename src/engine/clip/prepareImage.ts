import { ClipsightError } from '../../shared/errors';
import { type ImageSource, imageName, type Rectangle } from '../../shared/image';
import { decode, largestPicture } from '../image/decode';
import { type Picture, toRgb } from '../image/picture';
import { pillowResize } from '../image/pillowResize';
import { resample, type Size, type Window } from '../image/resample';
import type { Preprocessing } from './preprocessing';

export interface PreparedImage {
  /** [3, H, W], normalised; H and W are the crop's, or the size's where nothing is cropped. */
  readonly pixels: Float32Array;
  /** Size of the original. */
  readonly width: number;
  readonly height: number;
  /** The part of the original that the model is shown, in pixels of the original, not always whole. */
  readonly crop: Rectangle;
}

/**
 * From an encoded image to the model's input, to the last bit as the checkpoint's family does it. Throws
 * ClipsightError 'image' as `decode` does, and for pictures so narrow that resizing would make them too large.
 */
export async function prepareImage(source: ImageSource, how: Preprocessing): Promise<PreparedImage> {
  return preparePicture(await decode(source), how, imageName(source));
}

/** The same from decoded pixels; `name` is for errors. */
export function preparePicture(picture: Picture, how: Preprocessing, name: string): PreparedImage {
  const { width, height } = picture;
  const { resized, shown, seen } = framing(picture, how);
  if (resized.width * resized.height > largestPicture) {
    throw new ClipsightError(
      'image',
      `${name} is so narrow (${width} × ${height} pixels) that resized for the model it would have ` +
        `more than ${largestPicture} pixels.`,
      'Crop the picture.',
    );
  }
  return {
    pixels: normalise(resizedRgb(picture, resized, seen, how), seen, shown, how),
    width,
    height,
    crop: inOriginal(seen, resized, picture),
  };
}

/** What a model is shown of a picture of some size. */
export interface Framing {
  /** What the picture is resized to. */
  readonly resized: Size;
  /** The window of the resized picture that becomes the model's pixels; reaches beyond it where the crop is larger. */
  readonly shown: Window;
  /** The part of that window in which there is picture. */
  readonly seen: Window;
}

/** As `prepareImage` does it, without a picture. */
export function framing(size: Size, how: Preprocessing): Framing {
  const resized = resizedSize(size, how);
  const shown = shownWindow(resized, how);
  return { resized, shown, seen: within(shown, resized) };
}

/** A window of the resized picture in pixels of the original. */
export function inOriginal({ x, y, width, height }: Window, resized: Size, original: Size): Rectangle {
  return {
    left: (x * original.width) / resized.width,
    top: (y * original.height) / resized.height,
    width: (width * original.width) / resized.width,
    height: (height * original.height) / resized.height,
  };
}

/** The two families resize and convert to RGB in different order: different pixels wherever there is alpha. */
function resizedRgb(picture: Picture, to: Size, window: Window, how: Preprocessing): Picture {
  switch (how.family) {
    case 'huggingface':
      return resample(toRgb(picture), to, how.filter, 'torch', window);
    case 'open_clip':
      return toRgb(pillowResize(picture, to, how.filter, window));
  }
}

/** transformers' get_resize_output_image_size and torchvision's Resize agree: the longer side is cut, not rounded. */
function resizedSize({ width, height }: Size, { resize, size }: Preprocessing): Size {
  if (resize === 'squash') return size;
  const edge = size.width;
  return width <= height
    ? { width: edge, height: Math.trunc((edge * height) / width) }
    : { width: Math.trunc((edge * width) / height), height: edge };
}

/** What the model is shown of the resized picture; reaches beyond it where the crop is larger. */
function shownWindow(resized: Size, { family, crop }: Preprocessing): Window {
  const { width, height } = crop ?? resized;
  return {
    x: cropStart(resized.width, width, family),
    y: cropStart(resized.height, height, family),
    width,
    height,
  };
}

/** One pixel of difference here matters more than any resizing kernel (cosine of the pixels 0.91). */
function cropStart(length: number, crop: number, family: Preprocessing['family']): number {
  // Both pad by floor((crop − length) / 2) on this side.
  if (crop > length) return -Math.floor((crop - length) / 2);
  const start = (length - crop) / 2;
  switch (family) {
    case 'huggingface':
      return Math.floor(start);
    case 'open_clip':
      return halfToEven(start);
  }
}

/** Python's round. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

function within(window: Window, { width, height }: Size): Window {
  const x = Math.max(0, window.x);
  const y = Math.max(0, window.y);
  return {
    x,
    y,
    width: Math.min(width, window.x + window.width) - x,
    height: Math.min(height, window.y + window.height) - y,
  };
}

/** Channels first, on black where the crop reaches beyond the picture. */
function normalise(rgb: Picture, seen: Window, shown: Window, how: Preprocessing): Float32Array {
  const area = shown.width * shown.height;
  const pixels = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    const values = pixelValues(how, c);
    const plane = pixels.subarray(c * area, (c + 1) * area).fill(values[0]!);
    for (let y = 0, from = c; y < seen.height; y++) {
      let to = (seen.y - shown.y + y) * shown.width + seen.x - shown.x;
      for (let x = 0; x < seen.width; x++, from += 3) plane[to++] = values[rgb.data[from]!]!;
    }
  }
  return pixels;
}

/** The pixel value of each of the 256 levels, rounded to float32 after every step as the family's tensors are. */
function pixelValues({ family, rescale, mean, std }: Preprocessing, channel: number): Float32Array {
  const round = Math.fround;
  const m = round(mean[channel]!);
  const s = round(std[channel]!);
  switch (family) {
    case 'huggingface': {
      // _fuse_mean_std_and_rescale_factor: mean and std are scaled up, not the levels down.
      const up = round(1 / rescale);
      return Float32Array.from({ length: 256 }, (_, level) => round(level - round(m * up)) / round(s * up));
    }
    case 'open_clip':
      // ToTensor divides by 255, then Normalize.
      return Float32Array.from({ length: 256 }, (_, level) => round(round(level / 255) - m) / s);
  }
}
