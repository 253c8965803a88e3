import type { Point } from './viewport';

/** Points by number: coordinates in any one unit. */
export interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** The nearest point within reach; of equals the first. */
export function nearest({ x, y }: Places, at: Point, reach: number): number | null {
  let found: number | null = null;
  let least = reach * reach;
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - at.x, y[i]! - at.y];
    const square = dx * dx + dy * dy;
    if (square <= least && (found === null || square < least)) {
      found = i;
      least = square;
    }
  }
  return found;
}

/** The next point in a direction: near, and rather straight ahead than aside. Null where nothing lies that way. */
export function nextToward({ x, y }: Places, from: number, toward: Point): number | null {
  let found: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - x[from]!, y[i]! - y[from]!];
    const ahead = dx * toward.x + dy * toward.y;
    const aside = Math.abs(dx * toward.y - dy * toward.x);
    if (i === from || ahead <= 0 || aside > ahead) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) {
      found = i;
      least = cost;
    }
  }
  return found;
}

/** The points inside a closed outline, by the even–odd rule. */
export function inside({ x, y }: Places, outline: readonly Point[]): number[] {
  const found: number[] = [];
  if (outline.length < 3) return found;
  const left = Math.min(...outline.map((corner) => corner.x));
  const right = Math.max(...outline.map((corner) => corner.x));
  for (let i = 0; i < x.length; i++) {
    if (x[i]! >= left && x[i]! <= right && contains(outline, x[i]!, y[i]!)) found.push(i);
  }
  return found;
}

function contains(outline: readonly Point[], x: number, y: number): boolean {
  let is = false;
  let before = outline.at(-1)!;
  for (const corner of outline) {
    if (corner.y > y !== before.y > y) {
      const crossing = corner.x + ((y - corner.y) / (before.y - corner.y)) * (before.x - corner.x);
      if (x < crossing) is = !is;
    }
    before = corner;
  }
  return is;
}
