import type { Picture } from '../../src/engine/image/picture';
import { blendOver } from './blend';

const lineAlpha = 120;
const ringAlpha = 150;
const white = [255, 255, 255] as const;

/**
 * Diagonal translucent stripes and a ring, as picture agencies stamp them; on the pixels where Pillow draws lines and
 * ellipses. `canvas` is square, RGB, and changed.
 */
export function stampWatermark({ width: size, data }: Picture): void {
  const spacing = Math.floor(size / 4);
  const reach = lineReach(Math.max(1, Math.floor(size / 48)));
  const [from, to] = [Math.trunc(size * 0.32), Math.trunc(size * 0.68)];
  const middle = (from + to) / 2;
  const radius = (to - from + 1) / 2;
  const ringWidth = Math.max(1, Math.floor(size / 24));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = (y * size + x) * 3;
      const distance = Math.hypot(x - middle, y - middle);
      const fromLine = (((x - y) % spacing) + spacing) % spacing;
      if (distance > radius - ringWidth && distance <= radius - 0.15) blendOver(data, at, white, ringAlpha);
      else if (fromLine <= reach || spacing - fromLine <= reach) blendOver(data, at, white, lineAlpha);
    }
  }
}

/** Pixels along a row that a line at 45° covers on either side of its middle. */
function lineReach(width: number): number {
  const across = (side: number) => Math.ceil(side / Math.SQRT2 - 0.5);
  return across(Math.floor((width - 1) / 2)) + across(Math.ceil((width - 1) / 2));
}
