/** Which part of the map is seen: a place (x, y) of the map, y up, lies at (left + x·scale, top − y·scale) pixels. */
export interface Viewport {
  /** Pixels per unit of the map. */
  readonly scale: number;
  /** Where the origin of the map lies, in pixels. */
  readonly left: number;
  readonly top: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Room around the map where all of it is seen, in pixels. */
const border = 28;
/** How far one can zoom in and out of the map fitted into the window. */
const mostZoom = 200;
const leastZoom = 0.5;

/** All of [−1, 1]² in the middle of the window. */
export function fitted({ width, height }: Size): Viewport {
  return { scale: fittedScale({ width, height }), left: width / 2, top: height / 2 };
}

/** 1 where all of the map just fits. */
export function zoomOf({ scale }: Viewport, size: Size): number {
  return scale / fittedScale(size);
}

/** Zooms by a factor; what is at the point stays there. */
export function zoomed(viewport: Viewport, factor: number, at: Point, size: Size): Viewport {
  const least = fittedScale(size);
  const scale = Math.min(mostZoom * least, Math.max(leastZoom * least, viewport.scale * factor));
  const ratio = scale / viewport.scale;
  return kept(
    { scale, left: at.x + (viewport.left - at.x) * ratio, top: at.y + (viewport.top - at.y) * ratio },
    size,
  );
}

/** Moved by so many pixels. */
export function panned({ scale, left, top }: Viewport, dx: number, dy: number, size: Size): Viewport {
  return kept({ scale, left: left + dx, top: top + dy }, size);
}

/** After the window changed its size: the same middle, at the same zoom. */
export function resized(viewport: Viewport, before: Size, after: Size): Viewport {
  const ratio = fittedScale(after) / fittedScale(before);
  return kept(
    {
      scale: viewport.scale * ratio,
      left: after.width / 2 + (viewport.left - before.width / 2) * ratio,
      top: after.height / 2 + (viewport.top - before.height / 2) * ratio,
    },
    after,
  );
}

/** Moved no further than needed for a point of the map to lie inside the window, away from its edge. */
export function revealing(viewport: Viewport, place: Point, size: Size): Viewport {
  const { x, y } = onScreen(viewport, place);
  const inside = (at: number, length: number) => {
    const room = Math.min(border, length / 2);
    return Math.min(length - room, Math.max(room, at)) - at;
  };
  return panned(viewport, inside(x, size.width), inside(y, size.height), size);
}

export function onScreen({ scale, left, top }: Viewport, { x, y }: Point): Point {
  return { x: left + x * scale, y: top - y * scale };
}

/** Some of the map stays in the window. */
function kept({ scale, left, top }: Viewport, { width, height }: Size): Viewport {
  const [x, y] = [width / 2, height / 2];
  return {
    scale,
    left: Math.min(x + scale, Math.max(x - scale, left)),
    top: Math.min(y + scale, Math.max(y - scale, top)),
  };
}

function fittedScale({ width, height }: Size): number {
  return Math.max(16, Math.min(width, height) / 2 - border);
}
