import type { FileIdentity } from '../../checkpoint/fileIdentity';
import type { TensorFile } from '../../checkpoint/tensors';
import type { TorchFile } from '../../checkpoint/torchFile';
import type { DictionaryRecord, Matrix, Normalization } from '../record';
import { type Additions, agreed, hookOf, normalizationOf, type SaidHook } from './additions';
import { unsupported } from './refusal';
import { matrix, matrixShape, vector } from './source';

/** Weights that were found, and what lies beside them: what every format's reader begins with. */
export interface Place {
  /** The own name of what was asked for. */
  readonly id: string;
  /** What was asked for, absolute. */
  readonly source: string;
  /** The file with the weights, absolute. */
  readonly file: string;
  readonly tensors: TensorFile;
  /** Null where the weights are in another container. */
  readonly torch: TorchFile | null;
  /** The values of large tensors are not there: this is read for a card. */
  readonly outline: boolean;
  readonly additions: Additions;
  readonly watched: readonly FileIdentity[];
}

/** What a format's reader finds out beside the weights; what it leaves out is as most formats have it. */
export interface Findings
  extends Pick<DictionaryRecord, 'format' | 'architecture' | 'activation'>,
    Partial<Pick<DictionaryRecord, 'softcap' | 'subtractsDecoderBias' | 'directionOnly' | 'notes'>> {
  /** Null where the files do not say: then only what was added counts. */
  readonly normalization: readonly Normalization[] | null;
  readonly hook: SaidHook;
  readonly trainedOn?: string | null;
  /** Files that were read beside those of the place. */
  readonly watched?: readonly FileIdentity[];
}

/** The record, with what a person added: nothing of that is passed over. */
export function recordOf(
  { id, source, additions, watched }: Place,
  weights: Weights,
  findings: Findings,
): DictionaryRecord {
  const { activation, hook, notes = [] } = findings;
  if ('k' in activation) agreed('k', activation.k, additions.k, additions);
  else if (additions.k !== undefined)
    throw unsupported(additions.path, 'k', additions.k, `no k: ${id} keeps all latents that are active`);
  return {
    softcap: null,
    subtractsDecoderBias: true,
    directionOnly: false,
    ...findings,
    id,
    source,
    weightsFile: weights.encoder.weight.stored.file,
    ...weights,
    normalization: normalizationOf(findings.normalization, additions) ?? [],
    hook: hookOf(hook, additions),
    trainedOn: agreed('model', findings.trainedOn ?? null, additions.model, additions),
    notes: hook.point === null && additions.point === undefined ? [...notes, assumedPoint] : notes,
    watched: [...watched, ...additions.watched, ...(findings.watched ?? [])],
  };
}

const assumedPoint =
  'Its files do not say what it decomposes: that is assumed to be the residual stream after a block ("point" in clipsight.json).';

export type Weights = Pick<DictionaryRecord, 'width' | 'size' | 'encoder' | 'decoder'>;

/** The names W_enc [d_in, d_sae], b_enc, W_dec [d_sae, d_in], b_dec, which many projects share. */
export async function sharedWeights(
  { tensors }: Place,
  { bias = true }: { readonly bias?: boolean } = {},
): Promise<Weights> {
  const [width, size] = matrixShape(tensors, 'W_enc');
  return weightsOf(
    matrix(tensors, 'W_enc', [width, size]),
    bias ? await vector(tensors, 'b_enc', size) : null,
    matrix(tensors, 'W_dec', [size, width]),
    await vector(tensors, 'b_dec', width),
  );
}

/** torch.nn.Linear keeps W as [out, in]: encoder.weight is [d_sae, d_in], decoder.weight [d_in, d_sae]. */
export async function linearWeights(
  { tensors }: Place,
  names: { readonly encoderBias: string | null; readonly decoderBias: string },
): Promise<Weights> {
  const [size, width] = matrixShape(tensors, 'encoder.weight');
  return weightsOf(
    matrix(tensors, 'encoder.weight', [width, size], true),
    names.encoderBias === null ? null : await vector(tensors, names.encoderBias, size),
    matrix(tensors, 'decoder.weight', [size, width], true),
    await vector(tensors, names.decoderBias, width),
  );
}

export function weightsOf(
  encoder: Matrix,
  encoderBias: Float32Array | null,
  decoder: Matrix,
  decoderBias: Float32Array | null,
): Weights {
  const { stored, transposed } = encoder;
  const [width, size] = transposed ? stored.shape.toReversed() : stored.shape;
  return {
    width: width!,
    size: size!,
    encoder: { weight: encoder, bias: encoderBias, scale: null },
    decoder: { weight: decoder, bias: decoderBias, scale: null },
  };
}
