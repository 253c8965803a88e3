import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placed, stepped } from '../../../../src/webview/latent/placing';

describe('placed', () => {
  const view = { width: 300, height: 600 };
  const size = { width: 200, height: 220 };

  it('goes below, and above where there is no room below', () => {
    expect(placed({ left: 110, top: 100, width: 80, height: 80 }, size, view)).toEqual({
      left: 50,
      top: 186,
    });
    expect(placed({ left: 110, top: 450, width: 80, height: 80 }, size, view)).toEqual({
      left: 50,
      top: 224,
    });
  });

  it('never leaves a view that it fits into', () => {
    const length = (most: number) => fc.integer({ min: 1, max: most });
    fc.assert(
      fc.property(
        fc.record({
          left: fc.integer({ min: -200, max: 900 }),
          top: fc.integer({ min: -200, max: 900 }),
          width: length(200),
          height: length(200),
        }),
        fc.record({ width: length(288), height: length(588) }),
        (anchor, box) => {
          const { left, top } = placed(anchor, box, view);
          expect(left).toBeGreaterThanOrEqual(6);
          expect(top).toBeGreaterThanOrEqual(6);
          expect(left + box.width).toBeLessThanOrEqual(view.width - 6);
          expect(top + box.height).toBeLessThanOrEqual(view.height - 6);
        },
      ),
    );
  });
});

describe('stepped', () => {
  it.each([
    ['ArrowRight', 1, 2],
    ['ArrowRight', 9, 9],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 5, 8],
    ['ArrowDown', 8, 8],
    ['ArrowUp', 2, 2],
    ['ArrowUp', 4, 1],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['a', 5, null],
  ])('%s from %d of ten in threes leads to %s', (key, from, to) => {
    expect(stepped(key, from, 10, 3)).toBe(to);
  });
});
