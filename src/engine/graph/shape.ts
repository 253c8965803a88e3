import type { Dimension, Shape } from './value';

export const show = (shape: Shape): string => `[${shape.join(', ')}]`;

/**
 * The rows of a result whose operands have `a` and `b` rows, where 1 broadcasts against n at run time. Two symbols
 * give a joined one, `a|b`: whichever of them is not 1.
 */
export function joinRows(a: Dimension, b: Dimension): Dimension {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'string' && typeof b === 'string') {
    return [...new Set([...a.split('|'), ...b.split('|')])].sort().join('|');
  }
  if (typeof a === 'number' && typeof b === 'number') throw new Error(`${a} rows do not go with ${b} rows.`);
  return typeof a === 'number' ? a : b;
}

/** NumPy's broadcasting, axes aligned from the right. Only rows may broadcast a symbol against another size. */
export function broadcast(a: Shape, b: Shape): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    if (axis === 0) return joinRows(p, q);
    if (p === q || q === 1) return p;
    if (p === 1) return q;
    throw new Error(`Shapes ${show(a)} and ${show(b)} do not broadcast.`);
  });
}

/** Whether two shapes agree in everything but the number of rows. */
export function sameBeyondRows(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => axis === 0 || dimension === b[axis]);
}

/** A negative axis counts from the end. */
export function resolveAxis(axis: number, shape: Shape): number {
  const resolved = axis < 0 ? axis + shape.length : axis;
  if (resolved < 0 || resolved >= shape.length) throw new Error(`Shape ${show(shape)} has no axis ${axis}.`);
  return resolved;
}

/** `shape` with one axis changed. */
export function withAxis(shape: Shape, axis: number, dimension: Dimension): Dimension[] {
  return shape.map((old, i) => (i === axis ? dimension : old));
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dimension) => typeof dimension === 'number');
}

/** Number of elements, symbols counting as 1. */
export function staticSize(shape: Shape): number {
  return shape.reduce<number>(
    (size, dimension) => (typeof dimension === 'number' ? size * dimension : size),
    1,
  );
}

export function symbolsOf(shape: Shape): string[] {
  return shape.filter((dimension) => typeof dimension === 'string');
}

/** The size of an axis joined from several: a number if all are, else a symbol such as `1+length`. */
export function totalLength(parts: readonly Dimension[]): Dimension {
  return isStatic(parts) ? parts.reduce((total, part) => total + part, 0) : parts.join('+');
}
