import * as z from 'zod';
import { Component } from './component';
import { Direction } from './direction';
import { ErrorInfo } from './errors';
import { ImageSource } from './image';
import { Grounds, LibraryRequest } from './library';
import { StudyInfo, StudyRequest } from './study';
import { finiteFloats, ints } from './typedArrays';

/** Directions that are compared at once, and related. */
export const mostCompared = 20_000;
export const mostRelated = 100;

/** Directions side by side, over one image or the mean of several. */
export const ComparisonRequest = z.strictObject({
  study: StudyRequest,
  images: z.array(ImageSource).min(1),
  directions: z.array(Direction).min(1).max(mostCompared),
  /** How many components of each direction are looked at; with 0 nothing is attributed, and only scores are computed. */
  most: z.int().min(0).max(1000),
});
export type ComparisonRequest = z.infer<typeof ComparisonRequest>;

export const Comparison = z.strictObject({
  study: StudyInfo,
  /** One per image asked, in order: null where it was scored, else why it was not. Rejected where none was. */
  failures: z.array(ErrorInfo.nullable()),
  /** y, [directions, images that were scored]. */
  similarities: finiteFloats,
  /** The components that are among the `most` of the largest |mean A| of some direction; the largest of all first. */
  components: ints,
  /** A, mean over the images that were scored (silent is 0), [directions, components]. */
  attributions: finiteFloats,
  /** Largest activation over tokens, mean over the images that were scored, [components]. */
  activations: finiteFloats,
  /** Σ|A| over all components, mean over the images that were scored, [directions]; what a share is a share of. 0 without attributions. */
  totals: finiteFloats,
  /** One per direction: what a person should know of how it was read (truncated, say), in sentences. */
  readings: z.array(z.array(z.string())),
});
export type Comparison = z.infer<typeof Comparison>;

/** How alike directions are. Needs no image. */
export const RelationRequest = z.strictObject({
  study: StudyRequest,
  directions: z.array(Direction).min(1).max(mostRelated),
});
export type RelationRequest = z.infer<typeof RelationRequest>;

export const Relation = z.strictObject({
  study: StudyInfo,
  /** Cosines, [directions, directions]. */
  cosines: finiteFloats,
});
export type Relation = z.infer<typeof Relation>;

/** The images of a library that match directions best and worst. */
export const MatchRequest = LibraryRequest.extend({
  directions: z.array(Direction).min(1).max(100),
  most: z.int().min(1).max(100),
});
export type MatchRequest = z.infer<typeof MatchRequest>;

export const MatchedImage = z.strictObject({
  /** A file with this picture, absolute. */
  path: z.string(),
  sha256: z.string(),
  similarity: z.number(),
});
export type MatchedImage = z.infer<typeof MatchedImage>;

export const Matches = z.strictObject({
  grounds: Grounds,
  /** One per direction: best first, and worst first. No image is in both. */
  directions: z.array(z.strictObject({ best: z.array(MatchedImage), worst: z.array(MatchedImage) })),
});
export type Matches = z.infer<typeof Matches>;

/** How well texts describe components. */
export const AlignmentRequest = LibraryRequest.extend({
  pairs: z.array(z.strictObject({ component: Component, text: z.string().min(1).max(10_000) })).max(20_000),
});
export type AlignmentRequest = z.infer<typeof AlignmentRequest>;

export const PairAlignments = z.strictObject({
  grounds: Grounds,
  /** One per pair; null where the component has too few images to say what it means. */
  pairs: z.array(
    z
      .strictObject({
        alignment: z.number(),
        /** Share of the other components with a meaning that the text describes better than this one, 0 to 1. */
        better: z.number(),
      })
      .nullable(),
  ),
});
export type PairAlignments = z.infer<typeof PairAlignments>;
