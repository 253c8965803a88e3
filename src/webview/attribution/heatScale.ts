import type { MapKind, PatchMap } from '../../shared/where';
import { fillOf, tintOf } from '../components/signedPalette';

/** What the colours of a map stand for. */
export interface HeatScale {
  /** Whether it has a side below zero. */
  readonly signed: boolean;
  /** The value at the end, or ends: the largest magnitude; 0 for a map that is zero throughout. */
  readonly far: number;
}

/** Symmetric around zero, except for activations where none is below it. */
export function heatScale(kind: MapKind['kind'], values: ArrayLike<number>): HeatScale {
  let far = 0;
  let below = false;
  for (let i = 0; i < values.length; i++) {
    far = Math.max(far, Math.abs(values[i]!));
    below ||= values[i]! < 0;
  }
  return { signed: below || kind !== 'activation', far };
}

/** From −1 to 1. */
export function shareOf(value: number, { far }: HeatScale): number {
  return far === 0 ? 0 : Math.max(-1, Math.min(1, value / far));
}

/** Numbers along the scale, from its lower end: value and place, from 0 to 1. */
export function ticksOf({
  signed,
  far,
}: HeatScale): readonly { readonly value: number; readonly at: number }[] {
  if (far === 0) return [{ value: 0, at: signed ? 0.5 : 0 }];
  return signed
    ? [
        { value: -far, at: 0 },
        { value: 0, at: 0.5 },
        { value: far, at: 1 },
      ]
    : [
        { value: 0, at: 0 },
        { value: far, at: 1 },
      ];
}

/** Stops of a gradient that is the scale exactly: opacity is linear in the value, on each side of zero. */
export function rampStops({ signed, far }: HeatScale): readonly {
  readonly at: number;
  readonly fill: string;
  readonly opacity: string;
}[] {
  const least = Number.EPSILON;
  const shares: readonly (readonly [number, number])[] = signed
    ? [
        [0, -1],
        [0.5, -least],
        [0.5, least],
        [1, 1],
      ]
    : [
        [0, least],
        [1, 1],
      ];
  return shares.map(([at, share]) => ({ at, ...fillOf(far === 0 ? 0 : share) }));
}

/**
 * Values between the patches' centres, bilinear; beyond the outermost centres those of the edge. `factor` pixels to an
 * edge of a patch, row by row, [rows·factor × columns·factor].
 */
export function interpolated(
  { values, rows, columns }: Pick<PatchMap, 'values' | 'rows' | 'columns'>,
  factor: number,
): Float32Array {
  const [height, width] = [rows * factor, columns * factor];
  const between = (pixel: number, length: number): readonly [number, number, number] => {
    const at = Math.min(length - 1, Math.max(0, (pixel + 0.5) / factor - 0.5));
    const first = Math.min(Math.max(0, length - 2), Math.floor(at));
    return [first, Math.min(length - 1, first + 1), at - first];
  };
  const across = Array.from({ length: width }, (_, x) => between(x, columns));
  const result = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = between(y, rows);
    for (let x = 0; x < width; x++) {
      const [left, right, along] = across[x]!;
      const upper = values[top * columns + left]! * (1 - along) + values[top * columns + right]! * along;
      const lower =
        values[bottom * columns + left]! * (1 - along) + values[bottom * columns + right]! * along;
      result[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return result;
}

/** As pixels of a picture, four bytes each: red, green, blue, opacity. */
export function painted(values: ArrayLike<number>, scale: HeatScale): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const { colour, opacity } = tintOf(shareOf(values[i]!, scale));
    pixels.set(colour, 4 * i);
    pixels[4 * i + 3] = Math.round(255 * opacity);
  }
  return pixels;
}
