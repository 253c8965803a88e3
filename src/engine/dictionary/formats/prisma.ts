import * as z from 'zod';
import type { TokenSelection } from '../../../shared/hook';
import { parseJson } from '../../checkpoint/files';
import type { Activation, DictionaryRecord, Normalization } from '../record';
import { hookFromName, hookFromSubtype, type NamedHook } from './hookName';
import { namedNormalizations } from './normalizations';
import { type Place, recordOf, sharedWeights } from './place';
import { missing, unsupported } from './refusal';
import { expectOnly, vector } from './source';
import { demandK } from './threshold';

const Config = z.object({
  hook_point_layer: z.union([z.int(), z.tuple([z.int()]).transform(([layer]) => layer)]),
  layer_subtype: z.string().nullish(),
  /** In full, `blocks.9.hook_mlp_out`: of the oldest files, which have no layer_subtype. */
  hook_point: z.string().nullish(),
  hook_point_head_index: z.int().nullish(),
  cls_token_only: z.boolean().nullish(),
  use_patches_only: z.boolean().nullish(),
  architecture: z.string().default('standard'),
  activation_fn_str: z.string().nullish(),
  activation_fn_kwargs: z.record(z.string(), z.unknown()).nullish(),
  normalize_activations: z.string().nullish(),
  is_transcoder: z.boolean().default(false),
  model_name: z.string().nullish(),
});
type Config = z.infer<typeof Config>;

/** Whether this is the configuration of an SAE of Prisma (VisionModelSAERunnerConfig). */
export function isPrismaConfig(config: unknown): config is object {
  return typeof config === 'object' && config !== null && 'hook_point_layer' in config;
}

/**
 * Prisma (ViT-Prisma, src/vit_prisma/sae/sae.py): the input is normalised, b_dec always taken off; top-k has a ReLU.
 * `config` is config.json, or the fields of the configuration pickled with the weights; `where` names it.
 */
export async function readPrisma(place: Place, json: unknown, where: string): Promise<DictionaryRecord> {
  const config = parseJson(Config, json, where, 'dictionary');
  if (config.is_transcoder) throw unsupported(where, 'is_transcoder', true, 'sparse autoencoders');
  if (config.hook_point_head_index !== null && config.hook_point_head_index !== undefined) {
    throw unsupported(where, 'hook_point_head_index', config.hook_point_head_index, 'no head (null)');
  }
  const { architecture } = config;
  const gated = architecture === 'gated';
  if (!gated && architecture !== 'standard') {
    throw unsupported(where, 'architecture', architecture, 'standard and gated');
  }
  const shared = ['W_enc', 'b_enc', 'W_dec', 'b_dec'];
  expectOnly(
    place.tensors,
    gated ? [...shared, 'b_gate', 'r_mag', 'b_mag'] : shared,
    `an SAE of Prisma (${architecture})`,
  );
  // A gated one stores b_enc and never uses it.
  const weights = await sharedWeights(place, { bias: !gated });
  const activation = await activationOf(config, place, weights.size, where);
  const normalization = normalizationFrom(config, where);
  if (normalization === null && place.additions.normalize === undefined) {
    throw missing(
      where,
      'normalize_activations',
      'how its input was normalised',
      `Write "normalize" ("none" or "layer_norm") in ${place.additions.path}.`,
    );
  }
  const hook = { ...pointOf(config, where), tokens: tokensOf(config, where) };
  return recordOf(place, weights, {
    format: 'prisma',
    architecture: `${architecture}, ${config.activation_fn_str}`,
    activation,
    normalization,
    hook,
    trainedOn: config.model_name ?? null,
  });
}

function pointOf(
  { layer_subtype: subtype, hook_point: hook, hook_point_layer: layer }: Config,
  where: string,
): NamedHook {
  if (subtype != null) return hookFromSubtype(subtype, layer, where, 'layer_subtype');
  if (hook == null) throw missing(where, 'layer_subtype', 'what it was trained on');
  const named = hookFromName(hook, where, 'hook_point');
  if (named.layer === layer) return named;
  throw unsupported(where, 'hook_point', hook, `the layer ${layer} that hook_point_layer says`);
}

async function activationOf(
  { architecture, activation_fn_str: name, activation_fn_kwargs: kwargs }: Config,
  { tensors }: Place,
  size: number,
  where: string,
): Promise<Activation> {
  if (name === null || name === undefined) throw missing(where, 'activation_fn_str', 'its activation');
  if (architecture === 'gated') {
    if (name !== 'relu') throw unsupported(where, 'activation_fn_str', name, 'relu, where it is gated');
    return gatedActivation(tensors, size, { gateBias: 'b_gate', magnitudeBias: 'b_mag' });
  }
  switch (name) {
    case 'relu':
      return { kind: 'relu' };
    case 'tanh-relu':
      return { kind: 'tanh-relu' };
    case 'topk': {
      const { k, ...others } = kwargs ?? {};
      const [other] = Object.keys(others);
      if (other !== undefined) throw unsupported(where, `activation_fn_kwargs.${other}`, others[other], 'k');
      if (typeof k !== 'number') throw missing(where, 'activation_fn_kwargs.k', 'how many latents are kept');
      return { kind: 'topk', k: demandK(k, size, where), by: 'value', keep: 'relu' };
    }
    default:
      throw unsupported(where, 'activation_fn_str', name, 'relu, topk and tanh-relu');
  }
}

/** r_mag is the logarithm of what the magnitudes are scaled by. */
export async function gatedActivation(
  tensors: Place['tensors'],
  size: number,
  names: { readonly gateBias: string; readonly magnitudeBias: string },
): Promise<Activation> {
  return {
    kind: 'gated',
    gateBias: await vector(tensors, names.gateBias, size),
    magnitudeScale: (await vector(tensors, 'r_mag', size)).map(Math.exp),
    magnitudeBias: await vector(tensors, names.magnitudeBias, size),
  };
}

function normalizationFrom(
  { normalize_activations: name }: Config,
  where: string,
): readonly Normalization[] | null {
  if (name === null || name === undefined) return null;
  const known = namedNormalizations.get(name);
  if (known !== undefined) return known;
  throw unsupported(where, 'normalize_activations', name, [...namedNormalizations.keys()].join(', '));
}

function tokensOf({ cls_token_only: cls, use_patches_only: patches }: Config, where: string): TokenSelection {
  if (cls && patches) throw unsupported(where, 'cls_token_only and use_patches_only', true, 'one of them');
  if (cls) return 'cls';
  if (patches) return 'patches';
  return 'all';
}
