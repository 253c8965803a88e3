import type { DictionaryInfo } from '../../shared/study';
import type { FileIdentity } from '../checkpoint/fileIdentity';

/** What the trunk gives a dictionary to read, for a batch of images. Shape [images, tokens, size]. */
export interface HookActivations {
  readonly images: number;
  readonly tokens: number;
  readonly size: number;
  readonly data: Float32Array;
}

/** The active latents of one image. */
export interface Codes {
  /** Distinct latents active on any selected token, ascending. */
  readonly latents: Int32Array;
  /** Selected tokens. */
  readonly tokens: number;
  /** z, [tokens, latents]: 0 where a latent is silent on a token. */
  readonly activations: Float32Array;
}

/**
 * A decomposition of the residual stream at one hook, x ≈ z·W_dec + b_dec: a sparse autoencoder, or the model's own
 * neurons. The error x − x̂ is kept by construction, because only z and W_dec are ever used.
 */
export interface Dictionary {
  readonly info: DictionaryInfo;
  /** What changes its numbers beside its weights and its hook, for the AnalysisKey. */
  readonly fingerprint: string;
  /** What it reads: the residual stream after its block, or that block's MLP activations. */
  readonly reads: 'resid_post' | 'neurons';
  /** Files whose change makes it out of date. */
  readonly watched: readonly FileIdentity[];
  readonly notes: readonly string[];
  /** One per image. */
  encode(read: HookActivations): Promise<Codes[]>;
  /** Rows of W_dec: the direction in the residual stream that each latent writes, [latents, width]. */
  decoderRows(latents: Int32Array): Promise<Float32Array>;
  release(): Promise<void>;
}
