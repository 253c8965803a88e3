import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channels, type Picture } from '../../../src/engine/image/picture';
import { pillowResize } from '../../../src/engine/image/pillowResize';
import {
  cut,
  type Filter,
  type Precision,
  resample,
  type Size,
  type Window,
} from '../../../src/engine/image/resample';

const side = fc.integer({ min: 1, max: 24 });
const size = fc.record({ width: side, height: side });
const filter = fc.constantFrom<Filter>('bicubic', 'bilinear');
const precision = fc.constantFrom<Precision>('pillow', 'torch', 'exact');
const layout = fc.constantFrom('rgb', 'rgba', 'cmyk', 'indexed', 'grey16');

const picture: fc.Arbitrary<Picture> = fc
  .record({ layout, size })
  .chain(({ layout, size: { width, height } }) => {
    const length = width * height * channels[layout];
    const data: fc.Arbitrary<Uint8Array | Uint16Array> =
      layout === 'grey16'
        ? fc.uint16Array({ minLength: length, maxLength: length })
        : fc.uint8Array({ minLength: length, maxLength: length });
    return data.map((data) => ({ layout, width, height, data }));
  });

const whole = (of: Size): Window => ({ x: 0, y: 0, width: of.width, height: of.height });

/** A window of `of`, from four numbers in [0, 1). */
function windowIn(of: Size, [a, b, c, d]: readonly [number, number, number, number]): Window {
  const x = Math.floor(a * of.width);
  const y = Math.floor(b * of.height);
  return {
    x,
    y,
    width: 1 + Math.floor(c * (of.width - x)),
    height: 1 + Math.floor(d * (of.height - y)),
  };
}
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const fractions = fc.tuple(fraction, fraction, fraction, fraction);

describe('resample', () => {
  it('leaves a constant picture constant', () => {
    fc.assert(
      fc.property(size, size, filter, precision, fc.nat(255), (from, to, filter, precision, level) => {
        const data = new Uint8Array(from.width * from.height * 3).fill(level);
        const resized = resample({ layout: 'rgb', ...from, data }, to, filter, precision);
        expect(new Set(resized.data)).toEqual(new Set([level]));
      }),
    );
  });

  it('to its own size is the identity', () => {
    fc.assert(
      fc.property(picture, filter, precision, (picture, filter, precision) => {
        expect(resample(picture, picture, filter, precision)).toEqual(picture);
        expect(pillowResize(picture, picture, filter, whole(picture))).toEqual(picture);
      }),
    );
  });

  it('in a window is the window of the whole', () => {
    fc.assert(
      fc.property(
        picture,
        size,
        filter,
        precision,
        fractions,
        (picture, to, filter, precision, fractions) => {
          const window = windowIn(to, fractions);
          expect(resample(picture, to, filter, precision, window)).toEqual(
            cut(resample(picture, to, filter, precision), window),
          );
          expect(pillowResize(picture, to, filter, window)).toEqual(
            cut(pillowResize(picture, to, filter, whole(to)), window),
          );
        },
      ),
    );
  });

  it('in a window is the window of the whole for very tall pictures too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 101, max: 300 }), size, fractions, (height, to, fractions) => {
        const data = Uint8Array.from({ length: height * 3 }, (_, i) => i * 73);
        const tall: Picture = { layout: 'rgb', width: 1, height, data };
        const window = windowIn(to, fractions);
        expect(pillowResize(tall, to, 'bicubic', window)).toEqual(
          cut(pillowResize(tall, to, 'bicubic', whole(to)), window),
        );
      }),
    );
  });

  it('mirrors what it is given mirrored', () => {
    fc.assert(
      fc.property(side, side, filter, (from, to, filter) => {
        const data = Uint8Array.from({ length: from * 3 }, (_, i) => (i * i * 31) % 256);
        const line: Picture = { layout: 'rgb', width: from, height: 1, data };
        const there = resample(mirrored(line), { width: to, height: 1 }, filter, 'pillow');
        const back = resample(line, { width: to, height: 1 }, filter, 'pillow');
        // Taps are rounded to whole samples, at .5 towards the same side in both.
        const apart = Array.from(mirrored(there).data, (value, i) => Math.abs(value - back.data[i]!));
        expect(Math.max(...apart)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

function mirrored(line: Picture): Picture {
  const data = new Uint8Array(line.data.length);
  for (let x = 0; x < line.width; x++) {
    data.set(line.data.subarray(x * 3, x * 3 + 3), (line.width - 1 - x) * 3);
  }
  return { ...line, data };
}
