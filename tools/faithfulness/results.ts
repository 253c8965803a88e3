import * as z from 'zod';
import { ConfidenceInterval, Estimate, Method } from '../../src/shared/measurement';

export const orders = ['local', 'global'] as const;
export type Order = (typeof orders)[number];
export const curves = ['deletion', 'insertion'] as const;
export type CurveName = (typeof curves)[number];

/** A difference of areas, image by image. */
const Comparison = z.strictObject({
  mean: z.number(),
  ci: ConfidenceInterval,
  /** Of a sign-flip test, two-sided, corrected for all comparisons of the study (Holm). */
  p: z.number(),
});
export type Comparison = z.infer<typeof Comparison>;

const Curve = z.strictObject({
  auc: z.number(),
  ci: ConfidenceInterval,
  curve: z.array(z.number()),
  /** Less activation × gradient; null for itself. */
  versusReference: Comparison.nullable(),
});
export type Curve = z.infer<typeof Curve>;

const MethodResult = z.strictObject({
  method: Method,
  local: z.strictObject({ deletion: Curve, insertion: Curve }),
  global: z.strictObject({ deletion: Curve, insertion: Curve }),
  rankCorrelation: Estimate.nullable(),
});
export type MethodResult = z.infer<typeof MethodResult>;

/** Methods from best to worst by area, and whether each is told apart from the next (corrected p < 0.05). */
const Ordering = z.array(z.strictObject({ method: Method, aheadOfNext: z.boolean() }));
export type Ordering = z.infer<typeof Ordering>;

/** One way to decompose the model. */
const SubjectResult = z.strictObject({
  id: z.string(),
  layer: z.int(),
  tokens: z.string(),
  /** Components of the dictionary. */
  size: z.int(),
  /** Active components per image. */
  active: z.strictObject({ least: z.int(), mean: z.number(), most: z.int() }),
  steps: z.int(),
  images: z.int(),
  /** Mean y, and mean y with all components removed. */
  similarity: z.number(),
  without: z.number(),
  methods: z.array(MethodResult),
  ordering: z.strictObject({
    local: z.strictObject({ deletion: Ordering, insertion: Ordering }),
    global: z.strictObject({ deletion: Ordering, insertion: Ordering }),
  }),
});
export type SubjectResult = z.infer<typeof SubjectResult>;

/** y after the first k latents of an order are deleted, k = 0, 1, …: what the paper's claim is about. */
const CountResult = z.strictObject({
  id: z.string(),
  rankings: z.array(
    z.strictObject({
      /** A method, or Logit Lens over all latents of the dictionary. */
      ranking: z.enum([...Method.options, 'logit-lens-unrestricted']),
      /** Mean y at each k. */
      curve: z.array(z.number()),
      /** Area under it, k from 0 to the last as 0 to 1. */
      auc: z.number(),
      ci: ConfidenceInterval,
      /** Less activation × gradient; null for itself. */
      versusReference: Estimate.nullable(),
      /** Mean y over k = 0…5, which is what the published evaluation reports; and less activation × gradient's. */
      firstFive: Estimate,
      firstFiveVersusReference: Estimate.nullable(),
    }),
  ),
  /** Of the first k latents over all of the dictionary by Logit Lens, how many are active in the image: the mean at each k. */
  activeAmongFirst: z.array(z.number()),
});
export type CountResult = z.infer<typeof CountResult>;

export const Results = z.strictObject({
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  images: z.int(),
  classes: z.int(),
  comparisons: z.int(),
  subjects: z.array(SubjectResult),
  counts: z.array(CountResult),
});
export type Results = z.infer<typeof Results>;
