import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import type { Filter, Size } from '../image/resample';

type PerChannel = readonly [red: number, green: number, blue: number];

/**
 * How a checkpoint's own software makes pixels of an image: all that decides their values.
 *
 * - `huggingface`: transformers 5, CLIPImageProcessor on torchvision. RGB first, then a uint8 tensor is resized.
 * - `open_clip`: torchvision on Pillow. Resized and cropped in the mode of the file, RGB last.
 */
export interface Preprocessing {
  readonly family: 'huggingface' | 'open_clip';
  /** `squash`: exactly `size`. `shortest`: the shorter side becomes `size.width` (= `size.height`). */
  readonly resize: 'shortest' | 'squash';
  readonly size: Size;
  readonly filter: Filter;
  /** Cut from the middle, black around it where it is larger. Null: all of it. */
  readonly crop: Size | null;
  /** pixel = (level · rescale − mean) / std, level 0 to 255. */
  readonly rescale: number;
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

/** OPENAI_CLIP_MEAN and OPENAI_CLIP_STD, the default of CLIP in both families. */
const openAi: { readonly mean: PerChannel; readonly std: PerChannel } = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/** IMAGENET_STANDARD_MEAN and IMAGENET_STANDARD_STD, SigLIP's default. */
const standard: typeof openAi = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** Larger inputs are not CLIP's, and a typing error must not ask for gigabytes. */
const side = z.int().min(1).max(4096);
const perChannel = z
  .union([z.number(), z.tuple([z.number(), z.number(), z.number()])])
  .transform((value): PerChannel => (typeof value === 'number' ? [value, value, value] : value));
const spread = perChannel.refine((values) => values.every((value) => value > 0), 'must be positive');

const rectangle = z.object({ height: side, width: side });
const square = side.transform((value) => ({ width: value, height: value }));
const shortestEdge = z.object({ shortest_edge: side, longest_edge: z.null().optional() });
/** Only what is understood: of a step that is not, silence would mean other pixels than the checkpoint's. */
const mustBe = (value: boolean) => z.literal(value).nullish();

/** preprocessor_config.json as transformers writes it; null and absent mean the default of the image processor. */
const PreprocessorConfig = z.object({
  image_processor_type: z
    .enum([
      'CLIPImageProcessor',
      'CLIPImageProcessorFast',
      'CLIPImageProcessorPil',
      'CLIPFeatureExtractor',
      'SiglipImageProcessor',
      'SiglipImageProcessorFast',
      'SiglipImageProcessorPil',
    ])
    .nullish(),
  feature_extractor_type: z.literal('CLIPFeatureExtractor').nullish(),
  do_resize: mustBe(true),
  size: z.union([side, shortestEdge, rectangle]).nullish(),
  resample: z.union([z.literal(2), z.literal(3)]).nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: z.union([square, rectangle]).nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: perChannel.nullish(),
  image_std: spread.nullish(),
  do_convert_rgb: mustBe(true),
  do_pad: mustBe(false),
});

/** What `CLIPImageProcessor` and `SiglipImageProcessor` do where a file does not say. */
const defaults = {
  clip: { size: 224, crop: true, ...openAi },
  siglip: { size: { width: 224, height: 224 }, crop: false, ...standard },
} as const;

/**
 * Reads a Hugging Face preprocessor_config.json of a `model`, whose image processor is meant where the file names
 * none. Throws ClipsightError 'checkpoint', naming file and field, for what transformers would not accept and for
 * steps that are not done here.
 */
export function parsePreprocessorConfig(
  json: unknown,
  file: string,
  model: 'clip' | 'siglip' = 'clip',
): Preprocessing {
  const config = parse(PreprocessorConfig, json, file);
  const named = config.image_processor_type?.startsWith('Siglip') ? 'siglip' : 'clip';
  const byDefault = defaults[config.image_processor_type ? named : model];
  const size = config.size ?? byDefault.size;
  const resized = typeof size === 'number' ? { shortest_edge: size } : size;
  const cropped = config.do_center_crop ?? byDefault.crop;
  const crop = cropped ? (config.crop_size ?? { width: 224, height: 224 }) : null;
  const normalize = config.do_normalize ?? true;
  const rescale = config.do_rescale ?? true;
  if (!normalize && !rescale) throw refusal(file, 'do_rescale', 'may not be false with do_normalize');
  const common: Omit<Preprocessing, 'resize' | 'size' | 'crop'> = {
    family: 'huggingface',
    filter: config.resample === 2 ? 'bilinear' : 'bicubic',
    rescale: rescale ? (config.rescale_factor ?? 1 / 255) : 1,
    mean: normalize ? (config.image_mean ?? byDefault.mean) : [0, 0, 0],
    std: normalize ? (config.image_std ?? byDefault.std) : [1, 1, 1],
  };
  if (!('shortest_edge' in resized)) return { ...common, resize: 'squash', size: resized, crop };
  if (!crop) throw refusal(file, 'do_center_crop', 'may not be false with size.shortest_edge');
  const edge = resized.shortest_edge;
  return { ...common, resize: 'shortest', size: { width: edge, height: edge }, crop };
}

const visionPart = z.object({
  image_size: z
    .union([square, z.tuple([side, side]).transform(([height, width]) => ({ width, height }))])
    .default({ width: 224, height: 224 }),
});

/**
 * The parts of open_clip_config.json that decide pixels (open_clip's PreprocessCfg); a configuration of its folder
 * model_configs has no level `model_cfg`.
 */
const OpenClipConfig = z.object({
  model_cfg: z.object({ vision_cfg: visionPart }).optional(),
  vision_cfg: visionPart.optional(),
  preprocess_cfg: z
    .object({
      mode: z.literal('RGB').nullish(),
      mean: perChannel.nullish(),
      std: spread.nullish(),
      /** `random` is of training only. */
      interpolation: z.enum(['bicubic', 'bilinear', 'random']).nullish(),
      /** `longest` pads the picture, so tokens would be of nothing: not done here. */
      resize_mode: z.enum(['shortest', 'squash']).nullish(),
    })
    .nullish(),
});

/**
 * Reads an open_clip_config.json (or one that is made up for a model known by name). Throws ClipsightError
 * 'checkpoint' naming file and field.
 */
export function parseOpenClipPreprocessing(json: unknown, file: string): Preprocessing {
  const config = parse(OpenClipConfig, json, file);
  const size = (config.model_cfg?.vision_cfg ?? config.vision_cfg)?.image_size;
  if (size === undefined) throw refusal(file, 'model_cfg.vision_cfg', 'is missing');
  const preprocess = config.preprocess_cfg ?? {};
  const resize = preprocess.resize_mode ?? 'shortest';
  if (resize === 'shortest' && size.width !== size.height) {
    throw refusal(file, 'model_cfg.vision_cfg.image_size', 'must be square unless resize_mode is squash');
  }
  return {
    family: 'open_clip',
    resize,
    size,
    filter: preprocess.interpolation === 'bilinear' ? 'bilinear' : 'bicubic',
    crop: resize === 'shortest' ? size : null,
    rescale: 1 / 255,
    mean: preprocess.mean ?? openAi.mean,
    std: preprocess.std ?? openAi.std,
  };
}

/** What OpenAI's CLIP does to pictures, and open_clip where nothing else is said. */
export function openAiPreprocessing(imageSize: number): Preprocessing {
  const size = { width: imageSize, height: imageSize };
  return {
    family: 'open_clip',
    resize: 'shortest',
    size,
    filter: 'bicubic',
    crop: size,
    rescale: 1 / 255,
    ...openAi,
  };
}

/** Equal if and only if all pixels would be: a part of the AnalysisKey. */
export function preprocessingFingerprint(preprocessing: Preprocessing): string {
  const { family, resize, size, filter, crop, rescale, mean, std } = preprocessing;
  const extent = (of: Size) => [of.width, of.height];
  return JSON.stringify({
    family,
    resize,
    size: extent(size),
    filter,
    crop: crop && extent(crop),
    rescale,
    mean,
    std,
  });
}

function parse<T>(schema: z.ZodType<T>, json: unknown, file: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw refusal(file, issue?.path.join('.') || 'the top level', issue?.message ?? 'is not valid');
}

function refusal(file: string, field: string, reason: string): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    `${file}: ${field}: ${reason}.`,
    'Images of this checkpoint cannot be prepared as it expects; choose another checkpoint.',
  );
}
