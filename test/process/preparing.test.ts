import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareHere } from '../../src/engine/clip/preparePictures';
import { preparingThreads } from '../../src/engine/clip/preparingThreads';
import type { Preprocessing } from '../../src/engine/clip/preprocessing';

const file = join(__dirname, '../../dist/preparing.js');

const openClip: Preprocessing = {
  family: 'open_clip',
  filter: 'bicubic',
  resize: 'shortest',
  size: { width: 32, height: 32 },
  crop: { width: 32, height: 32 },
  rescale: 1 / 255,
  mean: [0.48, 0.46, 0.41],
  std: [0.27, 0.26, 0.28],
};
const huggingFace: Preprocessing = { ...openClip, family: 'huggingface', filter: 'bilinear' };

let pictures: Uint8Array[];
beforeAll(async () => {
  pictures = await Promise.all(
    Array.from({ length: 40 }, (_, i) => {
      const data = Uint8Array.from(
        { length: 3 * 60 * (40 + i) },
        (_, at) => 128 + 100 * Math.sin(at * (i + 1)),
      );
      const image = sharp(data, { raw: { width: 60, height: 40 + i, channels: 3 } });
      return (i % 2 === 0 ? image.jpeg() : image.png()).toBuffer();
    }),
  );
});

describe('threads that prepare pictures', () => {
  it('give the same pixels as this thread, for each model, whichever of them is asked', async () => {
    const prepare = preparingThreads({ file, most: 2 });
    const models = [openClip, huggingFace];
    const there = await Promise.all(pictures.map((bytes, i) => prepare(bytes, `${i}`, models)));
    const here = await Promise.all(pictures.map((bytes, i) => prepareHere(bytes, `${i}`, models)));
    expect(there).toEqual(here);
  });

  it('say what is wrong with a picture, and go on with the others', async () => {
    const prepare = preparingThreads({ file, most: 1 });
    const damaged = readFileSync(__filename);
    const [bad, good] = await Promise.allSettled([
      prepare(damaged, 'damaged.jpg', [openClip]),
      prepare(pictures[0]!, 'good.jpg', [openClip]),
    ]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'image' } });
    expect(String(bad.status === 'rejected' && bad.reason.message)).toContain('damaged.jpg');
    expect(good.status).toBe('fulfilled');
  });

  it('reject what they were asked where they cannot be started', async () => {
    const prepare = preparingThreads({ file: `${file}.none`, most: 1 });
    await expect(prepare(pictures[0]!, 'a.jpg', [openClip])).rejects.toMatchObject({ code: 'internal' });
  });
});
