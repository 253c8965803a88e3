export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Where to put something of this size beside `anchor` so that it stays within the view and leaves the anchor free:
 * below it, else above it, else on the side with more room. All in pixels of the view.
 */
export function placed(
  anchor: Box,
  size: { readonly width: number; readonly height: number },
  view: { readonly width: number; readonly height: number },
  gap = 6,
): { readonly left: number; readonly top: number } {
  const within = (value: number, length: number, room: number) =>
    Math.max(gap, Math.min(value, room - length - gap));
  const left = within(anchor.left + anchor.width / 2 - size.width / 2, size.width, view.width);
  const below = anchor.top + anchor.height + gap;
  const above = anchor.top - size.height - gap;
  const roomBelow = view.height - below;
  const top = below + size.height <= view.height - gap || roomBelow >= anchor.top ? below : above;
  return { left, top: within(top, size.height, view.height) };
}

/** The index that an arrow key leads to in rows of `columns`; null for any other key. */
export function stepped(key: string, index: number, length: number, columns: number): number | null {
  const next = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    Home: 0,
    End: length - 1,
  }[key];
  if (next === undefined) return null;
  // Down from above a row that is not full stays where it is; along a row, the ends hold.
  if (key === 'ArrowUp' || key === 'ArrowDown') return next < 0 || next >= length ? index : next;
  return Math.max(0, Math.min(next, length - 1));
}
