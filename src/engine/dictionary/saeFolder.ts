import { basename, join, resolve } from 'node:path';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { TokenSelection } from '../../shared/hook';
import { canonicalJson } from '../checkpoint/canonicalJson';
import { type FileIdentity, identify } from '../checkpoint/fileIdentity';
import { parseJson, readJson } from '../checkpoint/files';
import { readSafetensors } from '../checkpoint/safetensors';
import { demand } from '../checkpoint/tensors';
import type { StoredTensor } from '../graph/value';

/**
 * How a latent's activation follows from its pre-activation: the `k` largest of a token are kept, as they are
 * or (`relu`) with negative ones set to zero; or all of them go through a ReLU.
 */
export type SaeArchitecture =
  | { readonly kind: 'topk'; readonly k: number; readonly relu: boolean }
  | { readonly kind: 'relu' };

/** Where the dictionary was trained: after which block (negative counts from the end), on which tokens. */
export interface SaeHook {
  readonly point: 'resid_post';
  readonly layer: number;
  readonly tokens: TokenSelection;
}

/**
 * A sparse autoencoder: z = act((x − b_dec?)·W_enc + b_enc), x̂ = z·W_dec + b_dec; b_dec is taken off the input
 * where `subtractDecoderBias`.
 */
export interface SaeRecord {
  /** The folder's own name. */
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  /** Absolute real path. */
  readonly weightsFile: string;
  /** d_in: the width of the residual stream it decomposes. */
  readonly width: number;
  /** d_sae: the number of latents. */
  readonly size: number;
  /** weight [width, size], bias [size] */
  readonly encoder: { readonly weight: StoredTensor; readonly bias: StoredTensor };
  /** weight [size, width], bias [width] */
  readonly decoder: { readonly weight: StoredTensor; readonly bias: StoredTensor };
  readonly architecture: SaeArchitecture;
  readonly subtractDecoderBias: boolean;
  readonly hook: SaeHook;
  /** The model that its config says it was trained on, if it says so. */
  readonly trainedOn: string | null;
  /** The files this was read from, as they were just before: a change of any makes this out of date. */
  readonly watched: readonly FileIdentity[];
  /** Canonical JSON of all that changes the numbers and is not in the weights, the hook excepted. */
  readonly fingerprint: string;
}

const SaeJson = z.object({
  architecture: z.string(),
  normalize: z.string(),
  hook: z.string(),
  layer: z.int(),
  tokens: TokenSelection,
  d_in: z.int().positive(),
  d_sae: z.int().positive(),
  subtract_b_dec: z.boolean(),
  model: z.string().nullable().default(null),
});

const TopKJson = z.object({ k: z.int().positive(), relu: z.boolean() });

/**
 * Reads our own dictionary format: a folder with `config.json` and `sae.safetensors` (docs/formats.md, row
 * *Clipsight*). Keys beyond the format's are allowed and mean nothing.
 *
 * @throws ClipsightError `dictionary`
 */
export async function readSaeFolder(path: string): Promise<SaeRecord> {
  const folder = resolve(path);
  const configFile = join(folder, 'config.json');
  const weightsPath = join(folder, 'sae.safetensors');
  // One after the other: where both are missing, it is always the configuration that is named.
  const watched = [await identify(configFile, 'dictionary'), await identify(weightsPath, 'dictionary')];
  const json = await readJson(configFile, 'dictionary');
  const config = parseJson(SaeJson, json, configFile, 'dictionary');
  const { d_in: width, d_sae: size, subtract_b_dec: subtractDecoderBias, layer, tokens } = config;
  if (config.normalize !== 'none') {
    throw unsupported(configFile, 'normalize', config.normalize);
  }
  if (config.hook !== 'resid_post') {
    throw unsupported(configFile, 'hook', config.hook);
  }
  const architecture = parseArchitecture(config.architecture, size, json, configFile);
  const weights = await readSafetensors(weightsPath, 'dictionary');
  const encoderWeight = demand(weights, 'W_enc', [width, size]);
  return {
    id: basename(folder),
    folder,
    weightsFile: encoderWeight.file,
    width,
    size,
    encoder: { weight: encoderWeight, bias: demand(weights, 'b_enc', [size]) },
    decoder: { weight: demand(weights, 'W_dec', [size, width]), bias: demand(weights, 'b_dec', [width]) },
    architecture,
    subtractDecoderBias,
    hook: { point: config.hook, layer, tokens },
    trainedOn: config.model,
    watched,
    fingerprint: canonicalJson({ family: 'sae', width, size, architecture, subtractDecoderBias }),
  };
}

function parseArchitecture(kind: string, size: number, json: unknown, file: string): SaeArchitecture {
  switch (kind) {
    case 'relu':
      return { kind };
    case 'topk': {
      const { k, relu } = parseJson(TopKJson, json, file, 'dictionary');
      if (k > size) {
        throw new ClipsightError(
          'dictionary',
          `${file}: the ${k} largest of ${size} latents cannot be kept.`,
          'Correct k.',
        );
      }
      return { kind, k, relu };
    }
    default:
      throw unsupported(file, 'architecture', kind);
  }
}

function unsupported(file: string, key: string, value: string): ClipsightError {
  return new ClipsightError(
    'dictionary',
    `${file}: ${key} "${value}" is not supported yet.`,
    'Supported are architecture topk and relu, hook resid_post, normalize none.',
  );
}
