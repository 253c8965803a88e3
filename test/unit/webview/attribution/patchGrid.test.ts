import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  patchAt,
  patchByKey,
  patchName,
  patchRectangle,
} from '../../../../src/webview/attribution/patchGrid';

const grid = { rows: 4, columns: 6, crop: { left: 100, top: 10, width: 300, height: 200 } };

describe('patchAt', () => {
  it('is null outside of what the model saw', () => {
    expect(patchAt(grid, 99.9, 50)).toBeNull();
    expect(patchAt(grid, 150, 210)).toBeNull();
    expect(patchAt(grid, 400, 50)).toBeNull();
    expect(patchAt(grid, 150, 9)).toBeNull();
  });

  it('counts row by row from the crop’s corner', () => {
    expect(patchAt(grid, 100, 10)).toBe(0);
    expect(patchAt(grid, 151, 10)).toBe(1);
    expect(patchAt(grid, 399, 209)).toBe(23);
  });

  it('is the patch whose rectangle has the point', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (rows, columns, u, v) => {
          const some = { rows, columns, crop: grid.crop };
          for (const patch of [0, Math.floor((rows * columns) / 2), rows * columns - 1]) {
            const { left, top, width, height } = patchRectangle(some, patch);
            expect(patchAt(some, left + u * width, top + v * height)).toBe(patch);
          }
        },
      ),
    );
  });
});

describe('patchByKey', () => {
  it('walks rows and columns, and stops at the edges', () => {
    expect(patchByKey(grid, 7, 'ArrowRight')).toBe(8);
    expect(patchByKey(grid, 7, 'ArrowUp')).toBe(1);
    expect(patchByKey(grid, 7, 'ArrowDown')).toBe(13);
    expect(patchByKey(grid, 5, 'ArrowRight')).toBe(5);
    expect(patchByKey(grid, 6, 'ArrowLeft')).toBe(6);
    expect(patchByKey(grid, 1, 'ArrowUp')).toBe(1);
    expect(patchByKey(grid, 8, 'End')).toBe(11);
    expect(patchByKey(grid, 8, 'Home')).toBe(6);
  });

  it('leaves other keys alone', () => {
    expect(patchByKey(grid, 7, 'a')).toBeNull();
  });
});

it('names patches from one', () => {
  expect(patchName(grid, 7)).toBe('row 2, column 2');
});
