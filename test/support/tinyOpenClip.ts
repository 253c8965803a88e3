import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { floatBytes, safetensorsBytes, type TensorToWrite } from './safetensorsFile';
import { temporaryFolder } from './temporaryFolder';

export type Tensors = { readonly [name: string]: TensorToWrite };

const f32 = (...shape: number[]): TensorToWrite => ({ dtype: 'F32', shape });
const affine = (name: string, ...shape: number[]): Tensors => ({
  [`${name}.weight`]: f32(...shape),
  [`${name}.bias`]: f32(shape[0] ?? 0),
});

/** Image: width 64 (patch 4, a grid of 2), MLP 256. Text: width 64, context 5, vocabulary 9. Embedding 3, one block each. */
export const openClipConfig = {
  embed_dim: 3,
  vision_cfg: { image_size: 8, layers: 1, width: 64, patch_size: 4 },
  text_cfg: { context_length: 5, vocab_size: 9, width: 64, heads: 1, layers: 1 },
};

function block(name: string, width: number, mlp: number): Tensors {
  return {
    ...affine(`${name}.ln_1`, width),
    ...affine(`${name}.ln_2`, width),
    [`${name}.attn.in_proj_weight`]: f32(3 * width, width),
    [`${name}.attn.in_proj_bias`]: f32(3 * width),
    ...affine(`${name}.attn.out_proj`, width, width),
    ...affine(`${name}.mlp.c_fc`, mlp, width),
    ...affine(`${name}.mlp.c_proj`, width, mlp),
  };
}

export const openClipText: Tensors = {
  'token_embedding.weight': f32(9, 64),
  positional_embedding: f32(5, 64),
  ...block('transformer.resblocks.0', 64, 256),
  ...affine('ln_final', 64),
  text_projection: f32(64, 3),
};

const scale: Tensors = { logit_scale: { ...f32(), data: floatBytes(Math.log(50)) } };

/** The layout of OpenAI's CLIP and open_clip's `CLIP`: the text tower at the root. */
export const openClipTensors: Tensors = {
  ...scale,
  'visual.class_embedding': f32(64),
  'visual.positional_embedding': f32(5, 64),
  'visual.conv1.weight': f32(64, 3, 4, 4),
  ...affine('visual.ln_pre', 64),
  ...block('visual.transformer.resblocks.0', 64, 256),
  ...affine('visual.ln_post', 64),
  'visual.proj': f32(64, 3),
  ...openClipText,
};

export function underText(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`text.${name}`, tensor]));
}

/** A SigLIP of timm: width 48 (12 heads, patch 4, a grid of 2), MLP 96; the text's embedding has 48 dimensions. */
export const timmConfig = {
  embed_dim: 48,
  custom_text: true,
  init_logit_bias: -10,
  vision_cfg: {
    image_size: 8,
    timm_model_name: 'vit_base_patch16_siglip_224',
    timm_pool: 'map',
    timm_proj: 'none',
  },
  text_cfg: {
    ...openClipConfig.text_cfg,
    hf_tokenizer_name: 'timm/ViT-B-16-SigLIP',
    tokenizer_kwargs: { clean: 'canonicalize' },
    no_causal_mask: true,
    proj_bias: true,
    pool_type: 'last',
    norm_kwargs: { eps: 1e-6 },
  },
};

const trunk = 'visual.trunk';
export const timmTensors: Tensors = {
  ...scale,
  logit_bias: { ...f32(1), data: floatBytes(-10) },
  ...affine(`${trunk}.patch_embed.proj`, 48, 3, 4, 4),
  [`${trunk}.pos_embed`]: f32(1, 4, 48),
  ...affine(`${trunk}.blocks.0.norm1`, 48),
  ...affine(`${trunk}.blocks.0.norm2`, 48),
  ...affine(`${trunk}.blocks.0.attn.qkv`, 144, 48),
  ...affine(`${trunk}.blocks.0.attn.proj`, 48, 48),
  ...affine(`${trunk}.blocks.0.mlp.fc1`, 96, 48),
  ...affine(`${trunk}.blocks.0.mlp.fc2`, 48, 96),
  ...affine(`${trunk}.norm`, 48),
  [`${trunk}.attn_pool.latent`]: f32(1, 1, 48),
  ...affine(`${trunk}.attn_pool.q`, 48, 48),
  ...affine(`${trunk}.attn_pool.kv`, 96, 48),
  ...affine(`${trunk}.attn_pool.proj`, 48, 48),
  ...affine(`${trunk}.attn_pool.norm`, 48),
  ...affine(`${trunk}.attn_pool.mlp.fc1`, 96, 48),
  ...affine(`${trunk}.attn_pool.mlp.fc2`, 48, 96),
  ...underText(
    Object.fromEntries(Object.entries(openClipText).filter(([name]) => name !== 'text_projection')),
  ),
  ...affine('text.text_projection', 48, 64),
};

/** A folder as open_clip writes it; without a configuration where that is null. */
export function openClipFolder(
  tensors: Tensors = openClipTensors,
  model_cfg: object | null = openClipConfig,
  preprocess_cfg: object = {},
): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'open_clip_model.safetensors'), safetensorsBytes(tensors));
  if (model_cfg !== null) {
    writeFileSync(join(folder, 'open_clip_config.json'), JSON.stringify({ model_cfg, preprocess_cfg }));
  }
  return folder;
}
