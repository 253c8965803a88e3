import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readClip } from '../../../src/engine/clip/checkpoint';
import { parseSiglipConfig } from '../../../src/engine/clip/huggingFaceConfig';
import { expectError } from '../../support/expectError';
import { floatBytes, safetensorsBytes, type TensorToWrite } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tinyTensors } from '../../support/tinyClip';

const f32 = (...shape: number[]): TensorToWrite => ({ dtype: 'F32', shape });
const affine = (name: string, ...shape: number[]) => ({
  [`${name}.weight`]: f32(...shape),
  [`${name}.bias`]: f32(shape[0] ?? 0),
});

/** Image: width 6 (2 heads, patch 4 on 9 pixels: a grid of 2). Text: width 4 (2 heads), projected to 6. */
const config = {
  model_type: 'siglip',
  vision_config: {
    hidden_size: 6,
    intermediate_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    image_size: 9,
    patch_size: 4,
  },
  text_config: {
    hidden_size: 4,
    intermediate_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 5,
    vocab_size: 7,
    projection_size: 6,
  },
};

const isClipOnly = (name: string) =>
  /class_embedding|pre_layrnorm|projection|logit_scale|positions?_/.test(name);
const tensors: { readonly [name: string]: TensorToWrite } = {
  // Blocks, embeddings and norms are those of a CLIP.
  ...Object.fromEntries(Object.entries(tinyTensors).filter(([name]) => !isClipOnly(name))),
  logit_scale: { ...f32(1), data: floatBytes(Math.log(100)) },
  logit_bias: { ...f32(1), data: floatBytes(-12.5) },
  'vision_model.embeddings.patch_embedding.bias': f32(6),
  'vision_model.embeddings.position_embedding.weight': f32(4, 6),
  'text_model.embeddings.position_embedding.weight': f32(5, 4),
  'vision_model.head.probe': f32(1, 1, 6),
  'vision_model.head.attention.in_proj_weight': f32(18, 6),
  'vision_model.head.attention.in_proj_bias': f32(18),
  ...affine('vision_model.head.attention.out_proj', 6, 6),
  ...affine('vision_model.head.layernorm', 6),
  ...affine('vision_model.head.mlp.fc1', 8, 6),
  ...affine('vision_model.head.mlp.fc2', 6, 8),
  ...affine('text_model.head', 6, 4),
};

function folderOf(weights = tensors, json: object = config): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'model.safetensors'), safetensorsBytes(weights));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json));
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify({ size: { height: 9, width: 9 } }));
  return folder;
}

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));

describe('a SiglipModel', () => {
  test('is read with every weight in its place', async () => {
    const clip = await readClip(folderOf());
    expect(clip).toMatchObject({
      format: 'huggingface-siglip',
      embeddingSize: 6,
      logitBias: -12.5,
      preprocessing: { family: 'huggingface', resize: 'squash', crop: null, mean: [0.5, 0.5, 0.5] },
      preparation: { cleaning: 'none', padding: 'tokenizer' },
      image: {
        ...{ activation: 'gelu_pytorch_tanh', epsilon: 1e-6, cls: null, preNorm: null, projection: null },
        patch: { weight: { shape: [6, 3, 4, 4] }, bias: { shape: [6] } },
        positions: { shape: [4, 6] },
        pooling: {
          ...{ kind: 'attention', heads: 2, epsilon: 1e-6, activation: 'gelu_pytorch_tanh' },
          probe: { shape: [6] },
          query: { weight: { shape: [6, 6] }, bias: { shape: [6] } },
          fc2: { weight: { shape: [6, 8] }, bias: { shape: [6] } },
        },
      },
      text: {
        ...{ causal: false, padding: 1, pooling: { kind: 'last' }, activation: 'gelu_pytorch_tanh' },
        projection: { weight: { shape: [6, 4] }, bias: { shape: [6] } },
      },
    });
    expect(clip.logitScale).toBeCloseTo(100, 3);
    const { pooling } = clip.image;
    if (pooling.kind !== 'attention') throw new Error(pooling.kind);
    const starts = [pooling.query, pooling.key, pooling.value].map(({ weight }) => weight.offset);
    expect(starts.map((start) => start - starts[0]!)).toEqual([0, 144, 288]);
  });

  test.each(Object.keys(tensors))('is refused without %s, or with another shape of it', async (name) => {
    await expectError(readClip(folderOf(without(name))), 'checkpoint', name);
    await expectError(
      readClip(folderOf({ ...tensors, [name]: f32(2, 3, 1) })),
      'checkpoint',
      name,
      'expected [',
    );
  });

  test('is refused where it holds more', async () => {
    const more = { ...tensors, 'vision_model.embeddings.class_embedding': f32(6) };
    await expectError(readClip(folderOf(more)), 'checkpoint', 'class_embedding', 'no place');
  });

  test('is refused as a NaFlex by the shape of its patches', async () => {
    const patches = { 'vision_model.embeddings.patch_embedding.weight': f32(6, 48) };
    await expectError(readClip(folderOf({ ...tensors, ...patches })), 'checkpoint', 'NaFlex');
  });

  test('is refused with the configuration of a CLIP', async () => {
    await expectError(
      readClip(folderOf(tensors, { ...config, model_type: 'clip' })),
      'checkpoint',
      'type siglip',
    );
  });
});

describe('parseSiglipConfig', () => {
  const parse = (json: object) => parseSiglipConfig({ model_type: 'siglip', ...json }, 'config.json');

  test('an empty config is the B/16 that transformers defaults to', () => {
    const tower = {
      ...{ layers: 12, epsilon: 1e-6, activation: 'gelu_pytorch_tanh' },
      ...{ width: 768, heads: 12, mlpWidth: 3072 },
    };
    expect(parse({})).toEqual({
      image: { ...tower, imageSize: 224, patchSize: 16, grid: 14 },
      text: {
        ...tower,
        contextLength: 64,
        vocabulary: 32000,
        pooling: { kind: 'last' },
        causal: false,
        padding: 1,
      },
      embeddingSize: 768,
    });
  });

  test('towers whose embeddings differ in size are refused', async () => {
    await expectError(
      (async () => parse({ text_config: { projection_size: 512 } }))(),
      'checkpoint',
      'config.json',
      '768',
      '512',
    );
  });
});
