import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { parseJson } from '../checkpoint/files';
import { type Activation, type ClipConfig, gridOf, headsOf, type TowerConfig } from './config';

const count = z.int().positive();

const ClipVisionJson = z.object({
  hidden_size: count.default(768),
  intermediate_size: count.default(3072),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  num_channels: z.literal(3).default(3),
  image_size: count.default(224),
  patch_size: count.default(32),
  hidden_act: z.string().default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
});

const ClipTextJson = z.object({
  vocab_size: count.default(49408),
  hidden_size: count.default(512),
  intermediate_size: count.default(2048),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(8),
  /** At least a start token and an end token. */
  max_position_embeddings: z.int().min(2).default(77),
  hidden_act: z.string().default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
  eos_token_id: z.int().nonnegative().default(49407),
});

const SiglipVisionJson = ClipVisionJson.extend({
  patch_size: count.default(16),
  hidden_act: z.string().default('gelu_pytorch_tanh'),
  layer_norm_eps: z.number().positive().default(1e-6),
});

const SiglipTextJson = z.object({
  vocab_size: count.default(32000),
  hidden_size: count.default(768),
  intermediate_size: count.default(3072),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  max_position_embeddings: z.int().min(2).default(64),
  hidden_act: z.string().default('gelu_pytorch_tanh'),
  layer_norm_eps: z.number().positive().default(1e-6),
  pad_token_id: z.int().nonnegative().nullable().default(1),
  projection_size: count.nullable().default(null),
});

const part = z.looseObject({}).nullish();

const ClipJson = z.object({
  projection_dim: count.default(512),
  text_config: part,
  text_config_dict: part,
  vision_config: part,
  vision_config_dict: part,
});

const SiglipJson = z.object({ text_config: part, vision_config: part });

/** Names by which transformers (activations.py, ACT2FN) calls the three formulas. */
const activations: ReadonlyMap<string, Activation> = new Map([
  ['quick_gelu', 'quick_gelu'],
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['gelu_pytorch_tanh', 'gelu_pytorch_tanh'],
  ['gelu_python_tanh', 'gelu_pytorch_tanh'],
  ['gelu_new', 'gelu_pytorch_tanh'],
  ['gelu_fast', 'gelu_pytorch_tanh'],
  ['gelu_accurate', 'gelu_pytorch_tanh'],
]);

/**
 * The architecture that a Hugging Face `config.json` of a `CLIPModel` resolves to, with the defaults of
 * transformers 5 (`CLIPConfig`, `CLIPTextConfig`, `CLIPVisionConfig`) for what it leaves out. `file` names it
 * in errors.
 *
 * @throws ClipsightError `checkpoint`
 */
export function parseClipConfig(json: unknown, file: string): ClipConfig {
  demandType(json, file, 'clip');
  const config = parseJson(ClipJson, json, file, 'checkpoint');
  const vision = resolvePart(
    ClipVisionJson,
    config.vision_config,
    config.vision_config_dict,
    file,
    'vision_config',
  );
  const text = resolvePart(ClipTextJson, config.text_config, config.text_config_dict, file, 'text_config');
  return {
    image: {
      ...towerConfig(vision, file, 'vision_config'),
      imageSize: vision.image_size,
      patchSize: vision.patch_size,
      grid: gridOf(vision.image_size, vision.patch_size, `${file}, vision_config`),
    },
    text: {
      ...towerConfig(text, file, 'text_config'),
      contextLength: text.max_position_embeddings,
      vocabulary: text.vocab_size,
      // Configs written before transformers 4.31 say 2, which no CLIP vocabulary means (PR #24773).
      pooling: text.eos_token_id === 2 ? { kind: 'argmax' } : { kind: 'first', token: text.eos_token_id },
      causal: true,
      padding: null,
    },
    embeddingSize: config.projection_dim,
  };
}

/**
 * The same of a `SiglipModel` (`SiglipConfig`, `SiglipTextConfig`, `SiglipVisionConfig`); SigLIP 2 of a fixed
 * resolution is one. A text is filled up to the context and read at its last position, under no mask.
 *
 * @throws ClipsightError `checkpoint`
 */
export function parseSiglipConfig(json: unknown, file: string): ClipConfig {
  demandType(json, file, 'siglip');
  const config = parseJson(SiglipJson, json, file, 'checkpoint');
  const vision = resolvePart(SiglipVisionJson, config.vision_config, null, file, 'vision_config');
  const text = resolvePart(SiglipTextJson, config.text_config, null, file, 'text_config');
  const embeddingSize = text.projection_size ?? text.hidden_size;
  if (vision.hidden_size !== embeddingSize) {
    throw new ClipsightError(
      'checkpoint',
      `${file} describes image embeddings of ${vision.hidden_size} dimensions and text embeddings of ${embeddingSize}.`,
      'Compare it with the original, or download it again.',
    );
  }
  return {
    image: {
      ...towerConfig(vision, file, 'vision_config'),
      imageSize: vision.image_size,
      patchSize: vision.patch_size,
      grid: gridOf(vision.image_size, vision.patch_size, `${file}, vision_config`),
    },
    text: {
      ...towerConfig(text, file, 'text_config'),
      contextLength: text.max_position_embeddings,
      vocabulary: text.vocab_size,
      pooling: { kind: 'last' },
      causal: false,
      padding: text.pad_token_id ?? 1,
    },
    embeddingSize,
  };
}

/** What config.json says the model is; null where it is none of transformers. */
export function modelType(json: unknown): string | null {
  const parsed = z.object({ model_type: z.string() }).safeParse(json);
  return parsed.success ? parsed.data.model_type : null;
}

function demandType(json: unknown, file: string, expected: 'clip' | 'siglip'): void {
  const { model_type } = parseJson(z.object({ model_type: z.string() }), json, file, 'checkpoint');
  if (model_type === expected) return;
  if (model_type === 'clip' || model_type === 'siglip') {
    throw new ClipsightError(
      'checkpoint',
      `${file} describes a model of type ${model_type}, but the weights are those of a model of type ${expected}.`,
      'Download config.json and the weights again from where the model came from.',
    );
  }
  throw new ClipsightError(
    'checkpoint',
    `${file} describes a model of type ${model_type}, which is not supported.`,
    'Supported are a CLIPModel (model_type "clip") and a SiglipModel ("siglip", SigLIP 2 of a fixed resolution too).',
  );
}

type PartJson = z.output<typeof part>;

/** As `CLIPConfig` does: an old `…_config_dict`, filled with the defaults, goes over the newer part. */
function resolvePart<T extends object>(
  schema: z.ZodType<T>,
  current: PartJson,
  old: PartJson,
  file: string,
  name: string,
): T {
  const override = old ? parseJson(schema, old, `${file}, ${name}_dict,`, 'checkpoint') : {};
  return parseJson(schema, { ...current, ...override }, `${file}, ${name},`, 'checkpoint');
}

interface TowerJson {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly hidden_act: string;
  readonly layer_norm_eps: number;
}

function towerConfig(json: TowerJson, file: string, name: string): TowerConfig {
  const activation = activations.get(json.hidden_act);
  if (activation === undefined) {
    throw new ClipsightError(
      'checkpoint',
      `${file}, ${name}: the activation ${json.hidden_act} is not supported yet.`,
      `Supported are ${[...activations.keys()].join(', ')}.`,
    );
  }
  return {
    width: json.hidden_size,
    layers: json.num_hidden_layers,
    heads: headsOf(json.hidden_size, json.num_attention_heads, `${file}, ${name}`),
    mlpWidth: json.intermediate_size,
    epsilon: json.layer_norm_eps,
    activation,
  };
}
