import * as z from 'zod';
import { HookPoint, TokenSelection } from '../../../shared/hook';
import { parseJson } from '../../checkpoint/files';
import type { Activation, DictionaryRecord, Normalization } from '../record';
import { namedNormalizations } from './normalizations';
import { type Place, recordOf, weightsOf } from './place';
import { unsupported } from './refusal';
import { expectOnly, hasTensor, matrix, vector } from './source';
import { demandK, groupMax } from './threshold';

export const configName = 'config.json';
export const weightsName = 'sae.safetensors';

/** One step of `normalize`; the mean of an affine one is the tensor `mean`, where there is one. */
const NormalizationJson = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('layer_norm'), epsilon: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('constant_norm_rescale') }),
  z.strictObject({ kind: z.literal('affine'), scale: z.number().positive() }),
]);
type NormalizationJson = z.infer<typeof NormalizationJson>;

const points = ['resid_post', 'mlp_out', 'attn_out', 'embedding'] as const;

/** docs/formats.md, *Clipsight*. */
const ConfigJson = z.strictObject({
  architecture: z.string(),
  /** Of topk and groupmax: see below. */
  k: z.unknown().optional(),
  relu: z.unknown().optional(),
  absolute: z.unknown().optional(),
  rank_by: z.unknown().optional(),
  normalize: z.union([z.string(), z.array(NormalizationJson).max(4)]),
  hook: z.string(),
  layer: z.int().nullable(),
  tokens: TokenSelection.nullable(),
  d_in: z.int().positive(),
  d_sae: z.int().positive(),
  subtract_b_dec: z.union([z.boolean(), z.literal('undecided')]),
  model: z.string().nullable().default(null),
  softcap: z.number().positive().nullable().default(null),
  direction_only: z.boolean().default(false),
  transposed: z.array(z.enum(['W_enc', 'W_dec'])).default([]),
  trained_as: z.string().nullable().default(null),
  notes: z.array(z.string()).default([]),
  /** The format that it was exported from, and what was measured: for people. */
  from: z.unknown().optional(),
  fvu: z.unknown().optional(),
  dead: z.unknown().optional(),
});

const GroupMaxJson = z.object({ k: z.int().positive() });
const TopKJson = z.object({
  k: z.int().positive(),
  relu: z.boolean(),
  absolute: z.boolean().default(false),
  rank_by: z.enum(['value', 'magnitude']).default('value'),
});

/**
 * Our own format: a folder with `config.json` and `sae.safetensors` (docs/formats.md, *Clipsight*), which can hold
 * every dictionary that can be read. Other keys are refused: a misspelt one would be read as its default.
 */
export async function readClipsight(place: Place, json: unknown, where: string): Promise<DictionaryRecord> {
  const config = parseJson(ConfigJson, json, where, 'dictionary');
  const { d_in: width, d_sae: size } = config;
  const { tensors } = place;
  const point = HookPoint.extract(points).safeParse(config.hook);
  if (!point.success) throw unsupported(where, 'hook', config.hook, points.join(', '));
  const activation = await activationOf(config.architecture, place, size, json, where);
  expectOnly(
    tensors,
    ['W_enc', 'b_enc', 'W_dec', 'b_dec', 'W_enc_scale', 'W_dec_scale', 'mean', ...vectorsOf(activation)],
    `a dictionary of the architecture ${config.architecture}`,
  );
  const optional = async (name: string, length: number) =>
    hasTensor(tensors, name) ? vector(tensors, name, length) : null;
  const weights = weightsOf(
    matrix(tensors, 'W_enc', [width, size], config.transposed.includes('W_enc')),
    activation.kind === 'gated' ? null : await vector(tensors, 'b_enc', size),
    matrix(tensors, 'W_dec', [size, width], config.transposed.includes('W_dec')),
    await vector(tensors, 'b_dec', width),
  );
  return recordOf(
    place,
    {
      ...weights,
      encoder: { ...weights.encoder, scale: await optional('W_enc_scale', size) },
      decoder: { ...weights.decoder, scale: await optional('W_dec_scale', size) },
    },
    {
      format: 'clipsight',
      architecture: config.trained_as ?? config.architecture,
      activation,
      softcap: config.softcap,
      normalization: normalizationOf(config.normalize, await optional('mean', width), where),
      subtractsDecoderBias: config.subtract_b_dec,
      directionOnly: config.direction_only,
      hook: { point: point.data, layer: config.layer, tokens: config.tokens },
      trainedOn: config.model,
      notes: config.notes,
    },
  );
}

/** The tensors that hold the vectors of an activation. */
function vectorsOf({ kind }: Activation): readonly string[] {
  switch (kind) {
    case 'jumprelu':
      return ['threshold'];
    case 'gated':
      return ['b_gate', 'b_mag', 'scale_mag'];
    case 'relu':
    case 'tanh-relu':
    case 'topk':
    case 'groupmax':
      return [];
  }
}

async function activationOf(
  architecture: string,
  { tensors }: Place,
  size: number,
  json: unknown,
  where: string,
): Promise<Activation> {
  switch (architecture) {
    case 'relu':
    case 'tanh-relu':
      return { kind: architecture };
    case 'topk': {
      const { k, relu, absolute, rank_by: by } = parseJson(TopKJson, json, where, 'dictionary');
      const keep = absolute ? 'absolute' : relu ? 'relu' : 'signed';
      return { kind: 'topk', k: demandK(k, size, where), by, keep };
    }
    case 'groupmax':
      return groupMax(parseJson(GroupMaxJson, json, where, 'dictionary').k, size, where);
    case 'jumprelu':
      return { kind: 'jumprelu', thresholds: await vector(tensors, 'threshold', size) };
    case 'gated':
      return {
        kind: 'gated',
        gateBias: await vector(tensors, 'b_gate', size),
        magnitudeScale: await vector(tensors, 'scale_mag', size),
        magnitudeBias: await vector(tensors, 'b_mag', size),
      };
    default:
      throw unsupported(
        where,
        'architecture',
        architecture,
        'topk, groupmax, relu, jumprelu, gated and tanh-relu',
      );
  }
}

function normalizationOf(
  said: string | readonly NormalizationJson[],
  mean: Float32Array | null,
  where: string,
): readonly Normalization[] {
  const steps = typeof said === 'string' ? named(said, where) : said.map((step) => stepFrom(step, mean));
  const affine = steps.filter(({ kind }) => kind === 'affine').length;
  if (affine > 1 || (mean !== null && affine === 0)) {
    throw unsupported(
      where,
      'normalize',
      said,
      'at most one affine step, and one where there is a tensor mean',
    );
  }
  return steps;
}

function named(name: string, where: string): readonly Normalization[] {
  const known = namedNormalizations.get(name);
  if (known !== undefined) return known;
  const names = [...namedNormalizations.keys()].join(', ');
  throw unsupported(where, 'normalize', name, `${names}, or a list of steps`);
}

function stepFrom(step: NormalizationJson, mean: Float32Array | null): Normalization {
  return step.kind === 'affine' ? { ...step, mean } : step;
}
