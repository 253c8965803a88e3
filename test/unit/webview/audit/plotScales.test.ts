import { describe, expect, it } from 'vitest';
import { intervalScale } from '../../../../src/webview/audit/intervalBar';
import { edge, fitLine, height, plotScales } from '../../../../src/webview/audit/plotScales';

const fit = { alignments: [0, 0.1, 0.2], shares: [0.01, 0.03, 0.12] };
const width = 500;

describe('plotScales', () => {
  it('holds every finding, the fit and its margin, with shares from zero', () => {
    const findings = [
      { excuse: -0.13, measured: 0.04 },
      { excuse: 0.05, measured: 0.31 },
    ];
    const { x, y } = plotScales(findings, fit, 0.02, width);
    for (const { excuse, measured } of findings) {
      expect(x.at(excuse)).toBeGreaterThanOrEqual(edge.left);
      expect(x.at(0.2)).toBeLessThanOrEqual(width - edge.right);
      expect(y.at(measured)).toBeGreaterThanOrEqual(edge.top);
    }
    expect(y.at(0)).toBeCloseTo(height - edge.bottom);
    expect(y.at(0.31)).toBeLessThan(y.at(0.04));
  });

  it('is there without findings, and without a fit', () => {
    const { x, y } = plotScales([], { alignments: [], shares: [] }, 0.02, width);
    expect([...x.ticks, ...y.ticks].every(Number.isFinite)).toBe(true);
    expect(y.ticks[0]).toBe(0);
    const one = plotScales([{ excuse: 0.1, measured: 0 }], { alignments: [], shares: [] }, 0, width);
    expect(Number.isFinite(one.x.at(0.1))).toBe(true);
    expect(Number.isFinite(one.y.at(0))).toBe(true);
  });
});

describe('fitLine', () => {
  it('goes on at both ends as it ends', () => {
    const scales = plotScales(
      [
        { excuse: -0.2, measured: 0.1 },
        { excuse: 0.4, measured: 0.1 },
      ],
      fit,
      0.02,
      width,
    );
    const line = fitLine(fit, scales);
    expect(line[0]).toEqual([scales.x.ticks[0], 0.01]);
    expect(line.at(-1)).toEqual([scales.x.ticks.at(-1), 0.12]);
    expect(line.slice(1, -1)).toEqual([
      [0, 0.01],
      [0.1, 0.03],
      [0.2, 0.12],
    ]);
  });

  it('is nothing without a fit', () => {
    const none = { alignments: [], shares: [] };
    expect(fitLine(none, plotScales([], none, 0.02, width))).toEqual([]);
  });
});

it('intervals have one scale from zero, or from below it', () => {
  expect(
    intervalScale([
      [0.07, 0.12],
      [0.02, 0.3],
    ]),
  ).toEqual({ low: 0, high: 0.3 });
  expect(intervalScale([[-0.01, 0.12]])).toEqual({ low: -0.01, high: 0.12 });
  expect(intervalScale([])).toEqual({ low: 0, high: 1 });
});
