import { expect, test } from 'vitest';
import type { Preprocessing } from '../../../src/engine/clip/preprocessing';
import { tiledPart, tokenRegions } from '../../../src/engine/components/tokenRegions';

const square: Preprocessing = {
  family: 'huggingface',
  resize: 'shortest',
  size: { width: 4, height: 4 },
  crop: { width: 4, height: 4 },
  filter: 'bicubic',
  rescale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const cls = { stands: 'for a class token' } as never;
const tower = { grid: 2, patchSize: 2, cls };
const patches = { point: 'resid_post', tokens: 'patches' } as const;

test('patches lie row by row in the crop, in pixels of the original', () => {
  const regions = tokenRegions(tower, patches, square);
  // 80 × 40 becomes 8 × 4, of which the middle half is seen.
  expect(regions.crop(80, 40)).toEqual({ left: 20, top: 0, width: 40, height: 40 });
  expect(regions.region(1, 80, 40)).toEqual({ left: 20, top: 0, width: 20, height: 20 });
  expect(regions.region(4, 80, 40)).toEqual({ left: 40, top: 20, width: 20, height: 20 });
  expect(regions.region(0, 80, 40)).toBeNull();
});

test('without a class token the first patch is token 0', () => {
  const regions = tokenRegions({ ...tower, cls: null }, patches, square);
  expect(regions.region(0, 40, 40)).toEqual({ left: 0, top: 0, width: 20, height: 20 });
});

test('a region ends where the picture ends, and there is none beside it', () => {
  // The crop is larger than the picture: 4 × 4 stands in the middle of 8 × 8.
  const padded = { ...square, crop: { width: 8, height: 8 } };
  const regions = tokenRegions({ grid: 8, patchSize: 1, cls: null }, patches, padded);
  expect(regions.region(0, 40, 40)).toBeNull();
  const wide = tokenRegions({ grid: 2, patchSize: 4, cls: null }, patches, padded);
  expect(wide.region(0, 40, 40)).toEqual({ left: 0, top: 0, width: 20, height: 20 });
});

test('CLS and the embedding see the whole picture', () => {
  for (const hook of [
    { point: 'resid_post', tokens: 'cls' },
    { point: 'embedding', tokens: 'all' },
  ] as const) {
    const regions = tokenRegions(tower, hook, square);
    expect(regions.placed).toBe(false);
    expect(regions.region(3, 40, 40)).toBeNull();
  }
});

test('patches tile what is shown but for a rest that is no whole patch, padding too', () => {
  const tiled = { grid: 2, patchSize: 2 };
  expect(tiledPart(tiled, square, { width: 80, height: 40 })).toEqual({
    left: 20,
    top: 0,
    width: 40,
    height: 40,
  });
  expect(tiledPart({ grid: 1, patchSize: 3 }, square, { width: 40, height: 40 })).toEqual({
    left: 0,
    top: 0,
    width: 30,
    height: 30,
  });
  const padded = { ...square, crop: { width: 8, height: 8 } };
  expect(tiledPart({ grid: 8, patchSize: 1 }, padded, { width: 40, height: 40 })).toEqual({
    left: -20,
    top: -20,
    width: 80,
    height: 80,
  });
});
