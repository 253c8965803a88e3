import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readClip } from '../../../src/engine/clip/checkpoint';
import { expectError } from '../../support/expectError';
import { safetensorsBytes } from '../../support/safetensorsFile';
import { temporaryFolder } from '../../support/temporaryFolder';
import {
  openClipConfig,
  openClipFolder,
  openClipTensors,
  openClipText,
  type Tensors,
  timmConfig,
  timmTensors,
  underText,
} from '../../support/tinyOpenClip';

const f32 = (...shape: number[]) => ({ dtype: 'F32', shape });
const without = (tensors: Tensors, ...names: string[]): Tensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
const vision = (changes: object) => ({
  ...openClipConfig,
  vision_cfg: { ...openClipConfig.vision_cfg, ...changes },
});
const text = (changes: object) => ({
  ...openClipConfig,
  text_cfg: { ...openClipConfig.text_cfg, ...changes },
});

/** Offsets of all tensors of the towers in the file. */
function offsets(towers: object): number[] {
  const found: number[] = [];
  JSON.stringify(towers, (_key, value) => {
    if (typeof value === 'object' && value !== null && 'offset' in value) found.push(value.offset);
    return value;
  });
  return found;
}

describe('a folder of open_clip', () => {
  test('is read with every weight in its place', async () => {
    const clip = await readClip(openClipFolder());
    expect(clip).toMatchObject({
      format: 'open_clip',
      embeddingSize: 3,
      logitBias: null,
      tokenizerFile: null,
      notes: [],
      preparation: { cleaning: 'lower', separatorIsPadding: false, padding: 'zero' },
      preprocessing: { family: 'open_clip', resize: 'shortest', size: { width: 8, height: 8 } },
    });
    expect(clip.logitScale).toBeCloseTo(50, 4);
    expect(clip.image).toMatchObject({
      ...{ width: 64, heads: 1, layers: 1, mlpWidth: 256, patchSize: 4, grid: 2, activation: 'gelu' },
      patch: { weight: { shape: [64, 3, 4, 4] }, bias: null },
      cls: { shape: [64] },
      positions: { shape: [5, 64] },
      preNorm: { weight: { shape: [64] } },
      pooling: { kind: 'cls' },
      projection: { weight: { shape: [64, 3] }, bias: null, transposed: true },
    });
    expect(clip.text).toMatchObject({
      ...{ contextLength: 5, vocabulary: 9, causal: true, padding: null, pooling: { kind: 'argmax' } },
      projection: { weight: { shape: [64, 3] }, bias: null, transposed: true },
    });
  });

  test('queries, keys and values are the thirds of one tensor, in that order', async () => {
    const { image } = await readClip(openClipFolder());
    const [{ query, key, value }] = image.blocks as [(typeof image.blocks)[0]];
    const third = 64 * 64 * 4;
    expect([key.weight.offset, value.weight.offset].map((offset) => offset - query.weight.offset)).toEqual([
      third,
      2 * third,
    ]);
    expect([key.bias!.offset, value.bias!.offset].map((offset) => offset - query.bias!.offset)).toEqual([
      256, 512,
    ]);
    expect(query.weight.shape).toEqual([64, 64]);
  });

  test('no tensor is taken twice, and none is left', async () => {
    const { image, text } = await readClip(openClipFolder());
    const found = offsets({ image, text });
    expect(new Set(found).size).toBe(found.length);
    // All but logit_scale; each of the four stacked ones gives three.
    expect(found).toHaveLength(Object.keys(openClipTensors).length - 1 + 4 * 2);
  });

  test('may have its text tower under text.', async () => {
    const rest = without(openClipTensors, ...Object.keys(openClipText));
    const custom = { ...rest, ...underText(openClipText) };
    const clip = await readClip(openClipFolder(custom, { ...openClipConfig, custom_text: true }));
    expect(clip.text).toMatchObject({ projection: { transposed: true }, causal: true });
    expect(clip.format).toBe('open_clip');
  });

  test.each(['module.', '_orig_mod.', 'module._orig_mod.', 'model.'])(
    'may have %s before all of its names',
    async (prefix) => {
      const wrapped = Object.fromEntries(
        Object.entries(openClipTensors).map(([name, tensor]) => [prefix + name, tensor]),
      );
      expect((await readClip(openClipFolder(wrapped))).format).toBe('open_clip');
    },
  );

  test('with heads, an MLP, norms and GELUs of its own', async () => {
    const tensors = {
      ...openClipTensors,
      'visual.transformer.resblocks.0.mlp.c_fc.weight': f32(239, 64),
      'visual.transformer.resblocks.0.mlp.c_fc.bias': f32(239),
      'visual.transformer.resblocks.0.mlp.c_proj.weight': f32(64, 239),
    };
    const config = {
      ...vision({ head_width: 16, mlp_ratio: 3.7362, act_kwargs: { approximate: 'tanh' } }),
      text_cfg: { ...openClipConfig.text_cfg, heads: 4, norm_kwargs: { eps: 1e-6 } },
    };
    expect(await readClip(openClipFolder(tensors, config))).toMatchObject({
      image: { heads: 4, mlpWidth: 239, activation: 'gelu_pytorch_tanh', epsilon: 1e-5 },
      text: { heads: 4, activation: 'gelu', epsilon: 1e-6 },
    });
    const quick = await readClip(openClipFolder(openClipTensors, { ...openClipConfig, quick_gelu: true }));
    expect([quick.image.activation, quick.text.activation]).toEqual(['quick_gelu', 'quick_gelu']);
  });

  test('as CLIPA has it: no norm before the blocks, patches averaged, text without mask', async () => {
    const tensors = without(openClipTensors, 'visual.ln_pre.weight', 'visual.ln_pre.bias');
    const config = {
      ...vision({ no_ln_pre: true, pool_type: 'avg', final_ln_after_pool: true }),
      text_cfg: {
        ...openClipConfig.text_cfg,
        hf_tokenizer_name: 'bert-base-uncased',
        tokenizer_kwargs: { strip_sep_token: true },
        pool_type: 'last',
        no_causal_mask: true,
      },
    };
    const folder = openClipFolder(tensors, config, { interpolation: 'bilinear', resize_mode: 'squash' });
    expect(await readClip(folder)).toMatchObject({
      image: { preNorm: null, pooling: { kind: 'average', norm: 'after' }, cls: { shape: [64] } },
      text: { pooling: { kind: 'last' }, causal: false, padding: 0 },
      preparation: { cleaning: 'whitespace', separatorIsPadding: true, padding: 'tokenizer' },
      preprocessing: { filter: 'bilinear', resize: 'squash', crop: null },
    });
  });

  test('with LayerScale in both towers', async () => {
    const scales = ['visual.transformer', 'transformer'].flatMap((tower) =>
      [1, 2].map((i) => [`${tower}.resblocks.0.ls_${i}.gamma`, f32(64)] as const),
    );
    const tensors = { ...openClipTensors, ...Object.fromEntries(scales) };
    const config = {
      ...vision({ ls_init_value: 1e-4 }),
      text_cfg: { ...openClipConfig.text_cfg, ls_init_value: 0.1 },
    };
    const { image, text } = await readClip(openClipFolder(tensors, config));
    for (const { blocks } of [image, text]) {
      expect(blocks[0]).toMatchObject({ scale1: { shape: [64] }, scale2: { shape: [64] } });
    }
    await expectError(readClip(openClipFolder(tensors)), 'checkpoint', 'LayerScale', 'ls_1.gamma');
  });

  test('with a projection of the text that has a bias, read at a token by its id, and a logit bias', async () => {
    const tensors = {
      ...without(openClipTensors, 'text_projection'),
      'text_projection.weight': f32(3, 64),
      'text_projection.bias': f32(3),
      logit_bias: f32(),
    };
    const { text: tower, logitBias } = await readClip(
      openClipFolder(tensors, text({ proj_bias: true, pool_type: 'eos', eos_id: 2 })),
    );
    expect(tower.projection).toMatchObject({ weight: { shape: [3, 64] }, bias: { shape: [3] } });
    expect(tower.projection).not.toHaveProperty('transposed');
    expect(tower.pooling).toEqual({ kind: 'first', token: 2 });
    expect(logitBias).toBe(0);
  });

  test('without a projection of the text, if that has the size of an embedding', async () => {
    const tensors = { ...without(openClipTensors, 'text_projection'), 'visual.proj': f32(64, 64) };
    const config = { ...text({ proj_type: 'none' }), embed_dim: 64 };
    expect((await readClip(openClipFolder(tensors, config))).text.projection).toBeNull();
    const other = without(openClipTensors, 'text_projection');
    await expectError(
      readClip(openClipFolder(other, text({ proj_type: 'none' }))),
      'checkpoint',
      'text tower',
      '64',
    );
  });

  test('its configuration may be one of the library, without the level model_cfg', async () => {
    const folder = openClipFolder();
    writeFileSync(join(folder, 'open_clip_config.json'), JSON.stringify(openClipConfig));
    expect((await readClip(folder)).preprocessing.size).toEqual({ width: 8, height: 8 });
  });

  test('buffers that say what the shapes say are nothing', async () => {
    const buffers = { context_length: { dtype: 'I64', shape: [] }, attn_mask: f32(5, 5) };
    await expect(readClip(openClipFolder({ ...openClipTensors, ...buffers }))).resolves.toBeDefined();
    const unmasked = text({ no_causal_mask: true });
    await expectError(
      readClip(openClipFolder({ ...openClipTensors, ...buffers }, unmasked)),
      'checkpoint',
      'attn_mask',
    );
  });
});

describe('weights without a configuration', () => {
  test('have the architecture that their shapes tell, and say what was assumed', async () => {
    const { image, text, notes, preprocessing } = await readClip(openClipFolder(openClipTensors, null));
    expect(image).toMatchObject({ width: 64, heads: 1, layers: 1, mlpWidth: 256, imageSize: 8, grid: 2 });
    expect(text).toMatchObject({ contextLength: 5, vocabulary: 9, heads: 1, causal: true });
    expect([image.activation, text.activation]).toEqual(['gelu', 'gelu']);
    expect(preprocessing).toMatchObject({ family: 'open_clip', crop: { width: 8, height: 8 } });
    expect(notes.join(' ')).toMatch(/open_clip_config\.json.*QuickGELU.*epsilon.*8 × 8/);
  });

  test("that are OpenAI's have QuickGELU, and nothing is assumed", async () => {
    const buffer = { dtype: 'I64', shape: [] };
    const tensors = {
      ...openClipTensors,
      input_resolution: buffer,
      context_length: buffer,
      vocab_size: buffer,
    };
    expect(await readClip(openClipFolder(tensors, null))).toMatchObject({
      format: 'openai',
      image: { activation: 'quick_gelu' },
      text: { activation: 'quick_gelu' },
      notes: [],
      preparation: { cleaning: 'lower', padding: 'zero' },
    });
  });

  test('have 16 heads where the tower is as wide as open_clip has only those', async () => {
    const wide = Object.fromEntries(
      Object.entries(openClipTensors).map(([name, tensor]) =>
        name.startsWith('visual.')
          ? [name, { ...tensor, shape: tensor.shape.map((size) => (size % 64 === 0 ? size * 20 : size)) }]
          : [name, tensor],
      ),
    );
    expect((await readClip(openClipFolder(wide, null))).image).toMatchObject({ width: 1280, heads: 16 });
  });

  test.each<[string, Tensors, string]>([
    [
      'positions that are no square',
      { ...openClipTensors, 'visual.positional_embedding': f32(4, 64) },
      'square',
    ],
    [
      'no norm before the blocks',
      without(openClipTensors, 'visual.ln_pre.weight', 'visual.ln_pre.bias'),
      'norm',
    ],
    ['a width that 64 does not divide', { ...openClipTensors, positional_embedding: f32(5, 40) }, '40'],
    ['no positions', without(openClipTensors, 'visual.positional_embedding'), 'visual.positional_embedding'],
  ])('are refused with %s', async (_name, tensors, part) => {
    await expectError(readClip(openClipFolder(tensors, null)), 'checkpoint', part, 'open_clip_config.json');
  });
});

describe('a tower of timm', () => {
  test('of a SigLIP is read with every weight in its place', async () => {
    const clip = await readClip(
      openClipFolder(timmTensors, timmConfig, { resize_mode: 'squash', mean: 0.5 }),
    );
    expect(clip).toMatchObject({
      format: 'timm',
      embeddingSize: 48,
      logitBias: -10,
      preparation: { cleaning: 'canonicalize', padding: 'tokenizer' },
      preprocessing: { resize: 'squash', mean: [0.5, 0.5, 0.5] },
    });
    expect(clip.image).toMatchObject({
      ...{ width: 48, heads: 12, layers: 1, mlpWidth: 96, patchSize: 4, grid: 2, imageSize: 8 },
      ...{ epsilon: 1e-6, activation: 'gelu', cls: null, preNorm: null, projection: null },
      patch: { weight: { shape: [48, 3, 4, 4] }, bias: { shape: [48] } },
      positions: { shape: [4, 48] },
      pooling: {
        ...{ kind: 'attention', heads: 12, epsilon: 1e-6, activation: 'gelu' },
        probe: { shape: [48] },
        key: { weight: { shape: [48, 48] }, bias: { shape: [48] } },
        fc1: { weight: { shape: [96, 48] } },
      },
    });
    expect(clip.text).toMatchObject({
      ...{ causal: false, padding: 0, pooling: { kind: 'last' }, epsilon: 1e-6 },
      projection: { weight: { shape: [48, 64] }, bias: { shape: [48] } },
    });
    const found = offsets({ image: clip.image, text: clip.text });
    expect(new Set(found).size).toBe(found.length);
    // All but the two scalars; two stacks of three and the keys and values of the pooling, a weight and a bias each.
    expect(found).toHaveLength(Object.keys(timmTensors).length - 2 + 4 + 4 + 2);
  });

  test.each([
    ['vit_base_patch16_siglip_224.webli', 12, 'gelu'],
    ['vit_base_patch32_siglip_256', 12, 'gelu_pytorch_tanh'],
    ['vit_large_patch16_siglip_384', 16, 'gelu'],
    ['vit_large_patch16_siglip_512', 16, 'gelu_pytorch_tanh'],
    ['vit_so400m_patch14_siglip_384', 16, 'gelu'],
    ['vit_so400m_patch16_siglip_256', 16, 'gelu_pytorch_tanh'],
    ['vit_giantopt_patch16_siglip_256', 16, 'gelu_pytorch_tanh'],
  ])('%s has %i heads and %s', async (timm_model_name, heads, activation) => {
    const config = { ...timmConfig, vision_cfg: { ...timmConfig.vision_cfg, timm_model_name } };
    expect((await readClip(openClipFolder(timmTensors, config))).image).toMatchObject({ heads, activation });
  });

  test('of a CLIP has a class token and a norm before the blocks; the classifier projects', async () => {
    const trunk = 'visual.trunk';
    const pool = Object.keys(timmTensors).filter((name) => name.includes('attn_pool'));
    const tensors = {
      ...without(timmTensors, ...pool, `${trunk}.patch_embed.proj.bias`),
      [`${trunk}.cls_token`]: f32(1, 1, 48),
      [`${trunk}.pos_embed`]: f32(1, 5, 48),
      [`${trunk}.norm_pre.weight`]: f32(48),
      [`${trunk}.norm_pre.bias`]: f32(48),
      [`${trunk}.head.weight`]: f32(48, 48),
      [`${trunk}.head.bias`]: f32(48),
    };
    const vision_cfg = {
      image_size: 8,
      timm_model_name: 'vit_large_patch14_clip_224',
      timm_pool: 'token',
      timm_proj: null,
    };
    expect((await readClip(openClipFolder(tensors, { ...timmConfig, vision_cfg }))).image).toMatchObject({
      ...{ heads: 16, epsilon: 1e-5, pooling: { kind: 'cls' } },
      cls: { shape: [48] },
      preNorm: { weight: { shape: [48] } },
      patch: { bias: null },
      projection: { weight: { shape: [48, 48] }, bias: { shape: [48] } },
    });
    await expectError(
      readClip(openClipFolder(tensors, { ...timmConfig, vision_cfg: { ...vision_cfg, timm_pool: 'map' } })),
      'checkpoint',
      'pooling "map"',
    );
  });

  test('needs its configuration', async () => {
    await expectError(readClip(openClipFolder(timmTensors, null)), 'checkpoint', 'no open_clip_config.json');
    await expectError(
      readClip(openClipFolder(timmTensors, openClipConfig)),
      'checkpoint',
      "describes open_clip's own image tower",
    );
    await expectError(
      readClip(openClipFolder(openClipTensors, timmConfig)),
      'checkpoint',
      'vit_base_patch16_siglip_224',
    );
  });
});

describe('what is refused', () => {
  const needed = Object.keys(openClipTensors).filter(
    (name) => !['visual.conv1.weight', 'token_embedding.weight'].includes(name),
  );
  test.each(needed)('weights without %s, or of another shape', async (name) => {
    await expectError(readClip(openClipFolder(without(openClipTensors, name))), 'checkpoint', `"${name}"`);
    const other = { ...openClipTensors, [name]: f32(2, 2) };
    await expectError(
      readClip(openClipFolder(other)),
      'checkpoint',
      `"${name}" has shape [2, 2], expected [`,
    );
  });

  test.each(Object.keys(timmTensors).filter((name) => /trunk|text_projection|logit/.test(name)))(
    'weights of timm without %s',
    async (name) => {
      const folder = openClipFolder(without(timmTensors, name), timmConfig);
      if (name === 'logit_bias') {
        expect((await readClip(folder)).logitBias).toBeNull();
        return;
      }
      await expectError(readClip(folder), 'checkpoint');
    },
  );

  test.each([
    ['visual.transformer.resblocks.0.attn.ln_q.weight', 'qk_norm'],
    ['visual.transformer.resblocks.0.attn.head_scale', 'attention heads'],
    ['visual.transformer.resblocks.0.ln_attn.weight', 'further norms'],
    ['visual.transformer.resblocks.1.ln_1.weight', 'no place'],
    ['positional_embedding_res', 'Long-CLIP'],
    ['prompt_learner.ctx', 'learned prompts'],
    ['transformer.resblocks.0.mlp.c_fc.lora_A', 'LoRA'],
    ['optimizer.state', 'no place'],
  ])('weights with a %s', async (name, part) => {
    await expectError(
      readClip(openClipFolder({ ...openClipTensors, [name]: f32(1) })),
      'checkpoint',
      name,
      part,
    );
  });

  test.each([
    ['visual.layer1.0.conv1.weight', 'ModifiedResNet'],
    ['visual.attnpool.positional_embedding', 'RN50'],
    ['image_encoder.model.patch_embed.0.rbr_conv.0.conv.weight', 'MobileCLIP'],
    ['visual.trunk.stages.0.blocks.0.token_mixer.conv.weight', 'MobileCLIP'],
    ['visual.trunk.stages.0.blocks.0.conv_dw.weight', 'ConvNeXt'],
    ['visual.trunk.patch_embed.backbone.stem.0.weight', 'ViTamin'],
    ['visual.trunk.layers.0.blocks.0.attn.qkv.weight', 'Swin'],
    ['visual.trunk.blocks.0.attn.q_bias', 'EVA'],
    ['visual.blocks.0.attn.q_bias', 'EVA'],
    ['visual.rope.freqs_cos', 'EVA'],
    ['visual.attn_pool.probe', 'Perception Encoder'],
    ['visual.attn_pool.query', 'CoCa'],
    ['text_decoder.transformer.resblocks.0.ln_1.weight', 'CoCa'],
    ['text.cls_emb', 'CoCa'],
    ['text.transformer.embeddings.word_embeddings.weight', 'RoBERTa'],
    ['text.transformer.encoder.block.0.layer.0.SelfAttention.q.weight', 'mT5'],
    ['visual_encoder.blocks.0.attn.qkv.weight', 'BLIP'],
    ['text_model.embeddings.word_embeddings.weight', 'BERT'],
  ])('%s: by name', async (name, part) => {
    for (const tensors of [{ [name]: f32(1) }, { ...openClipTensors, [name]: f32(1) }]) {
      await expectError(readClip(openClipFolder(tensors)), 'checkpoint', part, `"${name}"`, 'Supported are');
    }
  });

  test('half a CLIP, and something else', async () => {
    await expectError(readClip(openClipFolder(openClipText)), 'checkpoint', 'only the text tower');
    const image = without(openClipTensors, ...Object.keys(openClipText));
    await expectError(readClip(openClipFolder(image)), 'checkpoint', 'only the image tower');
    await expectError(readClip(openClipFolder({ W_enc: f32(2, 3) })), 'checkpoint', '"W_enc"', 'no CLIP');
  });

  test.each<[string, object, ...parts: string[]]>([
    ['a CoCa', { ...openClipConfig, multimodal_cfg: {} }, 'CoCa'],
    ['attentional pooling', vision({ attentional_pool: true }), 'CoCa'],
    ['a class token of the text', text({ embed_cls: true }), 'CoCa'],
    ['a ResNet', vision({ layers: [3, 4, 6, 3] }), 'ModifiedResNet'],
    ['a text tower of transformers', text({ hf_model_name: 'xlm-roberta-base' }), 'xlm-roberta-base'],
    ['norms of queries and keys', vision({ qk_norm: true }), 'qk_norm'],
    ['scaled heads', text({ scale_heads: true }), 'scale_heads'],
    ['norms of patches', vision({ input_patchnorm: true }), 'input_patchnorm'],
    ['tokens in another order', text({ tokenizer_mode: 'clips' }), 'clips'],
    ['another pooling', vision({ pool_type: 'none' }), 'pool_type'],
    ['the text read at its first position', text({ pool_type: 'first' }), 'pool_type'],
    ['a rectangle', vision({ image_size: [8, 12] }), 'image_size', 'not square'],
    ['an unknown key', vision({ registers: 4 }), 'registers'],
    [
      'QuickGELU by tanh',
      { ...vision({ act_kwargs: { approximate: 'tanh' } }), quick_gelu: true },
      'quick_gelu',
    ],
    ['heads that do not divide', text({ heads: 5 }), '5 attention heads'],
    ['norms without a bias', vision({ norm_kwargs: { bias: false } }), 'bias'],
    ['no size of an embedding', { ...openClipConfig, embed_dim: undefined }, 'embed_dim'],
  ])('a configuration with %s', async (_name, config, ...parts) => {
    await expectError(
      readClip(openClipFolder(openClipTensors, config)),
      'checkpoint',
      'open_clip_config.json',
      ...parts,
    );
  });

  test.each([
    ['eva02_base_patch16_clip_224', 'EVA'],
    ['vit_pe_core_base_patch16_224', 'Perception Encoder'],
    ['fastvit_mci1', 'MobileCLIP'],
    ['vit_base_mci_224', 'MobileCLIP'],
    ['convnext_base', 'ConvNeXt'],
    ['vit_base_patch16_siglip_gap_224', 'not known here'],
    ['vit_medium_patch16_gap_256', 'not known here'],
  ])("timm's %s", async (timm_model_name, part) => {
    const config = { ...timmConfig, vision_cfg: { ...timmConfig.vision_cfg, timm_model_name } };
    await expectError(readClip(openClipFolder(timmTensors, config)), 'checkpoint', part, timm_model_name);
  });

  test.each([{ timm_pool: 'avg' }, { timm_proj: 'mlp' }])("timm's ViT with %j", async (changes) => {
    const config = { ...timmConfig, vision_cfg: { ...timmConfig.vision_cfg, ...changes } };
    await expectError(readClip(openClipFolder(timmTensors, config)), 'checkpoint', 'not supported');
  });

  test("big_vision's archives of arrays", async () => {
    const file = join(temporaryFolder(), 'siglip.npz');
    writeFileSync(file, '');
    await expectError(readClip(file), 'checkpoint', file, 'big_vision');
  });
});

describe('which weights of a folder are read', () => {
  /** Every file is empty, so the error names the one that was chosen. */
  async function chosen(names: readonly string[], config?: object): Promise<string> {
    const folder = temporaryFolder();
    for (const name of names) writeFileSync(join(folder, name), '');
    if (config !== undefined) writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const error = await readClip(folder).then(String, (thrown: Error) => thrown.message);
    return error.slice(folder.length + 1).split(' ')[0] ?? '';
  }
  const both = ['open_clip_model.safetensors', 'open_clip_config.json', 'model.safetensors'];

  test('those of transformers before those of open_clip, if the configuration is of a CLIP or SigLIP', async () => {
    expect(await chosen(both, { model_type: 'clip' })).toBe('model.safetensors');
    expect(await chosen(both, { model_type: 'siglip' })).toBe('model.safetensors');
    expect(await chosen(both, { architecture: 'vit_base' })).toBe('open_clip_model.safetensors');
    expect(await chosen(both, { model_type: 'other' })).toBe('open_clip_model.safetensors');
    expect(await chosen(both)).toBe('open_clip_model.safetensors');
  });

  test("open_clip's in its own order", async () => {
    const names = ['open_clip_pytorch_model.bin', 'pytorch_model.bin', 'model.pth'];
    for (const [i, name] of names.entries()) expect(await chosen(names.slice(i))).toBe(name);
  });

  test('the only one, and of several none', async () => {
    expect(await chosen(['epoch_2.pt', 'notes.txt'])).toBe('epoch_2.pt');
    const folder = temporaryFolder();
    for (const name of ['epoch_1.pt', 'epoch_2.pt']) writeFileSync(join(folder, name), '');
    await expectError(readClip(folder), 'checkpoint', folder, 'epoch_1.pt', 'Choose the file');
  });

  test('a file without extension, as a hub’s cache has them, is told by how it begins', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'blob'), safetensorsBytes(openClipTensors));
    expect((await readClip(join(folder, 'blob'))).format).toBe('open_clip');
  });
});
