import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { prepareImage } from '../../src/engine/clip/prepareImage';
import { type Preprocessing, parsePreprocessorConfig } from '../../src/engine/clip/preprocessing';

const root = join(__dirname, '../..');
const folder = join(__dirname, 'pixels');
const mean = [0.48145466, 0.4578275, 0.40821073] as const;
const std = [0.26862954, 0.26130258, 0.27577711] as const;

const size = z.object({ width: z.int(), height: z.int() });
/** Written by tools/golden/preprocessing.py. */
const cases = z
  .array(
    z.object({
      file: z.string(),
      name: z.string(),
      preprocessing: z.object({
        family: z.enum(['huggingface', 'open_clip']),
        resize: z.enum(['shortest', 'squash']),
        size,
        crop: size.nullable(),
        filter: z.enum(['bicubic', 'bilinear']),
      }),
      /** Base64 of the 8-bit levels, [H, W, 3]. */
      levels: z.string(),
    }),
  )
  .parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));

describe.each(['huggingface', 'open_clip'] as const)('pixels as %s makes them', (family) => {
  it.each(cases.filter((each) => each.preprocessing.family === family))('$file, $name', async (each) => {
    const how: Preprocessing = { ...each.preprocessing, rescale: 1 / 255, mean, std };
    const { pixels } = await prepareImage({ kind: 'file', path: join(folder, each.file) }, how);
    const expected = Buffer.from(each.levels, 'base64');
    const area = pixels.length / 3;
    expect(expected.length).toBe(pixels.length);
    const levels = Buffer.alloc(pixels.length);
    let furthest = 0;
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < area; i++) {
        const pixel = pixels[c * area + i]!;
        levels[i * 3 + c] = Math.round((pixel * std[c]! + mean[c]!) * 255);
        const exact = (expected[i * 3 + c]! / 255 - mean[c]!) / std[c]!;
        furthest = Math.max(furthest, Math.abs(pixel - exact));
      }
    }
    expect(differing(levels, expected)).toBe(0);
    expect(furthest).toBeLessThanOrEqual(1e-6);
  });
});

function differing(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((count, level, i) => count + (level === b[i] ? 0 : 1), 0);
}

const reference = z
  .object({
    images: z.record(
      z.string(),
      z.object({ pixel_mean: z.number(), pixel_std: z.number(), pixels_0_0_to_8: z.array(z.number()) }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(__dirname, 'demo-reference.json'), 'utf8')));

describe('the demo images as transformers 5 prepares them', () => {
  const file = join(root, 'models/emoji-clip/preprocessor_config.json');
  const how = parsePreprocessorConfig(JSON.parse(readFileSync(file, 'utf8')), file);

  it.each(Object.entries(reference.images))('%s', async (name, expected) => {
    const { pixels, ...rest } = await prepareImage(
      { kind: 'file', path: join(root, 'examples/demo', name) },
      how,
    );
    expect(rest).toEqual({
      width: 192,
      height: 192,
      crop: { left: 0, top: 0, width: 192, height: 192 },
    });
    const average = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length;
    const squares = pixels.reduce((sum, pixel) => sum + (pixel - average) ** 2, 0);
    expect(Math.abs(average - expected.pixel_mean)).toBeLessThan(1e-5);
    expect(Math.abs(Math.sqrt(squares / (pixels.length - 1)) - expected.pixel_std)).toBeLessThan(1e-5);
    expected.pixels_0_0_to_8.forEach((pixel, i) => {
      expect(Math.abs(pixels[i]! - pixel)).toBeLessThan(1e-5);
    });
  });
});
