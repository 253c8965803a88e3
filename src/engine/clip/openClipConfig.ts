import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { parseJson } from '../checkpoint/files';
import {
  type Activation,
  type Cleaning,
  type ClipConfig,
  gridOf,
  headsOf,
  type ImageConfig,
  type Pooling,
  type TextConfig,
  type TextPreparation,
} from './config';
import { supportedModels } from './supported';

/** What open_clip's own towers have beyond a plain CLIP's. */
export interface OpenClipImage extends ImageConfig {
  readonly preNorm: boolean;
  readonly pooling:
    | { readonly kind: 'cls' }
    | { readonly kind: 'average'; readonly norm: 'before' | 'after' };
  readonly layerScale: boolean;
}

export interface OpenClipText extends TextConfig {
  readonly layerScale: boolean;
  /** A parameter [W, E], a Linear with its bias, or nothing. */
  readonly projection: 'matrix' | 'linear' | 'none';
}

export interface OpenClipConfig extends Pick<ClipConfig, 'embeddingSize'> {
  readonly image: OpenClipImage;
  readonly text: OpenClipText;
  readonly preparation: TextPreparation;
}

/** An image tower of timm: its architecture is known by its name. */
export interface TimmConfig extends Omit<OpenClipConfig, 'image'> {
  readonly image: {
    readonly name: string;
    readonly imageSize: number;
    readonly pooling: 'map' | 'token';
    /** What follows the pooling: nothing, a Linear of open_clip, or the trunk's own classifier. */
    readonly projection: 'none' | 'linear' | 'head';
    readonly projectionBias: boolean;
  };
}

const count = z.int().positive();
const side = z.union([count, z.tuple([count, count])]).transform((value, context) => {
  if (typeof value === 'number') return value;
  if (value[0] === value[1]) return value[0];
  context.addIssue('pictures and patches that are not square are not supported');
  return z.NEVER;
});
const normKwargs = z.strictObject({ eps: z.number().positive().optional() }).nullish();
const actKwargs = z.strictObject({ approximate: z.enum(['none', 'tanh']).optional() }).nullish();
/** What is not done here may only be switched off. */
const off = z.union([z.literal(false), z.null()], 'is not supported').optional();

const customBlock = {
  // Alone it changes only which class computes the block.
  block_type: z.enum(['default', 'custom']).nullish(),
  qk_norm: off,
  scaled_cosine_attn: off,
  scale_heads: off,
  scale_attn_inner: off,
  scale_attn: off,
  scale_fc: off,
};

/** `CLIPVisionCfg` with its defaults. Unknown keys are refused, as open_clip refuses them. */
const VisionJson = z.strictObject({
  layers: z.union([count, z.array(z.int())]).default(12),
  width: count.default(768),
  head_width: count.default(64),
  mlp_ratio: z.number().positive().default(4),
  patch_size: side.nullish(),
  image_size: side.default(224),
  ls_init_value: z.number().nullish(),
  /** Of training only. */
  patch_dropout: z.number().nullish(),
  attentional_pool: off,
  attn_pooler_queries: z.unknown().optional(),
  attn_pooler_heads: z.unknown().optional(),
  no_ln_pre: z.boolean().default(false),
  /** Either way the positions are stored. */
  pos_embed_type: z.enum(['learnable', 'sin_cos_2d']).optional(),
  final_ln_after_pool: z.boolean().default(false),
  pool_type: z.enum(['tok', 'avg']).default('tok'),
  output_tokens: z.boolean().optional(),
  act_kwargs: actKwargs,
  norm_kwargs: normKwargs,
  ...customBlock,
  timm_model_name: z.string().nullish(),
  timm_model_pretrained: z.boolean().nullish(),
  timm_pool: z.string().nullish(),
  timm_proj: z.enum(['linear', 'mlp', 'none', '']).nullish(),
  timm_proj_bias: z.boolean().nullish(),
  timm_drop: z.number().nullish(),
  timm_drop_path: z.number().nullish(),
  /** Of older versions of open_clip. */
  input_patchnorm: off,
  global_average_pool: off,
});

/** `CLIPTextCfg` with its defaults. */
const TextJson = z.strictObject({
  context_length: z.int().min(2).default(77),
  vocab_size: count.default(49408),
  hf_tokenizer_name: z.string().nullish(),
  tokenizer_mode: z.null().optional(),
  tokenizer_kwargs: z
    .strictObject({
      clean: z.enum(['lower', 'whitespace', 'canonicalize']).optional(),
      strip_sep_token: z.boolean().optional(),
    })
    .nullish(),
  width: count.default(512),
  heads: count.default(8),
  layers: count.default(12),
  mlp_ratio: z.number().positive().default(4),
  ls_init_value: z.number().nullish(),
  embed_cls: off,
  pad_id: z.int().nonnegative().default(0),
  eos_id: z.int().nonnegative().default(2),
  no_causal_mask: z.boolean().default(false),
  /** Is not read by open_clip. */
  final_ln_after_pool: z.boolean().optional(),
  pool_type: z.enum(['argmax', 'last', 'eos']).default('argmax'),
  proj_bias: z.boolean().default(false),
  proj_type: z.enum(['linear', 'none']).default('linear'),
  output_tokens: z.boolean().optional(),
  act_kwargs: actKwargs,
  norm_kwargs: normKwargs,
  ...customBlock,
  hf_model_name: z.string().nullish(),
  hf_model_pretrained: z.unknown().optional(),
  hf_proj_type: z.unknown().optional(),
  hf_pooler_type: z.unknown().optional(),
});

const ModelJson = z.looseObject({
  embed_dim: count,
  quick_gelu: z.boolean().default(false),
  vision_cfg: VisionJson,
  text_cfg: TextJson,
});
type ModelJson = z.output<typeof ModelJson>;

/**
 * The architecture that an `open_clip_config.json` describes, with the defaults of open_clip 3 (model.py,
 * transformer.py) for what it leaves out; a configuration of open_clip's own folder `model_configs`, which lacks the
 * level `model_cfg`, is read as well. `file` names it in errors.
 *
 * @throws ClipsightError `checkpoint`
 */
export function parseOpenClipConfig(json: unknown, file: string): OpenClipConfig | TimmConfig {
  refuseOthers(json, file);
  const model = parseJson(ModelJson, modelPart(json), file, 'checkpoint');
  const common = {
    text: textConfig(model, `${file}, text_cfg`),
    embeddingSize: model.embed_dim,
    preparation: preparation(model.text_cfg),
  };
  const { timm_model_name } = model.vision_cfg;
  return timm_model_name
    ? { ...common, image: timmConfig(timm_model_name, model, file) }
    : { ...common, image: imageConfig(model, `${file}, vision_cfg`) };
}

export function isTimm(config: OpenClipConfig | TimmConfig): config is TimmConfig {
  return 'name' in config.image;
}

/** The model's part of an open_clip_config.json. */
export function modelPart(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'model_cfg' in json ? json.model_cfg : json;
}

const part = z.record(z.string(), z.unknown()).default({});
const Kind = z.looseObject({ multimodal_cfg: z.unknown().optional(), vision_cfg: part, text_cfg: part });

/** Switches of `CLIPVisionCfg` and `CLIPTextCfg` that make blocks of another kind. */
const otherBlocks = [
  'qk_norm',
  'scaled_cosine_attn',
  'scale_heads',
  'scale_attn_inner',
  'scale_attn',
  'scale_fc',
  'input_patchnorm',
  'global_average_pool',
];

/** Architectures that are none of those here, by their names. */
function refuseOthers(json: unknown, file: string): void {
  const { data } = Kind.safeParse(modelPart(json));
  if (data === undefined) return;
  const { multimodal_cfg, vision_cfg: vision, text_cfg: text } = data;
  if (multimodal_cfg || vision.attentional_pool || text.embed_cls) throw unsupported(file, 'a CoCa');
  if (text.hf_model_name) {
    throw unsupported(file, `a text tower of transformers (${JSON.stringify(text.hf_model_name)})`);
  }
  if (Array.isArray(vision.layers)) throw unsupported(file, 'a ModifiedResNet (RN50, RN101, RN50x4 …)');
  if (text.tokenizer_mode) {
    throw unsupported(file, `a tokenizer of the mode ${JSON.stringify(text.tokenizer_mode)}`);
  }
  const key = otherBlocks.find((key) => vision[key] || text[key]);
  if (key !== undefined) throw unsupported(file, `a transformer with ${key}`);
}

function imageConfig({ vision_cfg: json, quick_gelu }: ModelJson, where: string): OpenClipImage {
  const patchSize = json.patch_size ?? 16;
  return {
    width: json.width,
    layers: json.layers as number,
    // As open_clip divides, rounding down.
    heads: headsOf(json.width, Math.floor(json.width / json.head_width), where),
    mlpWidth: Math.floor(json.width * json.mlp_ratio),
    epsilon: json.norm_kwargs?.eps ?? 1e-5,
    activation: activationOf(quick_gelu, json.act_kwargs, where),
    imageSize: json.image_size,
    patchSize,
    grid: gridOf(json.image_size, patchSize, where),
    preNorm: !json.no_ln_pre,
    layerScale: typeof json.ls_init_value === 'number',
    pooling:
      json.pool_type === 'tok'
        ? { kind: 'cls' }
        : { kind: 'average', norm: json.final_ln_after_pool ? 'after' : 'before' },
  };
}

function textConfig({ text_cfg: json, quick_gelu }: ModelJson, where: string): OpenClipText {
  const causal = !json.no_causal_mask;
  const pooling: Pooling =
    json.pool_type === 'eos' ? { kind: 'first', token: json.eos_id } : { kind: json.pool_type };
  return {
    width: json.width,
    layers: json.layers,
    heads: headsOf(json.width, json.heads, where),
    mlpWidth: Math.floor(json.width * json.mlp_ratio),
    epsilon: json.norm_kwargs?.eps ?? 1e-5,
    activation: activationOf(quick_gelu, json.act_kwargs, where),
    contextLength: json.context_length,
    vocabulary: json.vocab_size,
    pooling,
    causal,
    // `pad_id` is only read for a mask that open_clip's towers never ask for: its tokenizer fills with 0.
    padding: causal && pooling.kind !== 'last' ? null : 0,
    layerScale: typeof json.ls_init_value === 'number',
    projection: json.proj_type === 'none' ? 'none' : json.proj_bias ? 'linear' : 'matrix',
  };
}

function timmConfig(name: string, { vision_cfg: json }: ModelJson, file: string): TimmConfig['image'] {
  const { timm_pool: pooling, timm_proj: projection } = json;
  if (pooling !== 'map' && pooling !== 'token') {
    throw unsupported(file, `timm's ${name} with the pooling ${JSON.stringify(pooling ?? 'avg')}`);
  }
  if (projection === 'mlp') throw unsupported(file, `timm's ${name} with an MLP as its projection`);
  return {
    name,
    imageSize: json.image_size,
    pooling,
    // Left out means open_clip's default, null or '' the classifier of the trunk.
    projection: projection === undefined ? 'linear' : projection || 'head',
    projectionBias: json.timm_proj_bias ?? false,
  };
}

function preparation({ hf_tokenizer_name, tokenizer_kwargs }: ModelJson['text_cfg']): TextPreparation {
  const byDefault: Cleaning = hf_tokenizer_name ? 'whitespace' : 'lower';
  return {
    cleaning: tokenizer_kwargs?.clean ?? byDefault,
    separatorIsPadding: tokenizer_kwargs?.strip_sep_token ?? false,
    padding: hf_tokenizer_name ? 'tokenizer' : 'zero',
  };
}

function activationOf(quickGelu: boolean, kwargs: z.output<typeof actKwargs>, where: string): Activation {
  if (!quickGelu) return kwargs?.approximate === 'tanh' ? 'gelu_pytorch_tanh' : 'gelu';
  if (kwargs?.approximate === undefined) return 'quick_gelu';
  throw new ClipsightError(
    'checkpoint',
    `${where}: act_kwargs do not go together with quick_gelu.`,
    'Compare it with the original, or download it again.',
  );
}

function unsupported(file: string, what: string): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    `${file} describes ${what}, which is not supported.`,
    supportedModels,
  );
}
