import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClipsightError } from '../../../shared/errors';
import type { TokenSelection } from '../../../shared/hook';
import { type FileIdentity, identify } from '../../checkpoint/fileIdentity';
import { unreadable } from '../../checkpoint/files';
import type { DictionaryRecord, Matrix } from '../record';
import { agreed, hookOf, normalizationOf } from './additions';
import { flatYaml } from './flatYaml';
import { type Place, recordOf, weightsOf } from './place';
import { missing, unsupported } from './refusal';
import { rowNorms } from './rowNorms';
import { expectOnly, matrix, matrixShape, vector, vectorOfAny } from './source';
import { demandK } from './threshold';

const largestYaml = 1024 * 1024;

/** How it was trained, which stands in a YAML file or in the name of the folder; null where neither says. */
interface Training {
  readonly k: number | null;
  readonly layer: number | null;
  readonly tokens: TokenSelection | null;
  readonly model: string | null;
  /** The file or folder that says it. */
  readonly where: string;
  readonly watched: readonly FileIdentity[];
  readonly notes: readonly string[];
}

/**
 * attributing-clip (model_training/sae.py): weights are normed, W = g·v/‖v‖, in the encoder by latent, in the decoder
 * by latent as well. The k largest h are kept, negative ones too. There is no decoder bias. It was trained on the
 * direction of the activations alone. Of an outline the norms are left out.
 */
export async function readAttributingClip(
  place: Place,
  files: ReadonlySet<string>,
  isOutline = false,
): Promise<DictionaryRecord> {
  const { tensors, additions, file } = place;
  const own = [
    'encoder.0.bias',
    'encoder.0.weight_g',
    'encoder.0.weight_v',
    'decoder.weight_g',
    'decoder.weight_v',
  ];
  expectOnly(tensors, own, 'an SAE of attributing-clip');
  const [size, width] = matrixShape(tensors, 'encoder.0.weight_v');
  const encoder = matrix(tensors, 'encoder.0.weight_v', [width, size], true);
  const decoder = matrix(tensors, 'decoder.weight_v', [size, width], true);
  const training = await trainingOf(file, files);
  const k = agreed('k', training.k, additions.k, additions);
  if (k === null) {
    throw missing(
      training.where,
      'sae_k',
      'how many latents are kept',
      `Put the YAML file of its training beside ${file}, or write "k" in ${additions.path}.`,
    );
  }
  const weights = weightsOf(encoder, await vector(tensors, 'encoder.0.bias', size), decoder, null);
  const normOf = async (name: string, v: Matrix, axis: 0 | 1) =>
    isOutline ? null : weightNorm(place, name, v, axis);
  return recordOf(
    place,
    {
      ...weights,
      encoder: { ...weights.encoder, scale: await normOf('encoder.0.weight_g', encoder, 1) },
      decoder: { ...weights.decoder, scale: await normOf('decoder.weight_g', decoder, 0) },
    },
    {
      format: 'attributing-clip',
      architecture: 'topk',
      activation: { kind: 'topk', k: demandK(k, size, training.where), by: 'value', keep: 'signed' },
      normalization: normalizationOf([], additions) ?? [],
      subtractsDecoderBias: false,
      directionOnly: true,
      hook: hookOf({ point: 'resid_post', layer: training.layer, tokens: training.tokens }, additions),
      trainedOn: training.model,
      notes: [
        'It was trained to give the direction of an activation, not its length: the size of what its latents write has no unit.',
        'Latents of the k largest can be negative: they are kept, as in attributing-clip.',
        ...training.notes,
      ],
      watched: [...place.watched, ...additions.watched, ...training.watched],
    },
  );
}

/** g/‖v‖ of each latent, `axis` being the one that counts them. */
async function weightNorm(place: Place, name: string, v: Matrix, axis: 0 | 1): Promise<Float32Array> {
  const norms = await rowNorms(v, axis);
  const size = norms.length;
  const g = await vectorOfAny(place.tensors, name, [[size, 1], [1, size], [size]]);
  const zero = norms.indexOf(0);
  if (zero !== -1) {
    throw new ClipsightError(
      'dictionary',
      `${place.file}: latent ${zero} has a direction of length 0, so its weights are not defined.`,
      'Train it again.',
    );
  }
  return g.map((length, j) => length / norms[j]!);
}

async function trainingOf(file: string, files: ReadonlySet<string>): Promise<Training> {
  const folder = dirname(file);
  const settings: { path: string; yaml: ReadonlyMap<string, string> }[] = [];
  for (const name of [...files].filter((candidate) => /\.ya?ml$/i.test(candidate)).toSorted()) {
    const path = join(folder, name);
    const yaml = await readYaml(path);
    if (yaml.has('sae_k') || yaml.has('sae_layer_idx')) settings.push({ path, yaml });
  }
  const [only, another] = settings;
  if (another !== undefined) {
    throw new ClipsightError(
      'dictionary',
      `${folder} has two settings of the training of an SAE: ${basename(only!.path)} and ${basename(another.path)}.`,
      `Leave only that of ${basename(file)} there.`,
    );
  }
  if (only !== undefined) return fromYaml(only.path, only.yaml, [await identify(only.path, 'dictionary')]);
  return fromName(folder);
}

async function readYaml(path: string): Promise<ReadonlyMap<string, string>> {
  const { size } = await identify(path, 'dictionary');
  if (size > largestYaml) return new Map();
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw unreadable(path, 'dictionary', thrown);
  });
  return flatYaml(text);
}

function fromYaml(
  where: string,
  yaml: ReadonlyMap<string, string>,
  watched: readonly FileIdentity[],
): Training {
  return {
    k: integerIn(yaml, 'sae_k', where),
    layer: integerIn(yaml, 'sae_layer_idx', where),
    tokens: tokensFrom(yaml.get('sae_token'), where),
    model: yaml.get('model_name') ?? null,
    where,
    watched,
    notes: [],
  };
}

/** Its own training names folders so: `clip_vit_b16_…_imagenet_topk-cls-64-30000_layer--1_lr_0.0002`. */
function fromName(folder: string): Training {
  const name = basename(folder);
  const found = /^(.+?)(?:_imagenet)?_topk-(cls|spatial)-(\d+)-\d+_layer-(-?\d+)(?:_|$)/.exec(name);
  if (found === null)
    return { k: null, layer: null, tokens: null, model: null, where: folder, watched: [], notes: [] };
  const [, model, token, k, layer] = found;
  return {
    k: Number(k),
    layer: Number(layer),
    tokens: tokensFrom(token, folder),
    model: model!,
    where: folder,
    watched: [],
    notes: [`How it was trained is read in the name of its folder, ${name}.`],
  };
}

function integerIn(yaml: ReadonlyMap<string, string>, key: string, where: string): number | null {
  const text = yaml.get(key);
  if (text === undefined) return null;
  if (!/^-?\d+$/.test(text)) throw unsupported(where, key, text, 'an integer');
  return Number(text);
}

function tokensFrom(token: string | undefined, where: string): TokenSelection | null {
  switch (token) {
    case undefined:
      return null;
    case 'cls':
      return 'cls';
    case 'spatial':
      return 'patches';
    default:
      throw unsupported(where, 'sae_token', token, 'cls and spatial');
  }
}
