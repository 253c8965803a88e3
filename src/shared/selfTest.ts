import * as z from 'zod';

const Reconstruction = z.strictObject({
  subtractsDecoderBias: z.boolean(),
  /** Whether W_enc was taken as it lies, or transposed. */
  transposed: z.boolean(),
  /** Fraction of variance unexplained, ‖x − x̂‖² / ‖x − mean‖², over all vectors. */
  fvu: z.number(),
  /** The same with x̂ at the one scale that fits best. */
  scaledFvu: z.number(),
  /** Mean cosine of x and x̂. */
  cosine: z.number(),
  /** Mean number of active latents per token. */
  l0: z.number(),
  /** Share of latents that no vector activated, 0 to 1. */
  dead: z.number(),
});
export type Reconstruction = z.infer<typeof Reconstruction>;

/** How well a dictionary reconstructs what its model really computes. */
export const SelfTest = z.strictObject({
  images: z.int(),
  /** Activations that were reconstructed. */
  vectors: z.int(),
  taken: Reconstruction,
  /** The other readings of the file that were tried. */
  others: z.array(Reconstruction),
  /** `cosine` for dictionaries trained on direction only: the length of what they write means nothing. */
  judgedBy: z.enum(['fvu', 'cosine']),
  verdict: z.enum(['good', 'poor']),
  /** What was measured and what it means, in sentences. */
  notes: z.array(z.string()),
});
export type SelfTest = z.infer<typeof SelfTest>;
