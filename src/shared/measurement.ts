import * as z from 'zod';
import { Direction } from './direction';
import { ErrorInfo } from './errors';
import { ImageSource } from './image';
import { Intervention } from './intervention';
import { StudyInfo, StudyRequest } from './study';
import { finiteFloats, ints } from './typedArrays';

/**
 * Ways to say how much a component matters for a score; docs/method.md has the formulas.
 *
 * - `activation-gradient`: attribution patching, z_j·∂y/∂z_j. The default everywhere.
 * - `integrated-gradients`: the mean of that gradient on the straight path from all components off to as they are.
 * - `logit-lens`: the cosine of what the component would write into the embedding, if it went there directly.
 * - `activation-logit-lens`: that times the activation.
 * - `energy`: z_j·‖W_dec[j]‖, which knows nothing of the prompt.
 * - `random`: a seeded order.
 * - `ablation`: y − y with the component removed, by running the model: what the others are held against.
 */
export const methods = [
  'activation-gradient',
  'integrated-gradients',
  'logit-lens',
  'activation-logit-lens',
  'energy',
  'random',
  'ablation',
] as const;
export const Method = z.enum(methods);
export type Method = z.infer<typeof Method>;

/** One image, measured: every method's value of every active component, for each direction. */
export const MeasurementRequest = z.strictObject({
  study: StudyRequest,
  image: ImageSource,
  directions: z.array(Direction),
  methods: z.array(Method),
  /** The model measured is the one with this intervention. */
  intervention: Intervention.optional(),
});
export type MeasurementRequest = z.infer<typeof MeasurementRequest>;

export const Measurement = z.strictObject({
  study: StudyInfo,
  /** The components active in this image, ascending. */
  components: ints,
  directions: z.array(
    z.strictObject({
      /** y. */
      similarity: z.number(),
      /** y with all components removed, from one run of the model; `integrated-gradients` add up to the difference. */
      without: z.number(),
      /** One per method asked, in order; one number per component. */
      values: z.array(finiteFloats),
    }),
  ),
  notes: z.array(z.string()),
});
export type Measurement = z.infer<typeof Measurement>;

/** Deletion and insertion: components taken out, or put back, in the order of a method's values, while y is watched. */
export const FaithfulnessRequest = z.strictObject({
  study: StudyRequest,
  images: z.array(ImageSource),
  directions: z.array(Direction),
  /** Which image is scored against which direction: indices of the above. */
  pairs: z.array(z.strictObject({ image: z.int().nonnegative(), direction: z.int().nonnegative() })).min(1),
  methods: z.array(Method).min(1),
  /** Points of a curve beside the first: step i of n has i/n of an image's active components, rounded, halves up. */
  steps: z.int().min(1).max(1000),
  /**
   * `local`: every image has an order of its own. `global`: one order for all images of a direction, by the mean of the
   * values over them.
   */
  order: z.enum(['local', 'global']),
});
export type FaithfulnessRequest = z.infer<typeof FaithfulnessRequest>;

/** 95 % interval over images; null where there are too few of them for one. */
export const ConfidenceInterval = z.tuple([z.number(), z.number()]).nullable();
export type ConfidenceInterval = z.infer<typeof ConfidenceInterval>;

export const Estimate = z.strictObject({ mean: z.number(), ci: ConfidenceInterval });
export type Estimate = z.infer<typeof Estimate>;

export const FaithfulnessCurve = z.strictObject({
  /** Area under the curve of y over the fraction of components deleted or inserted, from 0 to 1. */
  auc: z.number(),
  ci: ConfidenceInterval,
  /** Mean y at each of the `fractions`. */
  curve: z.array(z.number()),
  /** AUC less that of activation × gradient, image by image; null where either was not asked for. */
  difference: Estimate.nullable(),
});
export type FaithfulnessCurve = z.infer<typeof FaithfulnessCurve>;

export const Faithfulness = z.strictObject({
  study: StudyInfo,
  /** Pairs that were measured. */
  pairs: z.int(),
  /** Of the active components, from 0 to 1. */
  fractions: z.array(z.number()),
  /** One per method asked, in order. */
  methods: z.array(
    z.strictObject({
      method: Method,
      /** Most positive first out of the whole: the sooner y falls, the smaller the area. */
      deletion: FaithfulnessCurve,
      /** Most positive first into nothing: the sooner y rises, the larger the area. */
      insertion: FaithfulnessCurve,
      /** Spearman's, of the values with those of exact ablation; null where no image has two components. */
      rankCorrelation: Estimate.nullable(),
    }),
  ),
  failures: z.array(z.strictObject({ image: z.int(), error: ErrorInfo })),
  notes: z.array(z.string()),
});
export type Faithfulness = z.infer<typeof Faithfulness>;
