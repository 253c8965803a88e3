import type { Picture } from '../../src/engine/image/picture';
import { blendOver } from './blend';

const lineAlpha = 120;
const ringAlpha = 150;
const white = [255, 255, 255] as const;

/** Diagonal translucent stripes and a ring, as picture agencies stamp them. `canvas` is square, RGB, and changed. */
export function stampWatermark({ width: size, data }: Picture): void {
  const spacing = Math.floor(size / 4);
  const lineWidth = Math.max(1, Math.floor(size / 48));
  const ringWidth = Math.max(1, Math.floor(size / 24));
  const middle = size / 2;
  const outer = size * 0.18 + 0.5;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = (y * size + x) * 3;
      const distance = Math.hypot(x - middle, y - middle);
      if (distance <= outer && distance > outer - ringWidth) blendOver(data, at, white, ringAlpha);
      else if (onLine(x - y, spacing, lineWidth)) blendOver(data, at, white, lineAlpha);
    }
  }
}

/** Lines at 45°: their width across is that over √2 along a row. */
function onLine(offset: number, spacing: number, width: number): boolean {
  const fromLine = ((offset % spacing) + spacing) % spacing;
  const distance = Math.min(fromLine, spacing - fromLine) / Math.SQRT2;
  return width === 1 ? fromLine === 0 : distance <= width / 2;
}
