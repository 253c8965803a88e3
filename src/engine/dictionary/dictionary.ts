import type { DictionaryInfo } from '../../shared/study';
import type { FileIdentity } from '../checkpoint/fileIdentity';
import type { Hook } from '../clip/hook';
import type { Readout } from './readout';

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
  /**
   * [tokens]: what z·W_dec of each token is multiplied by to be in the units of what was read, where the dictionary
   * normalises its input (held constant, as the reconstruction error is); null for 1. Activations are shown as z.
   */
  readonly outputScale: Float32Array | null;
}

/**
 * A decomposition of the image tower at one hook, x ≈ z·W_dec + b_dec: a sparse autoencoder, or the model's own
 * neurons or attention heads. The error x − x̂ is kept by construction, because only z and W_dec are ever used.
 */
export interface Dictionary {
  readonly info: DictionaryInfo;
  /** What changes its numbers beside its weights and its hook, for the AnalysisKey. */
  readonly fingerprint: string;
  readonly hook: Hook;
  /**
   * How many consecutive latents make one component: 1; for heads the size of a head. Where it is more than 1, the
   * active latents of an image are those of whole components.
   */
  readonly componentSize: number;
  /** Files whose change makes it out of date. */
  readonly watched: readonly FileIdentity[];
  readonly notes: readonly string[];
  /** One per image. */
  encode(read: HookActivations): Promise<Codes[]>;
  /** Rows of W_dec: the direction in the residual stream that each latent writes, [latents, width]; the embedding at `embedding`. */
  decoderRows(latents: Int32Array): Promise<Float32Array>;
  /** How z follows from what is read; null where each latent is one of the numbers read. */
  readonly readout: Readout | null;
  release(): Promise<void>;
}
