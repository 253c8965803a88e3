import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { floatBytes, safetensorsBytes, type TensorToWrite } from './safetensorsFile';
import { temporaryFolder } from './temporaryFolder';

/** Widths: image 6 (2 heads, patch 4 on 9 pixels: a grid of 2), text 4 (2 heads), embedding 3, one block each. */
export const tinyConfig = {
  model_type: 'clip',
  projection_dim: 3,
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
    eos_token_id: 6,
  },
};

const f32 = (...shape: number[]): TensorToWrite => ({ dtype: 'F32', shape });

function block(prefix: string, width: number, mlp: number): { [name: string]: TensorToWrite } {
  const name = `${prefix}.encoder.layers.0`;
  const affine = (part: string, ...shape: number[]) => ({
    [`${name}.${part}.weight`]: f32(...shape),
    [`${name}.${part}.bias`]: f32(shape[0] ?? 0),
  });
  return {
    ...affine('layer_norm1', width),
    ...affine('layer_norm2', width),
    ...affine('self_attn.q_proj', width, width),
    ...affine('self_attn.k_proj', width, width),
    ...affine('self_attn.v_proj', width, width),
    ...affine('self_attn.out_proj', width, width),
    ...affine('mlp.fc1', mlp, width),
    ...affine('mlp.fc2', width, mlp),
  };
}

export const tinyTensors: { readonly [name: string]: TensorToWrite } = {
  logit_scale: { ...f32(), data: floatBytes(Math.log(50)) },
  'vision_model.embeddings.class_embedding': f32(6),
  'vision_model.embeddings.patch_embedding.weight': f32(6, 3, 4, 4),
  'vision_model.embeddings.position_embedding.weight': f32(5, 6),
  'vision_model.embeddings.position_ids': { dtype: 'I64', shape: [1, 5] },
  'vision_model.pre_layrnorm.weight': f32(6),
  'vision_model.pre_layrnorm.bias': f32(6),
  ...block('vision_model', 6, 8),
  'vision_model.post_layernorm.weight': f32(6),
  'vision_model.post_layernorm.bias': f32(6),
  'visual_projection.weight': f32(3, 6),
  'text_model.embeddings.token_embedding.weight': f32(7, 4),
  'text_model.embeddings.position_embedding.weight': f32(5, 4),
  ...block('text_model', 4, 8),
  'text_model.final_layer_norm.weight': f32(4),
  'text_model.final_layer_norm.bias': f32(4),
  'text_projection.weight': f32(3, 4),
};

/** The files of a whole tiny CLIP folder, by name. */
export const tinyFiles: { readonly [name: string]: string | Uint8Array } = {
  'config.json': JSON.stringify(tinyConfig),
  'model.safetensors': safetensorsBytes(tinyTensors),
  'preprocessor_config.json': '{"image_mean":[0,0,0]}',
  'tokenizer.json': '{}',
};

/** Writes the tiny folder; a file given in `changes` replaces its own, undefined leaves it out. */
export function tinyClipFolder(
  changes: { readonly [name: string]: string | Uint8Array | undefined } = {},
): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ ...tinyFiles, ...changes })) {
    if (content !== undefined) {
      writeFileSync(join(folder, name), content);
    }
  }
  return folder;
}
