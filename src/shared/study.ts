import * as z from 'zod';
import { Computed } from './device';
import { HookPoint, TokenSelection } from './hook';
import { ModelFormat } from './modelFormat';
import { SelfTest } from './selfTest';

/** What is under study: a model, one of its dictionaries, and where that is hooked. */
export const StudyRequest = z.strictObject({
  /** Folder or file of the checkpoint, absolute, or an id of the hub (`owner/name`). */
  model: z.string().min(1),
  /** Folder or file of the dictionary, absolute; an id of the hub; `neurons:<layer>` or `heads:<layer>`. */
  dictionary: z.string().min(1),
  /** Block whose output is decomposed, from 0; negative counts from the end. Overrides the dictionary's own. */
  layer: z.int().optional(),
  tokens: TokenSelection.optional(),
  /** The person said to use the dictionary though it reconstructs the model badly. Changes no number. */
  acceptPoor: z.boolean().optional(),
  /** Absolute paths of pictures to test the dictionary on, if it was not tested yet; those of the demo if left out. */
  samples: z.array(z.string()).max(256).optional(),
});
export type StudyRequest = z.infer<typeof StudyRequest>;

export const ModelInfo = z.strictObject({
  /** The folder's or file's own name. */
  id: z.string(),
  /** Folder or file of the checkpoint, absolute. */
  folder: z.string(),
  format: ModelFormat,
  /** SHA-256 of the weights, lower-case hex; of several files, of their hashes, sorted, one per line. */
  sha256: z.string(),
  imageSize: z.int(),
  patchSize: z.int(),
  blocks: z.int(),
  embeddingSize: z.int(),
  contextLength: z.int(),
  /** Of both towers; of each where they differ. */
  activation: z.string(),
  /** exp of the checkpoint's logit scale: the temperature of the softmax over prompts. */
  logitScale: z.number(),
  /** SigLIP's: probability = sigmoid(logitScale·similarity + logitBias). Null for a softmax over prompts. */
  logitBias: z.number().nullable(),
});
export type ModelInfo = z.infer<typeof ModelInfo>;

export const DictionaryInfo = z.strictObject({
  id: z.string(),
  /** SHA-256 of the dictionary's weights; of the model's where the dictionary is made of them (neurons). */
  sha256: z.string(),
  point: HookPoint,
  /** Block at which it is hooked, from 0. */
  layer: z.int(),
  tokens: TokenSelection,
  /** Number of components: latents, or heads. */
  size: z.int(),
});
export type DictionaryInfo = z.infer<typeof DictionaryInfo>;

/** What is under study, whatever computes it. */
export const StudyIdentity = z.strictObject({
  /** AnalysisKey: names every number computed in this study. */
  key: z.string(),
  model: ModelInfo,
  dictionary: DictionaryInfo,
  /** Null for a dictionary that is the model's own (neurons, heads): it reconstructs exactly. */
  selfTest: SelfTest.nullable(),
  /** What a person should know before believing the numbers, in sentences. */
  notes: z.array(z.string()),
});
export type StudyIdentity = z.infer<typeof StudyIdentity>;

export const StudyInfo = StudyIdentity.extend({
  /** What gave the result that this stands in. */
  computed: Computed,
});
export type StudyInfo = z.infer<typeof StudyInfo>;
