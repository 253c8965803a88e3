import { describe, expect, test } from 'vitest';
import { parseClipConfig } from '../../../src/engine/clip/huggingFaceConfig';
import { expectError } from '../../support/expectError';

const parse = (json: object) => parseClipConfig({ model_type: 'clip', ...json }, 'config.json');

describe('parseClipConfig', () => {
  test('an empty config is the B/32 that transformers defaults to', () => {
    const tower = { layers: 12, epsilon: 1e-5, activation: 'quick_gelu' };
    expect(parse({})).toEqual({
      image: { ...tower, width: 768, heads: 12, mlpWidth: 3072, imageSize: 224, patchSize: 32, grid: 7 },
      text: {
        ...tower,
        width: 512,
        heads: 8,
        mlpWidth: 2048,
        contextLength: 77,
        vocabulary: 49408,
        pooling: { kind: 'first', token: 49407 },
        causal: true,
        padding: null,
      },
      embeddingSize: 512,
    });
    expect(parse({ text_config: null, vision_config: null, text_config_dict: null })).toEqual(parse({}));
  });

  test('every value given is taken, keys that are not ours are ignored', () => {
    const { image, text, embeddingSize } = parse({
      projection_dim: 640,
      transformers_version: '4.20',
      vision_config: {
        hidden_size: 1280,
        intermediate_size: 5120,
        num_hidden_layers: 32,
        num_attention_heads: 16,
        image_size: 225,
        patch_size: 14,
        hidden_act: 'gelu',
        layer_norm_eps: 1e-6,
        dropout: 0,
      },
      text_config: {
        hidden_size: 1024,
        intermediate_size: 4096,
        num_hidden_layers: 24,
        num_attention_heads: 16,
        max_position_embeddings: 64,
        vocab_size: 1000,
        hidden_act: 'gelu_new',
        eos_token_id: 999,
        projection_dim: 3,
      },
    });
    expect(image).toEqual({
      width: 1280,
      layers: 32,
      heads: 16,
      mlpWidth: 5120,
      epsilon: 1e-6,
      activation: 'gelu',
      imageSize: 225,
      patchSize: 14,
      grid: 16,
    });
    expect(text).toEqual({
      width: 1024,
      layers: 24,
      heads: 16,
      mlpWidth: 4096,
      epsilon: 1e-5,
      activation: 'gelu_pytorch_tanh',
      contextLength: 64,
      vocabulary: 1000,
      pooling: { kind: 'first', token: 999 },
      causal: true,
      padding: null,
    });
    expect(embeddingSize).toBe(640);
  });

  test('eos_token_id 2, the old mistake, means the highest id', () => {
    expect(parse({ text_config: { eos_token_id: 2 } }).text.pooling).toEqual({ kind: 'argmax' });
  });

  test('an old …_config_dict overrides the newer part, with its defaults too', () => {
    const { text, image } = parse({
      text_config: { hidden_size: 512, eos_token_id: 2, num_hidden_layers: 3 },
      text_config_dict: { hidden_size: 768, num_attention_heads: 12, intermediate_size: 3072 },
      vision_config_dict: { patch_size: 14 },
    });
    expect(text).toMatchObject({
      width: 768,
      heads: 12,
      layers: 12,
      pooling: { kind: 'first', token: 49407 },
    });
    expect(image).toMatchObject({ patchSize: 14, grid: 16 });
  });

  test.each<[name: string, json: object, ...parts: string[]]>([
    ['a SigLIP', { model_type: 'siglip' }, 'type siglip', 'weights'],
    ['another model', { model_type: 'siglip2' }, 'type siglip2', 'not supported', 'SiglipModel'],
    ['no model_type', { model_type: undefined }, 'model_type'],
    ['heads that do not divide', { vision_config: { num_attention_heads: 7 } }, 'vision_config', '7', '768'],
    ['an unknown activation', { text_config: { hidden_act: 'swish' } }, 'text_config', 'swish'],
    ['a patch larger than the image', { vision_config: { patch_size: 300 } }, 'patch of 300', '224'],
    ['an image in grey', { vision_config: { num_channels: 1 } }, 'vision_config', 'num_channels'],
    ['a width that is text', { text_config: { hidden_size: '512' } }, 'text_config', 'hidden_size'],
    ['no layer', { text_config: { num_hidden_layers: 0 } }, 'num_hidden_layers'],
    ['several end tokens', { text_config: { eos_token_id: [1, 2] } }, 'eos_token_id'],
    ['an end token that is null', { text_config: { eos_token_id: null } }, 'eos_token_id'],
    ['a bad old part', { vision_config_dict: { image_size: -1 } }, 'vision_config_dict', 'image_size'],
    ['a part that is a list', { text_config: [] }, 'text_config'],
    ['an image size per side', { vision_config: { image_size: [224, 336] } }, 'image_size'],
  ])('refuses %s', async (_name, json, ...parts) => {
    await expectError((async () => parse(json))(), 'checkpoint', 'config.json', ...parts);
  });

  test.each([null, [], 'clip', 3])('refuses a config that is %j', async (json) => {
    await expectError((async () => parseClipConfig(json, 'config.json'))(), 'checkpoint', 'config.json');
  });
});
