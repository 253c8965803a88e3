import type { ModelFormat } from '../../shared/modelFormat';
import type { FileIdentity } from '../checkpoint/fileIdentity';
import type { StoredTensor } from '../graph/value';
import type { Activation, ImageConfig, TextConfig, TextPreparation } from './config';
import type { Preprocessing } from './preprocessing';

/** x ↦ x·Wᵀ + b for weights [out, in], scale and shift for norms, convolution for patches. */
export interface Affine {
  readonly weight: StoredTensor;
  readonly bias: StoredTensor | null;
  /** The matrix lies as [in, out]: x ↦ x·W + b. Never of a norm or a convolution. */
  readonly transposed?: true;
}

/** Width W. Weights [W, W]. */
export interface AttentionWeights {
  readonly query: Affine;
  readonly key: Affine;
  readonly value: Affine;
  readonly out: Affine;
}

/** Widths: W of the tower, M of its MLP. Norms [W], fc1 [M, W], fc2 [W, M]. */
export interface BlockWeights extends AttentionWeights {
  readonly norm1: Affine;
  readonly norm2: Affine;
  readonly fc1: Affine;
  readonly fc2: Affine;
  /** LayerScale: what attention and the MLP write is multiplied by these, [W] each. */
  readonly scale1: StoredTensor | null;
  readonly scale2: StoredTensor | null;
}

/**
 * How one vector is read out of the stream after the last block.
 *
 * - `cls`: the class token, normed.
 * - `average`: the mean of the patches, the norm before or after it. A class token, where there is one, is left out.
 * - `attention`: all tokens, normed, are attended to by a learned probe [W]; then an MLP as in a block (SigLIP's
 *   `MultiheadAttentionPoolingHead`).
 */
export type ImagePooling =
  | { readonly kind: 'cls' }
  | { readonly kind: 'average'; readonly norm: 'before' | 'after' }
  | ({
      readonly kind: 'attention';
      readonly probe: StoredTensor;
      readonly heads: number;
      readonly epsilon: number;
      readonly activation: Activation;
      readonly norm: Affine;
      readonly fc1: Affine;
      readonly fc2: Affine;
    } & AttentionWeights);

export interface ImageTower extends ImageConfig {
  /** [W, 3, P, P], bias [W] or none. */
  readonly patch: Affine;
  /** [W]; null where there is no class token. */
  readonly cls: StoredTensor | null;
  /** [1 + grid², W], [grid², W] without a class token. */
  readonly positions: StoredTensor;
  readonly preNorm: Affine | null;
  readonly blocks: readonly BlockWeights[];
  readonly postNorm: Affine;
  readonly pooling: ImagePooling;
  /** [E, W]; null where what is pooled is the embedding. */
  readonly projection: Affine | null;
}

export interface TextTower extends TextConfig {
  /** [vocabulary, W] */
  readonly tokenEmbedding: StoredTensor;
  /** [contextLength, W] */
  readonly positions: StoredTensor;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: Affine;
  /** [E, W]; null where what is pooled is the embedding. */
  readonly projection: Affine | null;
}

export interface ClipCheckpoint {
  /** The folder's or file's own name. */
  readonly id: string;
  /** What was asked for, absolute: a folder, or a file. */
  readonly path: string;
  readonly format: ModelFormat;
  /** Absolute real path of the folder that holds all files of weights. */
  readonly weightsFolder: string;
  /** Absolute real paths. */
  readonly weightsFiles: readonly string[];
  readonly image: ImageTower;
  readonly text: TextTower;
  /** E, the number of dimensions of an embedding. */
  readonly embeddingSize: number;
  /** exp of the stored logit scale: the temperature of the softmax over prompts. */
  readonly logitScale: number;
  /** SigLIP's: probability = sigmoid(logitScale·cosine + logitBias). Null for a softmax over prompts. */
  readonly logitBias: number | null;
  readonly preprocessing: Preprocessing;
  /** What is done to a text around its tokenizer. */
  readonly preparation: TextPreparation;
  /** tokenizer.json; null where the checkpoint has none. */
  readonly tokenizerFile: string | null;
  /** What a person should know of how it was read, in sentences: what was assumed, where the file does not say. */
  readonly notes: readonly string[];
  /** The files this was read from, as they were just before: a change of any makes this out of date. */
  readonly watched: readonly FileIdentity[];
  /** Canonical JSON of the resolved architecture. */
  readonly fingerprint: string;
}
