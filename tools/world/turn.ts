import type { Picture } from '../../src/engine/image/picture';
import { premultiply, unpremultiply } from '../../src/engine/image/pillowResize';

/**
 * An RGBA picture turned anticlockwise about its middle, on a canvas that it fits, as Pillow's
 * `rotate(angle, BICUBIC, expand=True)` does it: cubic convolution with a = −1, colours multiplied by alpha meanwhile.
 */
export function turnPicture(picture: Picture, degrees: number): Picture {
  const { width, height } = picture;
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // From the new picture to the old one, about the middle of the old.
  const old = (x: number, y: number): readonly [number, number] => {
    const [fromX, fromY] = [x - width / 2, y - height / 2];
    return [cos * fromX + sin * fromY + width / 2, -sin * fromX + cos * fromY + height / 2];
  };
  const corners = [old(0, 0), old(width, 0), old(width, height), old(0, height)];
  const wide = extent(corners.map(([x]) => x));
  const high = extent(corners.map(([, y]) => y));
  const premultiplied = premultiply(picture.data);
  const data = new Uint8Array(wide * high * 4);
  const [marginX, marginY] = [(wide - width) / 2, (high - height) / 2];
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const [fromX, fromY] = old(x + 0.5 - marginX, y + 0.5 - marginY);
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) continue;
      interpolate(premultiplied, width, height, fromX - 0.5, fromY - 0.5, data, (y * wide + x) * 4);
    }
  }
  return { layout: 'rgba', width: wide, height: high, data: unpremultiply(data) };
}

export function mirror({ layout, width, height, data }: Picture): Picture {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + width - 1 - x) * 4;
      out.set(data.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { layout, width, height, data: out };
}

function extent(values: readonly number[]): number {
  return Math.ceil(Math.max(...values)) - Math.floor(Math.min(...values));
}

/** Four channels at a place between pixels; beyond its edges the picture goes on as it ends. */
function interpolate(
  from: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  to: Uint8Array,
  at: number,
): void {
  const [left, top] = [Math.floor(x) - 1, Math.floor(y) - 1];
  const [across, down] = [weights(x - left - 1), weights(y - top - 1)];
  for (let c = 0; c < 4; c++) {
    let sum = 0;
    for (let row = 0; row < 4; row++) {
      const start = clamp(top + row, height) * width;
      let line = 0;
      for (let column = 0; column < 4; column++) {
        line += across[column]! * from[(start + clamp(left + column, width)) * 4 + c]!;
      }
      sum += down[row]! * line;
    }
    to[at + c] = Math.trunc(Math.min(255, Math.max(0, sum)));
  }
}

function weights(d: number): readonly [number, number, number, number] {
  return [d * (-1 + d * (2 - d)), 1 + d * d * (d - 2), d * (1 + d * (1 - d)), d * d * (d - 1)];
}

function clamp(i: number, length: number): number {
  return Math.min(length - 1, Math.max(0, i));
}
