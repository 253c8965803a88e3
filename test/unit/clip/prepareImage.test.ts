import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { prepareImage } from '../../../src/engine/clip/prepareImage';
import type { Preprocessing } from '../../../src/engine/clip/preprocessing';
import type { ImageSource } from '../../../src/shared/image';

const common = {
  filter: 'bicubic',
  rescale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
} as const;
const shortest = (family: Preprocessing['family'], side: number, crop: number): Preprocessing => ({
  family,
  resize: 'shortest',
  size: { width: side, height: side },
  crop: { width: crop, height: crop },
  ...common,
});

async function plain(width: number, height: number, background = 'white'): Promise<ImageSource> {
  const bytes = await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
  return { kind: 'bytes', name: 'plain.png', bytes };
}

describe('the crop is reported in pixels of the original', () => {
  it.each([
    // The longer side becomes 25, 27 or 22 (of 22.5): 7.5, 8.5 or 6 remain before the crop.
    ['huggingface', 50, 20, { left: 14, top: 0, width: 20, height: 20 }],
    ['huggingface', 20, 54, { left: 0, top: 16, width: 20, height: 20 }],
    ['huggingface', 45, 20, { left: (6 * 45) / 22, top: 0, width: (10 * 45) / 22, height: 20 }],
    // Half to even: 8 both times.
    ['open_clip', 50, 20, { left: 16, top: 0, width: 20, height: 20 }],
    ['open_clip', 20, 54, { left: 0, top: 16, width: 20, height: 20 }],
  ] as const)('%s, %i × %i', async (family, width, height, crop) => {
    const prepared = await prepareImage(await plain(width, height), shortest(family, 10, 10));
    expect(prepared).toMatchObject({ width, height, crop });
    expect(prepared.pixels.length).toBe(3 * 10 * 10);
  });

  it('is clipped to the picture where the model is shown more', async () => {
    const { pixels, crop } = await prepareImage(await plain(20, 10), shortest('huggingface', 2, 6));
    expect(crop).toEqual({ left: 0, top: 0, width: 20, height: 10 });
    const white = (1 - 0.5) / 0.25;
    const black = (0 - 0.5) / 0.25;
    const rows = Array.from({ length: 6 }, (_, y) => Array.from(pixels.subarray(y * 6, y * 6 + 6)));
    const empty = Array<number>(6).fill(black);
    const filled = [black, white, white, white, white, black];
    expect(rows).toEqual([empty, empty, filled, filled, empty, empty]);
  });
});

it('orders pixels by channel, row and column', async () => {
  const data = Buffer.from([0, 51, 102, 153, 204, 255]);
  const bytes = await sharp(data, { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toBuffer();
  const how: Preprocessing = {
    family: 'open_clip',
    resize: 'squash',
    size: { width: 2, height: 1 },
    crop: null,
    ...common,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
  const { pixels } = await prepareImage({ kind: 'bytes', name: 'x', bytes }, how);
  expect(Array.from(pixels, (pixel) => Math.round(pixel * 5))).toEqual([0, 3, 1, 4, 2, 5]);
});

it('refuses a line, which would be resized to more pixels than are read', async () => {
  const image = await plain(1, 100_000);
  await expect(prepareImage(image, shortest('huggingface', 224, 224))).rejects.toMatchObject({
    code: 'image',
    message: expect.stringMatching(/^plain\.png is so narrow \(1 × 100000 pixels\)/),
  });
});
