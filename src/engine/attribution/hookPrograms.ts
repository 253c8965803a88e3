import type { TokenSpan } from '../clip/tokens';
import type { Codes, HookActivations } from '../dictionary/dictionary';
import type { Quadrature } from '../numeric/gaussLegendre';
import type { Costs } from './cost';
import type { ScoreDirection } from './score';

/** The stream of one image where a dictionary writes, and what it finds. */
export interface HookState {
  /** [tokens, width]. */
  readonly x: Float32Array;
  readonly codes: Codes;
  /** W_dec of the active latents, [latents, width]. */
  readonly decoder: Float32Array;
}

/** The model cut at a hook: up to it, after it, and the part after it in both derivative modes. */
export interface HookPrograms {
  /** False where the score does not depend on the selected tokens at all: every attribution is exactly zero. */
  readonly differentiable: boolean;
  /** The tokens that the dictionary reads and writes, among the model's. */
  readonly span: TokenSpan;
  /** `pixels`: one [3, size, size] per image. One stream per image, and what the dictionary reads. */
  trunk(pixels: readonly Float32Array[]): Promise<{ x: Float32Array[]; read: HookActivations }>;
  /** Images that the next run of the trunk takes best, as its runs so far tell. */
  imagesPerRun(): number;
  /** From streams `x` as `trunk` gives them to raw embeddings e, one [embedding] per image. At least one. */
  embed(x: readonly Float32Array[]): Promise<Float32Array[]>;
  /** e and, per direction, the attributions [components]. At least one direction and one latent. */
  reverse(
    state: HookState,
    directions: readonly ScoreDirection[],
    between: () => Promise<void>,
  ): Promise<{ readonly embedding: Float32Array; readonly attributions: readonly Float32Array[] }>;
  /** ∂y/∂x on each selected token, [selected tokens, width]. */
  gradient(state: Pick<HookState, 'x'>, direction: ScoreDirection): Promise<Float32Array>;
  /** e and the contribution vectors, [components, embedding]. At least one latent. */
  forward(
    state: HookState,
    between: () => Promise<void>,
  ): Promise<{ readonly embedding: Float32Array; readonly contributions: Float32Array }>;
  /** Attributions from what forward mode gave: one [components] per direction. At least one of each. */
  project(
    known: { readonly embedding: Float32Array; readonly contributions: Float32Array },
    directions: readonly ScoreDirection[],
  ): Promise<readonly Float32Array[]>;
  /**
   * Raw embeddings of one image under interventions, one [embedding] per row of `factors` [variants, components]: what
   * each of the image's active components is multiplied by. At least one of each.
   */
  vary(
    state: HookState,
    factors: Float32Array,
    between: () => Promise<void>,
  ): Promise<readonly Float32Array[]>;
  /**
   * Per direction the attributions [components] with the gradient averaged over the points of the path on which all
   * components fade in together (`pathIntegralProgram`). At least one direction, point and latent, and only where
   * `differentiable`.
   */
  integrate(
    state: HookState,
    directions: readonly ScoreDirection[],
    quadrature: Quadrature,
    between: () => Promise<void>,
  ): Promise<readonly Float32Array[]>;
  /**
   * Raw embeddings that vectors of the stream make by the model's last step alone, each as the only token: one
   * [embedding] per row of `tokens` [rows, width]. At least one.
   */
  finishTokens(tokens: Float32Array, between: () => Promise<void>): Promise<readonly Float32Array[]>;
  costs(directions: number, latents: number): Costs;
  release(): Promise<void>;
}
