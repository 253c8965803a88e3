import * as z from 'zod';
import { Direction } from './direction';
import { ErrorInfo } from './errors';
import { ImageSource, Rectangle } from './image';
import { Intervention } from './intervention';
import { StudyInfo, StudyRequest } from './study';
import { finiteFloats, ints } from './typedArrays';

export const AttributionRequest = z.strictObject({
  study: StudyRequest,
  images: z.array(ImageSource),
  directions: z.array(Direction),
  /** The model attributed is the one with this intervention: its components off or turned up, the rest as it is. */
  intervention: Intervention.optional(),
});
export type AttributionRequest = z.infer<typeof AttributionRequest>;

/** One image against one direction. */
export const DirectionResult = z.strictObject({
  /** y = v·u: a cosine for prompts, ensembles and images, a difference of cosines for `versus`. */
  similarity: z.number(),
  /** Σ of the attributions over all components. */
  total: z.number(),
  /** A_j = z_j·∂y/∂z_j summed over tokens, in units of y; one per entry of `latents`. */
  attributions: finiteFloats,
  /** Which way the attributions were computed; both give the same number. */
  mode: z.enum(['forward', 'reverse']),
});
export type DirectionResult = z.infer<typeof DirectionResult>;

/** What one image gave. */
export const ImageAnalysis = z.strictObject({
  width: z.int(),
  height: z.int(),
  /** The part of the original that the model saw. */
  crop: Rectangle,
  /** The components active in this image, ascending. */
  latents: ints,
  /** Largest activation over tokens; one per entry of `latents`. */
  activations: finiteFloats,
  /** One per direction asked, in order. */
  directions: z.array(DirectionResult),
});
export type ImageAnalysis = z.infer<typeof ImageAnalysis>;

/** Per image its analysis or the reason there is none: one broken picture does not cost the others. */
export const ImageOutcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('analysis'), analysis: ImageAnalysis }),
  z.strictObject({ kind: z.literal('failure'), error: ErrorInfo }),
]);
export type ImageOutcome = z.infer<typeof ImageOutcome>;

export const AttributionResponse = z.strictObject({
  study: StudyInfo,
  /** One per image asked, in order. */
  images: z.array(ImageOutcome),
  /** About the directions: a prompt that was truncated, say. */
  notes: z.array(z.string()),
});
export type AttributionResponse = z.infer<typeof AttributionResponse>;
