import { copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import * as path from 'node:path';

/** CLIPs and sparse autoencoders of the usual sizes, with random weights: speed and memory do not ask for more. */

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation of the values, and what they vary around. */
  readonly spread: number;
  readonly centre: number;
}

const weight = (name: string, ...shape: number[]): Entry => ({ name, shape, spread: 0.03, centre: 0 });
const scale = (name: string, ...shape: number[]): Entry => ({ name, shape, spread: 0.05, centre: 1 });

interface TowerSize {
  readonly width: number;
  readonly mlp: number;
  readonly blocks: number;
  readonly heads: number;
}

export interface ClipSize {
  readonly name: string;
  /** As people call it. */
  readonly label: string;
  readonly image: TowerSize & { readonly patch: number; readonly size: number };
  readonly text: TowerSize & { readonly context: number; readonly vocabulary: number };
  readonly embedding: number;
}

const words = { context: 77, vocabulary: 49408 };

export const vitB32: ClipSize = {
  name: 'vit-b-32',
  label: 'ViT-B/32',
  image: { width: 768, mlp: 3072, blocks: 12, heads: 12, patch: 32, size: 224 },
  text: { width: 512, mlp: 2048, blocks: 12, heads: 8, ...words },
  embedding: 512,
};

const vitB16: ClipSize = {
  ...vitB32,
  name: 'vit-b-16',
  label: 'ViT-B/16',
  image: { ...vitB32.image, patch: 16 },
};

export const vitL14: ClipSize = {
  name: 'vit-l-14',
  label: 'ViT-L/14',
  image: { width: 1024, mlp: 4096, blocks: 24, heads: 16, patch: 14, size: 224 },
  text: { width: 768, mlp: 3072, blocks: 12, heads: 12, ...words },
  embedding: 768,
};

export const clips = { b32: vitB32, b16: vitB16, l14: vitL14 } as const;

/** Where a dictionary is hooked in. */
export interface RandomHook {
  /** The block after which it reads, from 0, or from −1 for the last one backwards. */
  readonly layer: number;
  readonly tokens: 'cls' | 'all';
}

/** After the last block but one, CLS token: as most published dictionaries have it. */
export const usualHook: RandomHook = { layer: -2, tokens: 'cls' };

function block(prefix: string, width: number, mlp: number): Entry[] {
  return [
    scale(`${prefix}.layer_norm1.weight`, width),
    weight(`${prefix}.layer_norm1.bias`, width),
    scale(`${prefix}.layer_norm2.weight`, width),
    weight(`${prefix}.layer_norm2.bias`, width),
    ...['q_proj', 'k_proj', 'v_proj', 'out_proj'].flatMap((name) => [
      weight(`${prefix}.self_attn.${name}.weight`, width, width),
      weight(`${prefix}.self_attn.${name}.bias`, width),
    ]),
    weight(`${prefix}.mlp.fc1.weight`, mlp, width),
    weight(`${prefix}.mlp.fc1.bias`, mlp),
    weight(`${prefix}.mlp.fc2.weight`, width, mlp),
    weight(`${prefix}.mlp.fc2.bias`, width),
  ];
}

function clipEntries({ image, text, embedding }: ClipSize): Entry[] {
  const positions = (image.size / image.patch) ** 2 + 1;
  return [
    { name: 'logit_scale', shape: [], spread: 0, centre: Math.log(100) },
    weight('vision_model.embeddings.class_embedding', image.width),
    weight('vision_model.embeddings.patch_embedding.weight', image.width, 3, image.patch, image.patch),
    weight('vision_model.embeddings.position_embedding.weight', positions, image.width),
    scale('vision_model.pre_layrnorm.weight', image.width),
    weight('vision_model.pre_layrnorm.bias', image.width),
    ...Array.from({ length: image.blocks }, (_, i) =>
      block(`vision_model.encoder.layers.${i}`, image.width, image.mlp),
    ).flat(),
    scale('vision_model.post_layernorm.weight', image.width),
    weight('vision_model.post_layernorm.bias', image.width),
    weight('visual_projection.weight', embedding, image.width),
    weight('text_model.embeddings.token_embedding.weight', text.vocabulary, text.width),
    weight('text_model.embeddings.position_embedding.weight', text.context, text.width),
    ...Array.from({ length: text.blocks }, (_, i) =>
      block(`text_model.encoder.layers.${i}`, text.width, text.mlp),
    ).flat(),
    scale('text_model.final_layer_norm.weight', text.width),
    weight('text_model.final_layer_norm.bias', text.width),
    weight('text_projection.weight', embedding, text.width),
  ];
}

/** Writes a float32 safetensors file of random values. Returns its tensors' bytes in all. */
async function writeRandom(file: string, entries: readonly Entry[]): Promise<number> {
  let offset = 0;
  const header: Record<string, unknown> = {};
  const sizes = entries.map(({ shape }) => shape.reduce((product, n) => product * n, 1));
  entries.forEach(({ name, shape }, i) => {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * sizes[i]!] };
    offset += 4 * sizes[i]!;
  });
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(Buffer.concat([length, json]));
    let state = 88172645;
    for (const [i, { spread, centre }] of entries.entries()) {
      const values = new Float32Array(sizes[i]!);
      for (let j = 0; j < values.length; j++) {
        // xorshift32, uniform with the wanted deviation
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        values[j] = centre + (state / 2 ** 31) * Math.sqrt(3) * spread;
      }
      await handle.writeFile(new Uint8Array(values.buffer));
    }
  } finally {
    await handle.close();
  }
  return offset;
}

export interface BenchModel {
  readonly folder: string;
  readonly dictionary: string;
  /** fp32 bytes of both towers. */
  readonly bytes: number;
}

/** `tokenizerFolder`: a folder whose tokenizer the model borrows. */
export async function writeRandomClip(
  under: string,
  clip: ClipSize,
  tokenizerFolder: string,
  hook: RandomHook = usualHook,
): Promise<BenchModel> {
  const { image, text, embedding } = clip;
  const folder = path.join(under, `random-${clip.name}`);
  await mkdir(folder, { recursive: true });
  const tower = { hidden_act: 'quick_gelu', layer_norm_eps: 1e-5, projection_dim: embedding };
  await writeFile(
    path.join(folder, 'config.json'),
    JSON.stringify({
      model_type: 'clip',
      projection_dim: embedding,
      vision_config: {
        ...tower,
        hidden_size: image.width,
        intermediate_size: image.mlp,
        num_hidden_layers: image.blocks,
        num_attention_heads: image.heads,
        image_size: image.size,
        patch_size: image.patch,
      },
      text_config: {
        ...tower,
        hidden_size: text.width,
        intermediate_size: text.mlp,
        num_hidden_layers: text.blocks,
        num_attention_heads: text.heads,
        max_position_embeddings: text.context,
        vocab_size: text.vocabulary,
        bos_token_id: 890,
        eos_token_id: 891,
      },
    }),
  );
  await writeFile(
    path.join(folder, 'preprocessor_config.json'),
    JSON.stringify({ size: { shortest_edge: image.size }, crop_size: image.size, resample: 3 }),
  );
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(path.join(tokenizerFolder, name), path.join(folder, name));
  }
  const bytes = await writeRandom(path.join(folder, 'model.safetensors'), clipEntries(clip));
  return { folder, dictionary: await writeRandomDictionary(under, clip, 30_000, hook), bytes };
}

/** A top-k dictionary of 64 for each of the tokens that it reads; its folder. */
export async function writeRandomDictionary(
  under: string,
  { name, image: { width } }: ClipSize,
  latents: number,
  { layer, tokens }: RandomHook = usualHook,
): Promise<string> {
  const dictionary = path.join(under, `random-sae-${name}-${latents}-${layer}-${tokens}`);
  await mkdir(dictionary, { recursive: true });
  await writeFile(
    path.join(dictionary, 'config.json'),
    JSON.stringify({
      architecture: 'topk',
      k: 64,
      relu: true,
      d_in: width,
      d_sae: latents,
      hook: 'resid_post',
      layer,
      tokens,
      subtract_b_dec: true,
      normalize: 'none',
    }),
  );
  await writeRandom(path.join(dictionary, 'sae.safetensors'), [
    weight('W_enc', width, latents),
    weight('b_enc', latents),
    weight('W_dec', latents, width),
    weight('b_dec', width),
  ]);
  return dictionary;
}
