import * as z from 'zod';
import { parseJson } from '../../checkpoint/files';
import type { DictionaryRecord } from '../record';
import { type Place, recordOf, sharedWeights } from './place';
import { unsupported } from './refusal';
import { expectOnly } from './source';

const Config = z.object({
  block_layer: z.int(),
  module_name: z.string(),
  class_token: z.boolean().nullish(),
  gated_sae: z.boolean().nullish(),
  /** PatchSAE alone has this. */
  mse_cls_coefficient: z.unknown().optional(),
  model_name: z.string().nullish(),
});

/** Whether this is the configuration of an SAE of PatchSAE or of the project it comes from (ViTSAERunnerConfig). */
export function isPatchSaeConfig(config: unknown): boolean {
  return typeof config === 'object' && config !== null && 'block_layer' in config;
}

/**
 * PatchSAE and HugoFry/mats_sae_training_for_ViTs (src/sae_training/sparse_autoencoder.py): b_dec is taken off the
 * input, ReLU, after a block of a CLIP of transformers.
 */
export async function readPatchSae(place: Place, json: unknown, where: string): Promise<DictionaryRecord> {
  const config = parseJson(Config, json, where, 'dictionary');
  if (config.gated_sae)
    throw unsupported(where, 'gated_sae', true, 'SAEs without gates (PatchSAE has no code for them)');
  if (config.module_name !== 'resid') throw unsupported(where, 'module_name', config.module_name, 'resid');
  expectOnly(place.tensors, ['W_enc', 'b_enc', 'W_dec', 'b_dec'], 'an SAE of PatchSAE');
  // HugoFry's class_token picks the class token of every image; PatchSAE's all tokens of one image, by its indices.
  const tokens = config.class_token && config.mse_cls_coefficient === undefined ? 'cls' : 'all';
  return recordOf(place, await sharedWeights(place), {
    format: 'patchsae',
    architecture: 'relu',
    activation: { kind: 'relu' },
    normalization: [],
    hook: { point: 'resid_post', layer: config.block_layer, tokens },
    trainedOn: config.model_name ?? null,
  });
}
