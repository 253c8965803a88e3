import { dirname, join } from 'node:path';
import * as z from 'zod';
import { identify, noFile } from '../../checkpoint/fileIdentity';
import { parseJson, readJson } from '../../checkpoint/files';
import type { Activation, DictionaryRecord, Normalization } from '../record';
import { hookFromName } from './hookName';
import { namedNormalizations } from './normalizations';
import { type Findings, type Place, recordOf, sharedWeights, type Weights } from './place';
import { gatedActivation } from './prisma';
import { missing, unsupported } from './refusal';
import { rowNorms } from './rowNorms';
import { expectOnly, hasTensor, vector, vectorOfAny } from './source';
import { demandK } from './threshold';

/** The keys of version 6 and, where they differ, those before it. */
const Config = z.object({
  architecture: z.string().default('standard'),
  apply_b_dec_to_input: z.boolean().default(true),
  normalize_activations: z.union([z.string(), z.boolean()]).nullish(),
  reshape_activations: z.string().default('none'),
  k: z.int().nullish(),
  rescale_acts_by_decoder_norm: z.boolean().default(false),
  activation_fn: z.string().nullish(),
  activation_fn_str: z.string().nullish(),
  activation_fn_kwargs: z.record(z.string(), z.unknown()).nullish(),
  hook_name: z.string().nullish(),
  hook_point: z.string().nullish(),
  hook_head_index: z.int().nullish(),
  hook_point_head_index: z.int().nullish(),
  model_name: z.string().nullish(),
  metadata: z
    .object({
      model_name: z.string().nullish(),
      hook_name: z.string().nullish(),
      hook_head_index: z.int().nullish(),
    })
    .default({}),
});
type Config = z.infer<typeof Config>;

/** What SAELens scales activations with while it trains; folded into the weights when it is done. */
const scalerName = 'activation_scaler.json';
const Scaler = z.object({ scaling_factor: z.number().positive().nullable() });

const vectors: { readonly [architecture: string]: readonly string[] } = {
  standard: ['b_enc'],
  topk: ['b_enc'],
  jumprelu: ['b_enc', 'threshold'],
  gated: ['b_gate', 'b_mag', 'r_mag'],
};

/** SAELens (sae_lens/saes/): `cfg.json` and `sae_weights.safetensors`, of version 6 and before. */
export async function readSaeLens(
  place: Place,
  json: unknown,
  where: string,
  files: ReadonlySet<string>,
): Promise<DictionaryRecord> {
  const config = parseJson(Config, json, where, 'dictionary');
  refuseUnknown(config, where);
  const architecture = architectureOf(config, where);
  const own = vectors[architecture];
  if (own === undefined) {
    const supported = `${Object.keys(vectors).join(', ')}; transcoders and crosscoders are not`;
    throw unsupported(where, 'architecture', architecture, supported);
  }
  expectOnly(
    place.tensors,
    ['W_enc', 'W_dec', 'b_dec', ...own, 'scaling_factor'],
    `an SAE of SAELens (${architecture})`,
  );
  const weights = await sharedWeights(place, { bias: architecture !== 'gated' });
  await refuseFinetuned(place, weights.size);
  const activation = await activationOf(architecture, config, place, weights.size, where);
  const hookName = config.metadata.hook_name ?? config.hook_name ?? config.hook_point;
  const hook = hookName == null ? { point: null, layer: null } : hookFromName(hookName, where, 'hook_name');
  return recordOf(place, config.rescale_acts_by_decoder_norm ? await rescaled(weights, place) : weights, {
    format: 'saelens',
    architecture,
    activation,
    ...(await normalized(config, place, where, files)),
    subtractsDecoderBias: config.apply_b_dec_to_input,
    hook: { ...hook, tokens: null },
    trainedOn: config.metadata.model_name ?? config.model_name ?? null,
  });
}

function refuseUnknown(config: Config, where: string): void {
  if (config.reshape_activations !== 'none') {
    throw unsupported(where, 'reshape_activations', config.reshape_activations, 'none');
  }
  const head = config.metadata.hook_head_index ?? config.hook_head_index ?? config.hook_point_head_index;
  if (head != null) throw unsupported(where, 'hook_head_index', head, 'no head (null)');
  const name = config.activation_fn ?? config.activation_fn_str;
  if (name != null && name !== 'relu' && name !== 'topk') {
    throw unsupported(where, 'activation_fn', name, 'relu and topk');
  }
}

/** Before version 6 a top-k SAE was a standard one with another activation. */
function architectureOf({ architecture, activation_fn, activation_fn_str }: Config, where: string): string {
  const topk = (activation_fn ?? activation_fn_str) === 'topk';
  if (!topk || architecture === 'topk') return architecture;
  if (architecture === 'standard') return 'topk';
  throw unsupported(where, 'activation_fn', 'topk', `relu, where architecture is ${architecture}`);
}

async function activationOf(
  architecture: string,
  config: Config,
  { tensors, additions }: Place,
  size: number,
  where: string,
): Promise<Activation> {
  if (config.rescale_acts_by_decoder_norm && architecture !== 'topk') {
    throw unsupported(where, 'rescale_acts_by_decoder_norm', true, 'topk');
  }
  switch (architecture) {
    case 'jumprelu':
      return { kind: 'jumprelu', thresholds: await vector(tensors, 'threshold', size) };
    case 'gated':
      return gatedActivation(tensors, size, { gateBias: 'b_gate', magnitudeBias: 'b_mag' });
    case 'topk': {
      const old = config.activation_fn_kwargs?.k;
      const k = config.k ?? (typeof old === 'number' ? old : additions.k);
      if (k === undefined) throw missing(where, 'k', 'how many latents are kept');
      return { kind: 'topk', k: demandK(k, size, where), by: 'value', keep: 'relu' };
    }
    default:
      return { kind: 'relu' };
  }
}

/** Ranked and shown are h·‖W_dec‖, written is what that stands for: h. */
async function rescaled(weights: Weights, place: Place): Promise<Weights> {
  const norms = await rowNorms(weights.decoder.weight, 0, place);
  return {
    ...weights,
    encoder: {
      ...weights.encoder,
      bias: weights.encoder.bias?.map((b, j) => b * norms[j]!) ?? null,
      scale: norms,
    },
    decoder: { ...weights.decoder, scale: norms.map((norm) => 1 / norm) },
  };
}

/** `scaled`: by a factor that training kept elsewhere. */
function saidOf(name: Config['normalize_activations'], where: string): readonly Normalization[] | 'scaled' {
  if (name === null || name === undefined || name === false) return [];
  if (name === true || name === 'expected_average_only_in') return 'scaled';
  const known = namedNormalizations.get(name);
  if (known !== undefined) return known;
  const names = [...namedNormalizations.keys(), 'expected_average_only_in'].join(', ');
  throw unsupported(where, 'normalize_activations', name, names);
}

async function normalized(
  { normalize_activations: name }: Config,
  { additions, file }: Place,
  where: string,
  files: ReadonlySet<string>,
): Promise<Required<Pick<Findings, 'normalization' | 'watched'>>> {
  const said = saidOf(name, where);
  if (said !== 'scaled') return { normalization: said, watched: [] };
  const scaler = join(dirname(file), scalerName);
  const found = files.has(scalerName);
  const watched = [found ? await identify(scaler, 'dictionary') : noFile(scaler)];
  const scale = found
    ? parseJson(Scaler, await readJson(scaler, 'dictionary'), scaler, 'dictionary').scaling_factor
    : null;
  if (scale !== null) return { normalization: [{ kind: 'affine', mean: null, scale }], watched };
  if (additions.normalize !== undefined) return { normalization: null, watched };
  throw missing(
    where,
    'normalize_activations: expected_average_only_in',
    'the factor that its input was scaled with',
    `Write it in ${scaler} as {"scaling_factor": …}, as SAELens does: √d_in divided by the mean norm of the activations.`,
  );
}

/** A factor for each latent that fine-tuning may leave; SAELens stored ones where there was none. */
async function refuseFinetuned({ tensors, outline }: Place, size: number): Promise<void> {
  if (outline || !hasTensor(tensors, 'scaling_factor')) return;
  const factors = await vectorOfAny(tensors, 'scaling_factor', [[size], [1], []]);
  const other = factors.find((factor) => Math.abs(factor - 1) > 1e-5);
  if (other !== undefined) {
    throw unsupported(tensors.path, 'the tensor scaling_factor with', other, 'ones (no fine-tuned factors)');
  }
}
