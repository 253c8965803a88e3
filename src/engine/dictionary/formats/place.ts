import type { FileIdentity } from '../../checkpoint/fileIdentity';
import type { TorchFile } from '../../checkpoint/torchFile';
import type { DictionaryRecord, Matrix } from '../record';
import { type Additions, agreed, normalizationOf } from './additions';
import { unsupported } from './refusal';
import { matrix, matrixShape, type TensorSource, vector } from './source';

/** Weights that were found, and what lies beside them: what every format's reader begins with. */
export interface Place {
  /** The own name of what was asked for. */
  readonly id: string;
  /** What was asked for, absolute. */
  readonly source: string;
  /** The file with the weights, absolute. */
  readonly file: string;
  readonly tensors: TensorSource;
  /** Null where the weights are in another container. */
  readonly torch: TorchFile | null;
  readonly additions: Additions;
  readonly watched: readonly FileIdentity[];
}

type Common =
  | 'id'
  | 'source'
  | 'weightsFile'
  | 'width'
  | 'size'
  | 'encoder'
  | 'decoder'
  | 'softcap'
  | 'normalization'
  | 'subtractsDecoderBias'
  | 'directionOnly'
  | 'trainedOn'
  | 'notes'
  | 'watched';

/** A record of what all formats say in one way; the rest a format says itself. */
export function recordOf(
  place: Place,
  weights: Weights,
  rest: Omit<DictionaryRecord, Common> & Partial<Pick<DictionaryRecord, Common>>,
): DictionaryRecord {
  const { id, source, additions } = place;
  const record: DictionaryRecord = {
    id,
    source,
    weightsFile: weights.encoder.weight.stored.file,
    ...weights,
    normalization: [],
    softcap: null,
    subtractsDecoderBias: true,
    directionOnly: false,
    notes: [],
    watched: [...place.watched, ...additions.watched],
    ...rest,
    trainedOn: agreed('model', rest.trainedOn ?? null, additions.model, additions),
  };
  // Nothing that a person added is passed over.
  normalizationOf(record.normalization, additions);
  const { activation } = record;
  if ('k' in activation) agreed('k', activation.k, additions.k, additions);
  else if (additions.k !== undefined)
    throw unsupported(additions.path, 'k', additions.k, `no k: ${id} keeps all latents that are active`);
  return record;
}

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
