import { createHash } from 'node:crypto';
import type { HookPoint, TokenSelection } from '../../shared/hook';
import type { DictionaryFormat } from '../../shared/inspection';
import { canonicalJson } from '../checkpoint/canonicalJson';
import type { FileIdentity } from '../checkpoint/fileIdentity';
import type { StoredTensor } from '../graph/value';

/** A matrix [rows, columns] that lies in a file as it is, or (`transposed`) as [columns, rows]. */
export interface Matrix {
  readonly stored: StoredTensor;
  readonly transposed: boolean;
}

/**
 * What is done to x before it is encoded, and undone to x̂.
 *
 * - `layer_norm`: (x − μ)/(s + ε), with s the standard deviation over the width that divides by width − 1; undone
 *   by x̂·s + μ (SAELens, Prisma and MSAE: not the layer norm of a transformer).
 * - `constant_norm_rescale`: x·√width/‖x‖.
 * - `affine`: (x − mean)·scale.
 */
export type Normalization =
  | { readonly kind: 'layer_norm'; readonly epsilon: number }
  | { readonly kind: 'constant_norm_rescale' }
  | { readonly kind: 'affine'; readonly mean: Float32Array | null; readonly scale: number };

/**
 * How z follows from the pre-activations h of a token. All vectors have one number a latent.
 *
 * - `relu`: max(h, 0).
 * - `tanh-relu`: tanh(max(h, 0)).
 * - `topk`: the k latents with the largest h, or |h| (`by`); of them h, max(h, 0) or |h| is kept (`keep`).
 * - `groupmax`: of each of k groups of neighbouring latents the one with the largest h, max(h, 0) of it.
 * - `jumprelu`: h where it exceeds both its threshold and 0.
 * - `gated`: with h before the encoder's bias, max(h·magnitudeScale + magnitudeBias, 0) where h + gateBias > 0.
 *   The encoder then has no bias of its own.
 */
export type Activation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'tanh-relu' }
  | {
      readonly kind: 'topk';
      readonly k: number;
      readonly by: 'value' | 'magnitude';
      readonly keep: 'signed' | 'relu' | 'absolute';
    }
  | { readonly kind: 'groupmax'; readonly k: number }
  | { readonly kind: 'jumprelu'; readonly thresholds: Float32Array }
  | {
      readonly kind: 'gated';
      readonly gateBias: Float32Array;
      readonly magnitudeScale: Float32Array;
      readonly magnitudeBias: Float32Array;
    };

/** What the dictionary was trained on; null where its files do not say. */
export interface TrainedHook {
  readonly point: HookPoint;
  /** A block; negative counts from the end. Null at `embedding`. */
  readonly layer: number | null;
  /** Null at `embedding`. */
  readonly tokens: TokenSelection | null;
}

/**
 * A sparse autoencoder, whoever trained it:
 *
 *     x' = normalised x                                 (`normalization`, in order)
 *     h  = (x' − b_dec?)·W_enc ⊙ encoder.scale + b_enc    (b_dec where `subtractsDecoderBias`)
 *     z  = act(h)                                       (`activation`, then c·tanh(z/c) where `softcap` is c)
 *     x̂' = (z ⊙ decoder.scale)·W_dec + b_dec
 *     x̂  = x̂', the normalisation undone
 *
 * Vectors are in memory, matrices stay in their file.
 */
export interface DictionaryRecord {
  /** The own name of the folder or file. */
  readonly id: string;
  /** What was asked for, absolute. */
  readonly source: string;
  readonly format: DictionaryFormat;
  /** What its project calls it: 'standard', 'matryoshka', … */
  readonly architecture: string;
  /** Absolute real path. */
  readonly weightsFile: string;
  /** d_in: the width of what it decomposes. */
  readonly width: number;
  /** d_sae: the number of latents. */
  readonly size: number;
  /** weight [width, size]; bias and scale [size], null for 0 and 1. */
  readonly encoder: {
    readonly weight: Matrix;
    readonly bias: Float32Array | null;
    readonly scale: Float32Array | null;
  };
  /** weight [size, width]; bias [width], scale [size], null for 0 and 1. */
  readonly decoder: {
    readonly weight: Matrix;
    readonly bias: Float32Array | null;
    readonly scale: Float32Array | null;
  };
  readonly normalization: readonly Normalization[];
  readonly activation: Activation;
  readonly softcap: number | null;
  /** `undecided` where the files do not say: versions of one project differ, and the self-test decides. */
  readonly subtractsDecoderBias: boolean | 'undecided';
  /** It was trained to give the direction of x: the length of x̂ means nothing. */
  readonly directionOnly: boolean;
  readonly hook: TrainedHook;
  /** The model that its files say it was trained on, if they do. */
  readonly trainedOn: string | null;
  /** What a person should know of how it was read, in sentences. */
  readonly notes: readonly string[];
  /** The files this was read from, as they were just before: a change of any makes this out of date. */
  readonly watched: readonly FileIdentity[];
}

/** Canonical JSON of all that changes the numbers beside the matrices, the hook excepted. */
export function fingerprint(record: DictionaryRecord): string {
  const { width, size, activation, softcap, subtractsDecoderBias, encoder, decoder } = record;
  return canonicalJson({
    family: 'sae',
    width,
    size,
    activation: named(activation),
    softcap,
    subtractsDecoderBias,
    normalization: record.normalization.map(named),
    encoder: named({ ...encoder, weight: encoder.weight.transposed }),
    decoder: named({ ...decoder, weight: decoder.weight.transposed }),
  });
}

/** Its vectors by their SHA-256: not all of them lie in the file of the weights, and some follow from a configuration. */
function named(part: object): object {
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, value instanceof Float32Array ? nameOf(value) : value]),
  );
}

/** Null for a vector of zeros: so is one called that is not there. */
function nameOf(vector: Float32Array): string | null {
  if (vector.every((value) => value === 0)) return null;
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}

/** How it was taken, of several ways that its files allow. */
export interface Reading {
  readonly subtractsDecoderBias: boolean;
  /** W_enc is the transpose of what `record` says. Only where width and size are equal. */
  readonly transposed: boolean;
}

/** The record, read in one way. */
export function resolve(record: DictionaryRecord, reading: Reading): DictionaryRecord {
  const { stored, transposed } = record.encoder.weight;
  if (reading.transposed && record.width !== record.size) {
    throw new RangeError(`${record.id} is not square, so its encoder cannot be transposed`);
  }
  return {
    ...record,
    subtractsDecoderBias: reading.subtractsDecoderBias,
    encoder: { ...record.encoder, weight: { stored, transposed: transposed !== reading.transposed } },
  };
}

/** Every way in which the files can be read: one, unless they leave something open. */
export function readings({ subtractsDecoderBias, width, size }: DictionaryRecord): readonly Reading[] {
  const biases = subtractsDecoderBias === 'undecided' ? [false, true] : [subtractsDecoderBias];
  const orders = width === size ? [false, true] : [false];
  return orders.flatMap((transposed) => biases.map((bias) => ({ subtractsDecoderBias: bias, transposed })));
}
