/** A label that has found room: the top left of its box. All lengths in pixels. */
export interface PlacedLabel {
  readonly point: number;
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Labelled {
  readonly point: number;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Labels of one text are at least so far apart. */
const apart = 160;
const gap = 3;
/** Where so many have found no room, there is little to be had. */
const mostTries = 1500;

/**
 * Gives labels room one after the other, the most prominent first: to the right of its point, else to the left, above or
 * below; where none of these is free it has no label.
 * @param taken boxes that stay free
 */
export function placeLabels(
  candidates: Iterable<Labelled>,
  widthOf: (text: string) => number,
  line: number,
  window: { readonly width: number; readonly height: number },
  { most, taken = [] }: { readonly most: number; readonly taken?: readonly Box[] },
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  const boxes: Box[] = [...taken];
  let tries = 0;
  for (const { point, text, x, y, radius } of candidates) {
    if (placed.length >= most || tries++ >= mostTries) break;
    if (placed.some((other) => other.text === text && Math.hypot(other.left - x, other.top - y) < apart))
      continue;
    const width = widthOf(text);
    const off = radius + gap;
    const corners = [
      [x + off, y - line / 2],
      [x - off - width, y - line / 2],
      [x - width / 2, y - off - line],
      [x - width / 2, y + off],
    ] as const;
    for (const [left, top] of corners) {
      const box = { left, top, right: left + width, bottom: top + line };
      const within = left >= 0 && top >= 0 && box.right <= window.width && box.bottom <= window.height;
      if (!within || boxes.some((other) => overlap(box, other))) continue;
      boxes.push({ left: left - gap, top: top - gap, right: box.right + gap, bottom: box.bottom + gap });
      placed.push({ point, text, left, top });
      break;
    }
  }
  return placed;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
