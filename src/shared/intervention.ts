import * as z from 'zod';
import { Component } from './component';

/** A component whose activation is multiplied by a factor on every token: 0 switches it off, 1 leaves it as it is. */
export const Scaling = z.strictObject({ component: Component, factor: z.number().min(0).max(10) });
export type Scaling = z.infer<typeof Scaling>;

/**
 * What is changed in the model: x + Σ_j (factor_j − 1)·z_j·W_dec[j] in place of the residual stream x, so that what a
 * dictionary does not explain stays. Nothing happens where a component is silent.
 */
export const Intervention = z
  .array(Scaling)
  .max(10_000)
  .refine((scalings) => new Set(scalings.map(({ component }) => component)).size === scalings.length, {
    error: 'Every component once.',
  });
export type Intervention = z.infer<typeof Intervention>;

/** An intervention that a person keeps. Its components are those of one study: other studies number others so. */
export const NamedIntervention = z.strictObject({
  name: z.string().min(1).max(200),
  /** AnalysisKey of the study. */
  key: z.string(),
  /** Ids, for people. */
  model: z.string(),
  dictionary: z.string(),
  intervention: Intervention,
});
export type NamedIntervention = z.infer<typeof NamedIntervention>;
