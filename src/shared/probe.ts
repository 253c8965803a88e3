import * as z from 'zod';
import { LibraryRequest } from './library';

/** A linear classifier on image embeddings: one row per class, y = ⟨w, e⟩ + b. */
export const Probe = z.strictObject({
  name: z.string().min(1),
  /** What its rows are multiplied with: the raw embedding e, or e/‖e‖. */
  input: z.enum(['raw', 'normalised']),
  classes: z
    .array(z.strictObject({ name: z.string().min(1), weights: z.array(z.number()).min(1), bias: z.number() }))
    .min(1),
});
export type Probe = z.infer<typeof Probe>;

/** A probe from a file: safetensors, npz or JSON (docs/formats.md). */
export const ProbeFileRequest = z.strictObject({
  /** Absolute. */
  file: z.string().min(1),
});
export type ProbeFileRequest = z.infer<typeof ProbeFileRequest>;

/** What a file says, and what it does not say and was taken to be so, in sentences. */
export const ReadProbe = z.strictObject({ probe: Probe, notes: z.array(z.string()) });
export type ReadProbe = z.infer<typeof ReadProbe>;

/** A probe fitted on class folders of the library: multinomial logistic regression with an L2 penalty. */
export const FitProbeRequest = LibraryRequest.omit({ judge: true }).extend({
  name: z.string().min(1),
  /** At least two; a class may have several folders. */
  classes: z.array(z.strictObject({ name: z.string().min(1), folders: z.array(z.string()).min(1) })).min(2),
  /** Share of the images of each class that is held out. */
  heldOut: z.number().min(0.05).max(0.9),
  /** Penalties tried, inverse strength as in scikit-learn; the best on the held-out images is taken. */
  c: z.array(z.number().positive()).min(1),
  seed: z.int(),
});
export type FitProbeRequest = z.infer<typeof FitProbeRequest>;

export const FittedProbe = z.strictObject({
  probe: Probe,
  c: z.number(),
  /** Of the images it was fitted on, and of those held out. */
  images: z.strictObject({ fitted: z.int(), heldOut: z.int() }),
  accuracy: z.strictObject({ fitted: z.number(), heldOut: z.number() }),
  notes: z.array(z.string()),
});
export type FittedProbe = z.infer<typeof FittedProbe>;
