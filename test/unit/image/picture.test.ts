import { expect, it } from 'vitest';
import { multiplyBytes, toRgb } from '../../../src/engine/image/picture';

it('multiplies bytes to the nearest', () => {
  const pairs = Array.from({ length: 2 ** 16 }, (_, i) => [i >> 8, i & 255] as const);
  expect(pairs.filter(([a, b]) => multiplyBytes(a, b) !== Math.round((a * b) / 255))).toEqual([]);
});

it('converts each layout to RGB as Pillow does', () => {
  const pixel = (layout: 'rgba' | 'cmyk' | 'indexed', ...samples: number[]) => [
    ...toRgb({ layout, width: 1, height: 1, data: Uint8Array.from(samples) }).data,
  ];
  expect(pixel('indexed', 1, 2, 3)).toEqual([1, 2, 3]);
  expect(pixel('rgba', 10, 20, 30, 0)).toEqual([10, 20, 30]);
  expect(pixel('cmyk', 255, 0, 128, 0)).toEqual([0, 255, 127]);
  expect(pixel('cmyk', 255, 0, 0, 255)).toEqual([0, 0, 0]);
  const data = Uint16Array.from([0, 254, 255, 256, 65_535]);
  const grey = toRgb({ layout: 'grey16', width: 5, height: 1, data });
  expect([...grey.data].filter((_, i) => i % 3 === 0)).toEqual([0, 254, 255, 255, 255]);
});
