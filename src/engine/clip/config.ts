import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { parseJson } from '../checkpoint/files';

export type Activation = 'quick_gelu' | 'gelu' | 'gelu_pytorch_tanh';

interface TowerConfig {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

export interface ImageConfig extends TowerConfig {
  readonly imageSize: number;
  readonly patchSize: number;
  /** Patches along each side: floor(imageSize / patchSize), the remainder of the picture is not seen. */
  readonly grid: number;
}

/**
 * Which token's output is the text's: the one with the highest id (`argmax`, of several the first), the first whose
 * id is `token`, or that of the context's last position.
 */
export type Pooling =
  | { readonly kind: 'argmax' }
  | { readonly kind: 'first'; readonly token: number }
  | { readonly kind: 'last' };

export interface TextConfig extends TowerConfig {
  readonly contextLength: number;
  readonly vocabulary: number;
  readonly pooling: Pooling;
  /** Whether a token sees only those before it. */
  readonly causal: boolean;
  /** The id that fills a text up to the context; null where nothing looks at what follows the end of a text. */
  readonly padding: number | null;
}

export interface ClipConfig {
  readonly image: ImageConfig;
  readonly text: TextConfig;
  readonly embeddingSize: number;
}

const count = z.int().positive();

const VisionJson = z.object({
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

const TextJson = z.object({
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

const part = z.looseObject({}).nullish();

const ConfigJson = z.object({
  projection_dim: count.default(512),
  text_config: part,
  text_config_dict: part,
  vision_config: part,
  vision_config_dict: part,
});

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
  const { model_type } = parseJson(z.object({ model_type: z.string() }), json, file, 'checkpoint');
  if (model_type !== 'clip') {
    throw new ClipsightError(
      'checkpoint',
      `${file} describes a model of type ${model_type}, which is not supported yet.`,
      'Choose the folder of a Hugging Face CLIPModel (model_type "clip").',
    );
  }
  const config = parseJson(ConfigJson, json, file, 'checkpoint');
  const vision = resolvePart(
    VisionJson,
    config.vision_config,
    config.vision_config_dict,
    file,
    'vision_config',
  );
  const text = resolvePart(TextJson, config.text_config, config.text_config_dict, file, 'text_config');
  return {
    image: {
      ...towerConfig(vision, file, 'vision_config'),
      imageSize: vision.image_size,
      patchSize: vision.patch_size,
      grid: gridOf(vision.image_size, vision.patch_size, file),
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

function towerConfig(
  json: z.output<typeof VisionJson> | z.output<typeof TextJson>,
  file: string,
  name: string,
): TowerConfig {
  const { hidden_size: width, num_attention_heads: heads, hidden_act } = json;
  if (width % heads !== 0) {
    throw new ClipsightError(
      'checkpoint',
      `${file}, ${name}: ${heads} attention heads do not divide the width ${width}.`,
      'Compare it with the original, or download it again.',
    );
  }
  const activation = activations.get(hidden_act);
  if (activation === undefined) {
    throw new ClipsightError(
      'checkpoint',
      `${file}, ${name}: the activation ${hidden_act} is not supported yet.`,
      `Supported are ${[...activations.keys()].join(', ')}.`,
    );
  }
  return {
    width,
    layers: json.num_hidden_layers,
    heads,
    mlpWidth: json.intermediate_size,
    epsilon: json.layer_norm_eps,
    activation,
  };
}

function gridOf(imageSize: number, patchSize: number, file: string): number {
  if (patchSize > imageSize) {
    throw new ClipsightError(
      'checkpoint',
      `${file}, vision_config: a patch of ${patchSize} pixels does not fit an image of ${imageSize}.`,
      'Compare it with the original, or download it again.',
    );
  }
  return Math.floor(imageSize / patchSize);
}
