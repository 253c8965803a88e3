import type { Rectangle } from '../../shared/image';
import type { PatchMap } from '../../shared/where';

/** How the patches lie in the picture; lengths in pixels of the original. Patches count row by row, from 0. */
export type PatchGrid = Pick<PatchMap, 'rows' | 'columns' | 'crop'>;

export function patchRectangle({ rows, columns, crop }: PatchGrid, patch: number): Rectangle {
  const [width, height] = [crop.width / columns, crop.height / rows];
  return {
    left: crop.left + (patch % columns) * width,
    top: crop.top + Math.floor(patch / columns) * height,
    width,
    height,
  };
}

/** The patch at a point of the picture; null outside of what the model saw. */
export function patchAt({ rows, columns, crop }: PatchGrid, x: number, y: number): number | null {
  const column = Math.floor(((x - crop.left) / crop.width) * columns);
  const row = Math.floor(((y - crop.top) / crop.height) * rows);
  const inside = column >= 0 && column < columns && row >= 0 && row < rows;
  return inside ? row * columns + column : null;
}

/** Where a key leads from a patch; null for keys that lead nowhere. At an edge it stays. */
export function patchByKey({ rows, columns }: PatchGrid, patch: number, key: string): number | null {
  const [row, column] = [Math.floor(patch / columns), patch % columns];
  const at = (r: number, c: number) =>
    Math.max(0, Math.min(rows - 1, r)) * columns + Math.max(0, Math.min(columns - 1, c));
  switch (key) {
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'Home':
      return at(row, 0);
    case 'End':
      return at(row, columns - 1);
    default:
      return null;
  }
}

/** `row 3, column 5`: people count from 1. */
export function patchName({ columns }: Pick<PatchGrid, 'columns'>, patch: number): string {
  return `row ${Math.floor(patch / columns) + 1}, column ${(patch % columns) + 1}`;
}
