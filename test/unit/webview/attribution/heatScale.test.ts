import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  heatScale,
  interpolated,
  painted,
  rampStops,
  shareOf,
  ticksOf,
} from '../../../../src/webview/attribution/heatScale';

describe('heatScale', () => {
  it('is symmetric around zero for what has two sides', () => {
    const scale = heatScale('score', [0.2, -0.5, 0.1]);
    expect(scale).toEqual({ signed: true, far: 0.5 });
    expect(shareOf(-0.5, scale)).toBe(-1);
    expect(shareOf(0.25, scale)).toBe(0.5);
    expect(ticksOf(scale).map(({ value }) => value)).toEqual([-0.5, 0, 0.5]);
  });

  it('stays symmetric where all is on one side by chance', () => {
    expect(heatScale('attribution', [0.2, 0.1]).signed).toBe(true);
  });

  it('has one side for activations, and two for those of neurons below zero', () => {
    expect(heatScale('activation', [0, 3]).signed).toBe(false);
    expect(ticksOf(heatScale('activation', [0, 3])).map(({ at }) => at)).toEqual([0, 1]);
    expect(heatScale('activation', [-0.1, 3]).signed).toBe(true);
  });

  it('draws nothing of a map of zeros', () => {
    const scale = heatScale('score', [0, 0]);
    expect(shareOf(0, scale)).toBe(0);
    expect([...painted([0, 0], scale)].filter((_, i) => i % 4 === 3)).toEqual([0, 0]);
    expect(rampStops(scale).every(({ opacity }) => opacity === '0')).toBe(true);
  });

  it('has a ramp that is transparent at zero and full at the ends', () => {
    expect(rampStops({ signed: true, far: 2 }).map(({ at, opacity }) => [at, opacity])).toEqual([
      [0, '1'],
      [0.5, '0'],
      [0.5, '0'],
      [1, '1'],
    ]);
    const [start, end] = rampStops({ signed: false, far: 2 });
    expect([start!.opacity, end!.opacity]).toEqual(['0', '1']);
    expect(start!.fill).toBe(end!.fill);
  });
});

describe('interpolated', () => {
  it('has the patches’ own values at their centres', () => {
    const values = Float32Array.from([1, -2, 3, 4, 5, 6]);
    const smooth = interpolated({ values, rows: 2, columns: 3 }, 3);
    for (let patch = 0; patch < 6; patch++) {
      const [row, column] = [Math.floor(patch / 3), patch % 3];
      expect(smooth[(3 * row + 1) * 9 + 3 * column + 1]).toBe(values[patch]);
    }
  });

  it('goes in a straight line from centre to centre, and stays at the edge', () => {
    const smooth = interpolated({ values: Float32Array.from([0, 1]), rows: 1, columns: 2 }, 4);
    expect([...smooth.subarray(0, 8)]).toEqual([0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1]);
  });

  it('never leaves the range of the values', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 25, maxLength: 25 }),
        (rows, columns, list) => {
          const values = Float32Array.from(list.slice(0, rows * columns));
          const smooth = interpolated({ values, rows, columns }, 3);
          expect(smooth).toHaveLength(9 * rows * columns);
          expect(Math.max(...smooth)).toBeLessThanOrEqual(Math.max(...values) + 1e-5);
          expect(Math.min(...smooth)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-5);
        },
      ),
    );
  });
});
