import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../checkpoint/files';
import type { Activation, DictionaryRecord } from '../record';
import { linearWeights, type Place, recordOf, sharedWeights, type Weights } from './place';
import { gatedActivation } from './prisma';
import { missing, unsupported } from './refusal';
import { expectOnly, hasTensor, integer, scalar, vector } from './source';
import { demandK, oneThreshold } from './threshold';

const Config = z.object({
  trainer: z.object({
    dict_class: z.string(),
    k: z.int().optional(),
    /** sae-for-vlm leaves these empty. */
    layer: z.union([z.int(), z.literal('')]).nullish(),
    submodule_name: z.string().nullish(),
    lm_name: z.string().nullish(),
  }),
});

/** Whether this is the configuration that dictionary_learning writes beside an `ae.pt`. */
export function isDictionaryLearningConfig(config: unknown): boolean {
  if (typeof config !== 'object' || config === null || !('trainer' in config)) return false;
  const { trainer } = config;
  return typeof trainer === 'object' && trainer !== null && 'dict_class' in trainer;
}

interface Read {
  readonly architecture: string;
  readonly weights: Weights;
  readonly activation: Activation;
  readonly subtractsDecoderBias: boolean;
  readonly notes: readonly string[];
}

/**
 * dictionary_learning (dictionary_learning/dictionary.py and trainers/), and sae-for-vlm, which has a copy of it.
 * The classes that pick by a threshold use the one that training left.
 */
export async function readDictionaryLearning(
  place: Place,
  json: unknown,
  where: string,
): Promise<DictionaryRecord> {
  const { trainer } = parseJson(Config, json, where, 'dictionary');
  const { notes, weights, ...read } = await readClass(trainer.dict_class, trainer.k, place, where);
  const named = hookInPath(place.file);
  const configured = hookInConfig(trainer, where);
  const layers = [named?.layer, configured.layer].filter((layer) => typeof layer === 'number');
  if (new Set(layers).size > 1) {
    throw unsupported(where, 'trainer.layer', configured.layer, 'the layer in the name of its folder');
  }
  const said = named ?? configured;
  return recordOf(place, weights, {
    format: 'dictionary_learning',
    ...read,
    normalization: [],
    hook: said,
    trainedOn: named?.model ?? (trainer.lm_name || null),
    notes: [...notes, ...(named === null ? [] : [named.note])],
  });
}

async function readClass(name: string, k: number | undefined, place: Place, where: string): Promise<Read> {
  const { tensors } = place;
  const sound = { subtractsDecoderBias: true, notes: [] as readonly string[] };
  switch (name) {
    case 'AutoEncoder':
      expectOnly(tensors, ['bias', 'encoder.weight', 'encoder.bias', 'decoder.weight'], name);
      return {
        ...sound,
        architecture: 'standard',
        weights: await linearWeights(place, { encoderBias: 'encoder.bias', decoderBias: 'bias' }),
        activation: { kind: 'relu' },
      };
    case 'AutoEncoderNew':
      expectOnly(tensors, ['encoder.weight', 'encoder.bias', 'decoder.weight', 'decoder.bias'], name);
      return {
        ...sound,
        architecture: 'standard (April update)',
        weights: await linearWeights(place, { encoderBias: 'encoder.bias', decoderBias: 'decoder.bias' }),
        activation: { kind: 'relu' },
        subtractsDecoderBias: false,
      };
    case 'GatedAutoEncoder': {
      const own = ['decoder_bias', 'encoder.weight', 'r_mag', 'gate_bias', 'mag_bias', 'decoder.weight'];
      expectOnly(tensors, own, name);
      const weights = await linearWeights(place, { encoderBias: null, decoderBias: 'decoder_bias' });
      const names = { gateBias: 'gate_bias', magnitudeBias: 'mag_bias' };
      const activation = await gatedActivation(tensors, weights.size, names);
      return { ...sound, architecture: 'gated', weights, activation };
    }
    case 'JumpReluAutoEncoder': {
      expectOnly(tensors, ['W_enc', 'b_enc', 'W_dec', 'b_dec', 'threshold'], name);
      const weights = await sharedWeights(place);
      const thresholds = await vector(tensors, 'threshold', weights.size);
      const activation = { kind: 'jumprelu', thresholds } as const;
      return { ...sound, architecture: 'jumprelu', weights, activation, subtractsDecoderBias: false };
    }
    case 'AutoEncoderTopK': {
      const weights = await topKWeights(place, name);
      const kept = demandK(await kOf(place, k, where), weights.size, where);
      const activation = { kind: 'topk', k: kept, by: 'value', keep: 'relu' } as const;
      return { ...sound, architecture: 'topk', weights, activation };
    }
    case 'BatchTopKSAE': {
      const weights = await topKWeights(place, name);
      return {
        ...sound,
        architecture: 'batchtopk',
        weights,
        ...(await batchTopK(place, k, weights.size, where)),
      };
    }
    // Its authors spell it both ways.
    case 'MatryoshkaBatchTopKSAE':
    case 'MatroyshkaBatchTopKSAE': {
      const own = ['W_enc', 'b_enc', 'W_dec', 'b_dec', 'k', 'threshold', 'group_sizes'];
      expectOnly(tensors, own, name);
      const weights = await sharedWeights(place);
      return {
        ...sound,
        architecture: 'matryoshka batchtopk',
        weights,
        ...(await batchTopK(place, k, weights.size, where)),
      };
    }
    default:
      throw unsupported(
        where,
        'trainer.dict_class',
        name,
        'AutoEncoder, AutoEncoderNew, AutoEncoderTopK, BatchTopKSAE, MatryoshkaBatchTopKSAE, JumpReluAutoEncoder and GatedAutoEncoder',
      );
  }
}

function topKWeights(place: Place, name: string): Promise<Weights> {
  const own = ['encoder.weight', 'encoder.bias', 'decoder.weight', 'b_dec', 'k', 'threshold'];
  expectOnly(place.tensors, own, name);
  return linearWeights(place, { encoderBias: 'encoder.bias', decoderBias: 'b_dec' });
}

/** The file's own k, which must be that of the configuration: that is how the project checks it. */
async function kOf(
  { tensors, file, additions }: Place,
  k: number | undefined,
  where: string,
): Promise<number> {
  const stored = hasTensor(tensors, 'k') ? await integer(tensors, 'k') : undefined;
  if (stored !== undefined && k !== undefined && stored !== k) {
    throw unsupported(where, 'trainer.k', k, `the k ${stored} that ${file} holds`);
  }
  const known = stored ?? k ?? additions.k;
  if (known === undefined) throw missing(where, 'trainer.k', 'how many latents are kept');
  return known;
}

async function batchTopK(
  place: Place,
  k: number | undefined,
  size: number,
  where: string,
): Promise<Pick<Read, 'activation' | 'notes'>> {
  const kept = demandK(await kOf(place, k, where), size, where);
  const threshold = hasTensor(place.tensors, 'threshold') ? await scalar(place.tensors, 'threshold') : -1;
  if (threshold >= 0) return { activation: oneThreshold(threshold, size), notes: [] };
  return {
    activation: { kind: 'topk', k: kept, by: 'value', keep: 'relu' },
    notes: [
      `Training set no threshold yet (−1), so the ${kept} largest latents of each token are kept, where training kept ${kept} a token on average over a batch.`,
    ],
  };
}

type Said = {
  readonly point: 'resid_post' | 'embedding' | null;
  readonly layer: number | null;
  readonly tokens: 'cls' | null;
};

function hookInConfig(
  { layer, submodule_name: name }: z.infer<typeof Config>['trainer'],
  where: string,
): Said {
  const found = name ? /^resid_post(?:_layer_(\d+))?$/.exec(name) : [];
  if (found === null || (found[1] !== undefined && typeof layer === 'number' && Number(found[1]) !== layer)) {
    throw unsupported(where, 'trainer.submodule_name', name, 'resid_post of trainer.layer, or none');
  }
  return { point: name ? 'resid_post' : null, layer: typeof layer === 'number' ? layer : null, tokens: null };
}

/**
 * sae-for-vlm writes where it was hooked only into the names of folders:
 * `imagenet_train_activations_clip-vit-large-patch14-336_23_post_mlp_residual_batch_top_k_20_x8`. Its activations are
 * those of the class token, and −1 stands for what comes after the projection.
 */
function hookInPath(file: string): (Said & { readonly model: string; readonly note: string }) | null {
  for (let folder = dirname(file), depth = 0; depth < 4; folder = dirname(folder), depth++) {
    const name = basename(folder);
    const found = /_activations_(.+)_(-?\d+)_(post_mlp_residual|post_projection)(?:_|$)/.exec(name);
    if (found === null) continue;
    const [, model, layer, point] = found;
    const note = `Where it was hooked is read in the name of its folder, ${name}.`;
    const said =
      point === 'post_projection'
        ? ({ point: 'embedding', layer: null, tokens: null } as const)
        : ({ point: 'resid_post', layer: Number(layer), tokens: 'cls' } as const);
    return { ...said, model: model!, note };
  }
  return null;
}
