import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { ComponentSummary } from '../../../src/shared/library';
import { Summaries } from '../../../src/webview/components/summaries';
import { fromHex, luminance, type Rgb } from '../../../src/webview/map/colour';
import { logScale, signedScale } from '../../../src/webview/map/colourScale';
import { inside, nearest, nextToward } from '../../../src/webview/map/findPoints';
import { placeLabels } from '../../../src/webview/map/labelPlacement';
import { lookOf } from '../../../src/webview/map/look';
import { between, carriedOver } from '../../../src/webview/map/movement';
import { paletteOf, shades } from '../../../src/webview/map/palette';
import { drawDiscs } from '../../../src/webview/map/raster';
import {
  fitted,
  onScreen,
  panned,
  resized,
  revealing,
  zoomed,
  zoomOf,
} from '../../../src/webview/map/viewport';

const places = (...points: readonly (readonly [number, number])[]) => ({
  x: Float32Array.from(points, ([x]) => x),
  y: Float32Array.from(points, ([, y]) => y),
});

describe('viewport', () => {
  const size = { width: 800, height: 600 };

  test('all of the map is inside the window, y up', () => {
    const viewport = fitted(size);
    expect(onScreen(viewport, { x: 0, y: 0 })).toEqual({ x: 400, y: 300 });
    const corner = onScreen(viewport, { x: 1, y: 1 });
    expect(corner.y).toBeGreaterThan(0);
    expect(corner.y).toBeLessThan(300);
    expect(zoomOf(viewport, size)).toBe(1);
  });

  test('what is under the pointer stays there when zooming', () => {
    const place = { x: 0.3, y: -0.2 };
    const before = onScreen(fitted(size), place);
    const after = zoomed(fitted(size), 7, before, size);
    expect(zoomOf(after, size)).toBeCloseTo(7, 9);
    expect(onScreen(after, place).x).toBeCloseTo(before.x, 6);
    expect(onScreen(after, place).y).toBeCloseTo(before.y, 6);
  });

  test('some of the map is seen whatever one does', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.double({ min: 0.01, max: 100, noNaN: true })),
        ),
        (steps) => {
          let viewport = fitted(size);
          for (const [by, factor] of steps) {
            viewport = panned(zoomed(viewport, factor, { x: by, y: -by }, size), by, 2 * by, size);
          }
          const [low, high] = [onScreen(viewport, { x: -1, y: 1 }), onScreen(viewport, { x: 1, y: -1 })];
          expect(low.x).toBeLessThanOrEqual(size.width / 2 + 1e-6);
          expect(high.x).toBeGreaterThanOrEqual(size.width / 2 - 1e-6);
          expect(low.y).toBeLessThanOrEqual(size.height / 2 + 1e-6);
          expect(high.y).toBeGreaterThanOrEqual(size.height / 2 - 1e-6);
          expect(zoomOf(viewport, size)).toBeGreaterThan(0.49);
          expect(zoomOf(viewport, size)).toBeLessThan(201);
        },
      ),
    );
  });

  test('the middle and the zoom survive another size of the window', () => {
    const near = zoomed(fitted(size), 3, { x: 100, y: 100 }, size);
    const other = { width: 500, height: 900 };
    const after = resized(near, size, other);
    expect(zoomOf(after, other)).toBeCloseTo(3, 9);
    const middle = { x: (400 - near.left) / near.scale, y: (near.top - 300) / near.scale };
    expect(onScreen(after, middle).x).toBeCloseTo(250, 6);
    expect(onScreen(after, middle).y).toBeCloseTo(450, 6);
  });

  test('a place outside is brought inside, one inside stays where it is', () => {
    const near = zoomed(fitted(size), 5, { x: 400, y: 300 }, size);
    expect(revealing(near, { x: 0.01, y: 0 }, size)).toEqual(near);
    const { x, y } = onScreen(revealing(near, { x: 0.9, y: 0 }, size), { x: 0.9, y: 0 });
    expect([x < size.width && x > 0, y]).toEqual([true, 300]);
  });
});

describe('finding points', () => {
  test('the nearest within reach, of equals the first', () => {
    const points = places([0, 0], [10, 0], [10, 0]);
    expect(nearest(points, { x: 8, y: 0 }, 5)).toBe(1);
    expect(nearest(points, { x: 5, y: 9 }, 5)).toBeNull();
  });

  test('the next one that way, rather straight ahead than nearer aside', () => {
    const points = places([0, 0], [5, 4.9], [6, 0], [-3, 0], [0, -2]);
    expect(nextToward(points, 0, { x: 1, y: 0 })).toBe(2);
    expect(nextToward(points, 0, { x: -1, y: 0 })).toBe(3);
    expect(nextToward(points, 0, { x: 0, y: -1 })).toBe(4);
    expect(nextToward(points, 1, { x: 0, y: 1 })).toBeNull();
  });

  test('what lies inside an outline, one with a dent, too', () => {
    const dented = [
      [0, 0],
      [10, 0],
      [10, 10],
      [5, 2],
      [0, 10],
    ].map(([x, y]) => ({ x: x!, y: y! }));
    expect(inside(places([5, 1], [5, 6], [1, 5], [9, 5], [11, 5], [-1, 1]), dented)).toEqual([0, 2, 3]);
    expect(inside(places([0, 0]), dented.slice(0, 2))).toEqual([]);
  });
});

describe('colours', () => {
  test('a logarithmic scale has its ends and powers of ten in the legend', () => {
    const { share, ticks } = logScale(Float32Array.of(0.0005, 0.1, 0.4, 0, Number.NaN));
    expect(share(0.0005)).toBeCloseTo(0, 5);
    expect(share(0.4)).toBeCloseTo(1, 6);
    expect(share(0)).toBe(0);
    expect(share(Number.NaN)).toBeNaN();
    expect(ticks.map(({ value }) => value)).toEqual([
      expect.closeTo(0.0005),
      expect.closeTo(0.01),
      expect.closeTo(0.4),
    ]);
  });

  test.each([
    ['nothing', []],
    ['silence', [0, 0]],
    ['one value', [0.2, 0.2]],
  ])('%s has a scale', (_, values) => {
    const { share, ticks } = logScale(Float32Array.from(values));
    expect(share(values[0] ?? 0)).toBeGreaterThanOrEqual(0);
    expect(ticks).toHaveLength(1);
  });

  test('a signed scale is as long to either side', () => {
    const { share, ticks } = signedScale(Float32Array.of(-0.1, 0.4, Number.NaN));
    expect(share(0)).toBe(0.5);
    expect(share(0.4)).toBeCloseTo(1, 6);
    expect(share(-0.1)).toBeCloseTo(0.375, 6);
    expect(ticks.map((tick) => tick.share)).toEqual([0, 0.5, 1]);
    expect(signedScale(Float32Array.of(0, Number.NaN)).share(0)).toBe(0.5);
  });

  const contrast = (a: Rgb, b: Rgb) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light! + 0.05) / (dark! + 0.05);
  };

  test.each([
    ['dark', '#1f1f1f', '#cccccc', { positive: '#59a4f9', negative: '#eb8f34' }],
    ['light', '#ffffff', '#3b3b3b', { positive: '#0063d3', negative: '#b84c00' }],
    ['imposed dark', '#000000', '#ffffff', null],
    ['imposed light', '#ffffff', '#000000', null],
  ])(
    'values stand out from a ground that is %s, and by lightness from each other',
    (_, ground, text, signs) => {
      const background = fromHex(ground);
      const palette = paletteOf({
        background,
        foreground: fromHex(text),
        focus: fromHex(text),
        signs: signs && { positive: fromHex(signs.positive), negative: fromHex(signs.negative) },
      });
      for (const colour of palette.sequential) expect(contrast(colour, background)).toBeGreaterThan(3);
      for (const end of [palette.diverging[0]!, palette.diverging.at(-1)!]) {
        expect(contrast(end, background)).toBeGreaterThan(4);
      }
      const steps = palette.sequential.map((colour) => contrast(colour, background));
      expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    },
  );

  test('points without a value are of a colour of their own, drawn first; the largest magnitude is drawn last', () => {
    const palette = paletteOf({
      background: [0, 0, 0],
      foreground: [255, 255, 255],
      focus: [255, 255, 255],
      signs: null,
    });
    const map = { components: Int32Array.of(1, 2, 3), firingRates: Float32Array.of(0.1, 0.4, 0.1) };
    const values = Float32Array.of(Number.NaN, 0.1, -0.4);
    const { look } = lookOf(map, { kind: 'attribution', prompt: 0 }, values, 'images', palette);
    expect([...look.shades]).toEqual([shades, Math.round(0.625 * (shades - 1)), 0]);
    expect([...look.prominence]).toEqual([2, 1, 0]);
    expect(look.colours[shades]).toEqual(palette.quiet);
    expect(look.radii[1]).toBeGreaterThan(look.radii[0]!);
    const waiting = lookOf(map, { kind: 'alignment', prompt: 0 }, null, 'same', palette);
    expect([...waiting.look.shades]).toEqual([shades, shades, shades]);
  });
});

test('discs cover the ground, later ones the earlier, and what is outside is not drawn', () => {
  const [width, height] = [20, 10];
  const pixels = new Uint8ClampedArray(width * height * 4);
  const colours: Rgb[] = [
    [255, 0, 0],
    [0, 0, 255],
  ];
  drawDiscs(pixels, width, height, [10, 20, 30], colours, {
    x: Float32Array.of(5, 5, 19, 500),
    y: Float32Array.of(5, 5, 9, 5),
    radii: Float32Array.of(3, 1, 2, 2),
    shades: Uint8Array.of(0, 1, 0, 0),
    order: Uint32Array.of(0, 1, 2, 3),
  });
  const at = (x: number, y: number) => [...pixels.slice((y * width + x) * 4, (y * width + x) * 4 + 4)];
  expect(at(0, 0)).toEqual([10, 20, 30, 255]);
  const [red, green, blue] = at(7, 5);
  expect([red! > 200, green! < 5, blue! < 8]).toEqual([true, true, true]);
  expect(at(5, 5)[2]).toBeGreaterThan(200);
  expect(at(19, 9)[0]).toBeGreaterThan(200);
  // The disc at the right edge does not come in again at the left.
  expect(at(0, 9)).toEqual([10, 20, 30, 255]);
});

test('points go from where their components were; new ones are where they go', () => {
  const before = { components: Int32Array.of(3, 7), ...places([0, 0], [1, 1]) };
  const after = { components: Int32Array.of(7, 8), ...places([-1, 0], [0.5, 0.5]) };
  const from = carriedOver(before, after);
  expect([...from.x]).toEqual([1, 0.5]);
  expect([...between(from, after, 0).x]).toEqual([1, 0.5]);
  expect([...between(from, after, 0.5).x]).toEqual([0, 0.5]);
  expect([...between(from, after, 1).y]).toEqual([0, 0.5]);
});

test('labels do not overlap, leave room that is taken, and say the same only far apart', () => {
  const candidates = Array.from({ length: 200 }, (_, point) => ({
    point,
    text: `label ${point % 40}`,
    x: (point * 37) % 400,
    y: (point * 53) % 300,
    radius: 3,
  }));
  const taken = [{ left: 0, top: 200, right: 200, bottom: 300 }];
  const window = { width: 400, height: 300 };
  const placed = placeLabels(candidates, (text) => text.length * 6, 14, window, { most: 60, taken });
  expect(placed.length).toBeGreaterThan(10);
  const boxes = [
    ...taken,
    ...placed.map(({ left, top, text }) => ({
      left,
      top,
      right: left + text.length * 6,
      bottom: top + 14,
    })),
  ];
  const clashes = boxes.filter((a, i) =>
    boxes.some(
      (b, j) => i < j && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom,
    ),
  );
  expect(clashes).toEqual([]);
  const inOrder = placed.map(({ point }) => point);
  expect([...inOrder].sort((a, b) => a - b)).toEqual(inOrder);
  expect(placeLabels(candidates, () => 20, 14, window, { most: 3 })).toHaveLength(3);
});

describe('summaries', () => {
  const summary = (component: number) => ({ component }) as ComponentSummary;

  test('what is wanted within a moment goes in one question, in parts that the host takes, and once', async () => {
    vi.useFakeTimers();
    const ask = vi.fn(async (components: number[]) => components.map(summary));
    const onChange = vi.fn();
    const summaries = new Summaries(ask, onChange);
    summaries.want([1]);
    summaries.want([2, 3]);
    await vi.advanceTimersByTimeAsync(100);
    // Nobody looked at 1 for long.
    expect(ask.mock.calls).toEqual([[[2, 3]]]);
    expect(summaries.get(2)).toEqual({ component: 2 });
    summaries.want([2, 3]);
    await vi.advanceTimersByTimeAsync(100);
    expect(ask).toHaveBeenCalledTimes(1);
    summaries.want(Array.from({ length: 450 }, (_, i) => i + 10));
    await vi.advanceTimersByTimeAsync(100);
    expect(ask.mock.calls.slice(1).map(([part]) => part.length)).toEqual([200, 200, 50]);
    vi.useRealTimers();
  });

  test('what failed is asked for again; an answer from before a change is dropped', async () => {
    vi.useFakeTimers();
    let answer = (_: number[]): Promise<ComponentSummary[]> => Promise.reject(new Error('no'));
    const summaries = new Summaries(
      (components) => answer(components),
      () => {},
    );
    summaries.want([1]);
    await vi.advanceTimersByTimeAsync(100);
    let give!: (summaries: ComponentSummary[]) => void;
    answer = () =>
      new Promise((resolve) => {
        give = resolve;
      });
    summaries.want([1]);
    await vi.advanceTimersByTimeAsync(100);
    summaries.clear();
    give([summary(1)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(summaries.get(1)).toBeUndefined();
    answer = async (components) => components.map(summary);
    summaries.want([1]);
    await vi.advanceTimersByTimeAsync(100);
    expect(summaries.get(1)).toEqual({ component: 1 });
    vi.useRealTimers();
  });
});
