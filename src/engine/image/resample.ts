import { channels, emptySamples, type Picture, type Samples } from './picture';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A part of a picture in whole pixels. */
export interface Window extends Size {
  readonly x: number;
  readonly y: number;
}

/** A convolution kernel, zero from `support` on. */
interface Kernel {
  readonly support: number;
  readonly at: (distance: number) => number;
}

const kernels = {
  /** Keys' cubic convolution with a = −1/2, in the order of operations that Pillow and PyTorch share. */
  bicubic: {
    support: 2,
    at: (distance: number) => {
      const a = -0.5;
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  bilinear: { support: 1, at: (distance: number) => Math.max(0, 1 - Math.abs(distance)) },
} as const satisfies Record<string, Kernel>;
export type Filter = keyof typeof kernels;

/**
 * The fixed-point arithmetic in which weights are rounded before they are used. It decides the last bit of every
 * pixel, and similarities by some 1e-4.
 *
 * - `pillow`: 22 bits after the point (libImaging/Resample.c, 8 bits per channel).
 * - `torch`: as many as keep the largest weight of the axis below 2¹⁵, so that weights fit int16 (ATen
 *   UpSampleKernel.cpp, uint8 on the CPU).
 * - `exact`: not rounded at all (libImaging/Resample.c, 16 bits per channel).
 */
export type Precision = 'pillow' | 'torch' | 'exact';

/** For each output sample of one axis the input samples it is made of. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` weights for each output sample, multiplied by `unit`. */
  readonly weights: Float64Array;
  readonly stride: number;
  readonly unit: number;
}

/**
 * The pixels of `window` in `source` resized to `to`. Separable and antialiased: first along rows, then along
 * columns, rounded in between; an axis whose length does not change is copied.
 */
export function resample(
  source: Picture,
  to: Size,
  filter: Filter,
  precision: Precision,
  window: Window = { x: 0, y: 0, ...to },
): Picture {
  const kernel = kernels[filter];
  const down =
    to.height === source.height
      ? undefined
      : taps(source.height, to.height, window.y, window.height, kernel, precision);
  // Only the rows that the columns' taps reach have to be resized along x.
  const top = down ? down.first[0]! : window.y;
  const bottom = down ? down.first[window.height - 1]! + down.count[window.height - 1]! : top + window.height;
  const rows: Window = { x: window.x, y: top, width: window.width, height: bottom - top };
  const narrowed =
    to.width === source.width
      ? cut(source, rows)
      : alongRows(source, rows, taps(source.width, to.width, window.x, window.width, kernel, precision));
  return down ? alongColumns(narrowed, top, window.height, down) : narrowed;
}

/** Taps of the output samples [start, start + length) of a line of `from` samples resized to `to`. */
function taps(
  from: number,
  to: number,
  start: number,
  length: number,
  kernel: Kernel,
  precision: Precision,
): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const narrow = 1 / stretch;
  const line = new Float64Array(stride);

  /** Leaves the weights of output sample i in `line` and returns which input samples they are for. */
  const weigh = (i: number): { first: number; count: number } => {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      line[k] = kernel.at((k + first - center + 0.5) * narrow);
      sum += line[k]!;
    }
    for (let k = 0; k < count; k++) line[k] = line[k]! / sum;
    return { first, count };
  };

  const largestWeight = (): number => {
    let largest = 0;
    for (let i = 0; i < to; i++) {
      const { count } = weigh(i);
      for (let k = 0; k < count; k++) largest = Math.max(largest, line[k]!);
    }
    return largest;
  };

  const unit = fixedPointUnit(precision, largestWeight);
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Float64Array(length * stride);
  for (let i = 0; i < length; i++) {
    const reach = weigh(start + i);
    first[i] = reach.first;
    count[i] = reach.count;
    for (let k = 0; k < reach.count; k++) {
      const weight = line[k]! * unit;
      weights[i * stride + k] =
        precision === 'exact' ? weight : Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
  }
  return { first, count, weights, stride, unit };
}

function fixedPointUnit(precision: Precision, largestWeight: () => number): number {
  switch (precision) {
    case 'pillow':
      return 2 ** 22;
    case 'exact':
      return 1;
    case 'torch': {
      const largest = largestWeight();
      let bits = 0;
      while (bits < 22 && Math.trunc(0.5 + largest * 2 ** (bits + 1)) < 2 ** 15) bits++;
      return 2 ** bits;
    }
  }
}

/** The rows of `window` with every row resized; `window.x` and `window.width` are in output pixels. */
function alongRows(source: Picture, window: Window, taps: Taps): Picture {
  const { layout, data } = source;
  const step = channels[layout];
  const { width, height } = window;
  if (step === 3 && data instanceof Uint8Array && taps.unit > 1) {
    return { layout, width, height, data: coloursAlongRows(data, source.width, window, taps) };
  }
  const { first, count, weights, stride, unit } = taps;
  const out = emptySamples(data, width * height * step);
  const largest = largestSample(data);
  for (let y = 0, to = 0; y < height; y++) {
    const row = (window.y + y) * source.width * step;
    for (let x = 0; x < width; x++) {
      const begin = x * stride;
      const end = begin + count[x]!;
      const from = row + first[x]! * step;
      for (let c = 0; c < step; c++) {
        let sum = 0;
        for (let k = begin, at = from + c; k < end; k++, at += step) sum += data[at]! * weights[k]!;
        out[to++] = rounded(sum / unit, largest);
      }
    }
  }
  return { layout, width, height, data: out };
}

/**
 * The same of the usual layout, in integers of 32 bits and with a sum for each colour: three quarters of the time. Weights of one
 * sample add up to `unit`, at most 2²², and their magnitudes to less than twice that: sums stay below 2³¹.
 */
function coloursAlongRows(data: Uint8Array, sourceWidth: number, window: Window, taps: Taps): Uint8Array {
  const { first, count, stride, unit } = taps;
  const { width, height } = window;
  const weights = Int32Array.from(taps.weights);
  const bits = Math.log2(unit);
  const half = unit >> 1;
  const out = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = (window.y + y) * sourceWidth * 3;
    for (let x = 0; x < width; x++, to += 3) {
      let k = x * stride;
      const end = k + count[x]!;
      let red = half;
      let green = half;
      let blue = half;
      for (let at = row + first[x]! * 3; k < end; k++, at += 3) {
        const weight = weights[k]!;
        red = (red + Math.imul(data[at]!, weight)) | 0;
        green = (green + Math.imul(data[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[at + 2]!, weight)) | 0;
      }
      out[to] = red >> bits;
      out[to + 1] = green >> bits;
      out[to + 2] = blue >> bits;
    }
  }
  return new Uint8Array(out.buffer);
}

/** All columns resized to `height` samples; row 0 of `source` is row `top` of the picture the taps are for. */
function alongColumns(source: Picture, top: number, height: number, taps: Taps): Picture {
  const { layout, width, data } = source;
  const row = width * channels[layout];
  if (data instanceof Uint8Array && taps.unit > 1) {
    return { layout, width, height, data: bytesAlongColumns(data, row, top, height, taps) };
  }
  const { first, count, weights, stride, unit } = taps;
  const out = emptySamples(data, height * row);
  const largest = largestSample(data);
  const sums = new Float64Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * stride + k]!;
      const from = (first[y]! + k - top) * row;
      for (let i = 0; i < row; i++) sums[i] = sums[i]! + data[from + i]! * weight;
    }
    for (let i = 0; i < row; i++) out[y * row + i] = rounded(sums[i]! / unit, largest);
  }
  return { layout, width, height, data: out };
}

/** The same of bytes, `row` of them in a row, in integers of 32 bits. */
function bytesAlongColumns(
  data: Uint8Array,
  row: number,
  top: number,
  height: number,
  taps: Taps,
): Uint8Array {
  const { first, count, stride, unit } = taps;
  const weights = Int32Array.from(taps.weights);
  const bits = Math.log2(unit);
  const out = new Uint8ClampedArray(height * row);
  const sums = new Int32Array(row);
  for (let y = 0, to = 0; y < height; y++, to += row) {
    sums.fill(unit >> 1);
    const begin = y * stride;
    let from = (first[y]! - top) * row;
    let k = 0;
    for (; k + 3 < count[y]!; k += 4, from += 4 * row) {
      const [a, b, c, d] = [
        weights[begin + k]!,
        weights[begin + k + 1]!,
        weights[begin + k + 2]!,
        weights[begin + k + 3]!,
      ];
      for (let i = 0, at = from; i < row; i++, at++) {
        const four =
          (Math.imul(data[at]!, a) +
            Math.imul(data[at + row]!, b) +
            Math.imul(data[at + 2 * row]!, c) +
            Math.imul(data[at + 3 * row]!, d)) |
          0;
        sums[i] = (sums[i]! + four) | 0;
      }
    }
    for (; k < count[y]!; k++, from += row) {
      const weight = weights[begin + k]!;
      for (let i = 0; i < row; i++) sums[i] = (sums[i]! + Math.imul(data[from + i]!, weight)) | 0;
    }
    for (let i = 0; i < row; i++) out[to + i] = sums[i]! >> bits;
  }
  return new Uint8Array(out.buffer);
}

/** Sums of integers over a power of two are exact in float64, so this equals adding one half and shifting. */
function rounded(value: number, largest: number): number {
  const whole = Math.floor(value + 0.5);
  return Math.max(0, Math.min(whole, largest));
}

function largestSample(data: Samples): number {
  return data instanceof Uint16Array ? 65_535 : 255;
}

/** The pixels of `window`. */
export function cut(source: Picture, window: Window): Picture {
  const { layout, data } = source;
  const { x, y, width, height } = window;
  const step = channels[layout];
  const out = emptySamples(data, width * height * step);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * source.width + x) * step;
    out.set(data.subarray(from, from + width * step), row * width * step);
  }
  return { layout, width, height, data: out };
}

/** As `resample`, each pixel a copy of the nearest one (libImaging/Geometry.c, ImagingScaleAffine). */
export function resampleNearest(source: Picture, to: Size, window: Window): Picture {
  const { layout, data } = source;
  const step = channels[layout];
  const { width, height } = window;
  const columns = nearestPositions(source.width, to.width).subarray(window.x, window.x + width);
  const rows = nearestPositions(source.height, to.height).subarray(window.y, window.y + height);
  const out = emptySamples(data, width * height * step);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * source.width + column) * step;
      for (let c = 0; c < step; c++) out[at++] = data[from + c]!;
    }
  }
  return { layout, width, height, data: out };
}

function nearestPositions(from: number, to: number): Int32Array {
  const positions = new Int32Array(to);
  const scale = from / to;
  // Added up as Pillow does: i · scale rounds differently and lands on another pixel now and then.
  let position = scale * 0.5;
  for (let i = 0; i < to; i++, position += scale) positions[i] = Math.trunc(position);
  return positions;
}
