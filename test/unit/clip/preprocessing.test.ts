import { describe, expect, it } from 'vitest';
import {
  parseOpenClipPreprocessing,
  parsePreprocessorConfig,
  preprocessingFingerprint,
} from '../../../src/engine/clip/preprocessing';
import { ClipsightError } from '../../../src/shared/errors';

const openAi = {
  rescale: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};
const square = (side: number) => ({ width: side, height: side });
const parse = (json: unknown) => parsePreprocessorConfig(json, 'preprocessor_config.json');
const parseOpenClip = (json: unknown) => parseOpenClipPreprocessing(json, 'open_clip_config.json');

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ClipsightError && error.code === 'checkpoint') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('preprocessor_config.json', () => {
  it('that says nothing means the defaults of transformers', () => {
    const defaults = {
      family: 'huggingface',
      resize: 'shortest',
      size: square(224),
      filter: 'bicubic',
      crop: square(224),
      ...openAi,
    };
    expect(parse({})).toEqual(defaults);
    expect(parse({ size: null, crop_size: null, resample: null, do_pad: null, device: null })).toEqual(
      defaults,
    );
  });

  it('is read in its old form', () => {
    const old = { feature_extractor_type: 'CLIPFeatureExtractor', size: 336, crop_size: 336, resample: 2 };
    expect(parse(old)).toMatchObject({
      resize: 'shortest',
      size: square(336),
      crop: square(336),
      filter: 'bilinear',
    });
  });

  it('is read with every shape of size', () => {
    const size = { height: 10, width: 20 };
    expect(parse({ size: { shortest_edge: 64 } })).toMatchObject({ resize: 'shortest', size: square(64) });
    expect(parse({ size: { shortest_edge: 64, longest_edge: null } })).toMatchObject({ size: square(64) });
    expect(parse({ size, crop_size: size })).toMatchObject({ resize: 'squash', size, crop: size });
    expect(parse({ size, do_center_crop: false })).toMatchObject({ resize: 'squash', size, crop: null });
  });

  it('of a SigLIP squashes by default, whether the file or the model says that it is one', () => {
    const siglip = {
      resize: 'squash',
      size: square(224),
      crop: null,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    };
    expect(parse({ image_processor_type: 'SiglipImageProcessor' })).toMatchObject(siglip);
    expect(parsePreprocessorConfig({}, 'preprocessor_config.json', 'siglip')).toMatchObject(siglip);
    const clip = { image_processor_type: 'CLIPImageProcessorFast' };
    expect(parsePreprocessorConfig(clip, 'preprocessor_config.json', 'siglip')).toEqual(parse({}));
  });

  it('may leave out steps that can be left out', () => {
    expect(parse({ do_normalize: false })).toMatchObject({ mean: [0, 0, 0], std: [1, 1, 1] });
    expect(parse({ do_rescale: false })).toMatchObject({ rescale: 1 });
    expect(parse({ image_mean: 0.5, image_std: [0.5, 0.5, 0.5] })).toMatchObject({
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    });
  });

  it.each([
    ['size', { size: { longest_edge: 224 } }],
    ['size', { size: { shortest_edge: 224, longest_edge: 300 } }],
    ['size', { size: 0 }],
    ['size', { size: 100_000 }],
    ['resample', { resample: 1 }],
    ['do_resize', { do_resize: false }],
    ['do_convert_rgb', { do_convert_rgb: false }],
    ['do_pad', { do_pad: true }],
    ['do_center_crop', { do_center_crop: false }],
    ['do_rescale', { do_rescale: false, do_normalize: false }],
    ['image_mean', { image_mean: [0.5, 0.5] }],
    ['image_std', { image_std: [0.5, 0, 0.5] }],
    ['image_processor_type', { image_processor_type: 'Siglip2ImageProcessor' }],
    ['the top level', []],
  ])('is refused naming %s', (field, json) => {
    expect(refusal(() => parse(json))).toMatch(new RegExp(`^preprocessor_config.json: ${field}(\\.\\w+)?: `));
  });
});

describe('open_clip_config.json', () => {
  const config = (image_size: unknown, preprocess_cfg?: unknown) => ({
    model_cfg: { embed_dim: 512, vision_cfg: { image_size, layers: 12 } },
    preprocess_cfg,
  });

  it('means the defaults of open_clip where it says nothing', () => {
    expect(parseOpenClip(config(224))).toEqual({
      family: 'open_clip',
      resize: 'shortest',
      size: square(224),
      filter: 'bicubic',
      crop: square(224),
      ...openAi,
    });
  });

  it('is read', () => {
    const preprocess = { mean: 0.5, std: [0.5, 0.5, 0.5], interpolation: 'bilinear', resize_mode: 'squash' };
    expect(parseOpenClip(config([10, 20], preprocess))).toEqual({
      family: 'open_clip',
      resize: 'squash',
      size: { width: 20, height: 10 },
      filter: 'bilinear',
      crop: null,
      rescale: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    });
  });

  it.each([
    ['model_cfg.vision_cfg', {}],
    ['model_cfg.vision_cfg.image_size', config('224')],
    ['model_cfg.vision_cfg.image_size', config([224, 112])],
    ['preprocess_cfg.resize_mode', config(224, { resize_mode: 'longest' })],
    ['preprocess_cfg.interpolation', config(224, { interpolation: 'nearest' })],
    ['preprocess_cfg.mode', config(224, { mode: 'L' })],
  ])('is refused naming %s', (field, json) => {
    expect(refusal(() => parseOpenClip(json))).toContain(`open_clip_config.json: ${field}: `);
  });
});

describe('the fingerprint', () => {
  it('is the same for configurations that say the same', () => {
    const a = preprocessingFingerprint(parse({ size: { width: 8, height: 4 }, crop_size: 224 }));
    const b = preprocessingFingerprint(
      parse({ do_resize: true, size: { height: 4, width: 8 }, resample: 3 }),
    );
    expect(a).toBe(b);
  });

  it('differs when anything does', () => {
    const all = [
      {},
      { size: 64 },
      { size: square(224) },
      { crop_size: 64 },
      { size: square(224), do_center_crop: false },
      { resample: 2 },
      { image_mean: 0.5 },
      { image_std: 0.5 },
      { rescale_factor: 0.1 },
    ].map((json) => preprocessingFingerprint(parse(json)));
    all.push(preprocessingFingerprint(parseOpenClip({ model_cfg: { vision_cfg: { image_size: 224 } } })));
    expect(new Set(all).size).toBe(all.length);
  });
});
