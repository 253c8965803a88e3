import * as z from 'zod';
import { HookPoint, TokenSelection } from './hook';
import { ModelFormat } from './modelFormat';

const File = z.strictObject({
  /** Absolute, or within the repository where it is not on this machine. */
  path: z.string(),
  /** In bytes. */
  size: z.number(),
});

const extent = z.strictObject({ width: z.int(), height: z.int() });

/** What a model is, read from its configuration and the headers of its weights. */
export const ModelCard = z.strictObject({
  kind: z.literal('model'),
  id: z.string(),
  /** As it was asked for: a path, or an id of the hub. */
  source: z.string(),
  format: ModelFormat,
  /** Of the image tower. */
  layers: z.int(),
  width: z.int(),
  heads: z.int(),
  mlpWidth: z.int(),
  /** Of one image, the class token included. */
  tokens: z.int(),
  patch: z.int(),
  imageSize: z.int(),
  activation: z.string(),
  pooling: z.enum(['cls', 'average', 'attention']),
  preprocess: z.strictObject({
    family: z.string(),
    resize: z.string(),
    size: extent,
    crop: extent.nullable(),
    interpolation: z.string(),
    mean: z.array(z.number()),
    std: z.array(z.number()),
  }),
  embedding: z.int(),
  /** Of the text tower. */
  context: z.int(),
  vocabulary: z.int(),
  text: z.strictObject({
    layers: z.int(),
    width: z.int(),
    heads: z.int(),
    activation: z.string(),
    causal: z.boolean(),
    pooling: z.string(),
  }),
  /** Where it comes from; null where there is none. */
  tokenizer: z.string().nullable(),
  /** Types of the stored weights, the commonest first. */
  precision: z.array(z.string()),
  parameters: z.int(),
  logitScale: z.number(),
  /** SigLIP's; null for a softmax over prompts. */
  logitBias: z.number().nullable(),
  files: z.array(File),
  notes: z.array(z.string()),
});
export type ModelCard = z.infer<typeof ModelCard>;

/** Whose files. `clipsight` is this project's own; `neurons` and `heads` need none. */
export const DictionaryFormat = z.enum([
  'clipsight',
  'attributing-clip',
  'prisma',
  'patchsae',
  'saev',
  'dictionary_learning',
  'msae',
  'saelens',
  'sparsify',
  'gemmascope',
  'neurons',
  'heads',
]);
export type DictionaryFormat = z.infer<typeof DictionaryFormat>;

export const DictionaryCard = z.strictObject({
  kind: z.literal('dictionary'),
  id: z.string(),
  source: z.string(),
  format: DictionaryFormat,
  architecture: z.string(),
  /** Number of latents. */
  size: z.int(),
  /** Width of what it decomposes. */
  input: z.int(),
  point: HookPoint,
  /** As the file says; null where it does not. */
  layer: z.int().nullable(),
  tokens: TokenSelection.nullable(),
  k: z.int().nullable(),
  normalize: z.string(),
  /** Null where the file does not say: the self-test decides. */
  subtractsDecoderBias: z.boolean().nullable(),
  /** The model that it says it was trained on. */
  model: z.string().nullable(),
  precision: z.array(z.string()),
  files: z.array(File),
  notes: z.array(z.string()),
});
export type DictionaryCard = z.infer<typeof DictionaryCard>;

export const Card = z.discriminatedUnion('kind', [ModelCard, DictionaryCard]);
export type Card = z.infer<typeof Card>;
