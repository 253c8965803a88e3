import * as z from 'zod';
import { Component } from './component';
import { Direction } from './direction';
import { ImageSource, Rectangle } from './image';
import { StudyInfo, StudyRequest } from './study';
import { finiteFloats, ints } from './typedArrays';

/**
 * What is drawn over a picture, one number per patch.
 *
 * - `activation`: z of the component on each patch. Of dictionaries on patch tokens.
 * - `attribution`: its part of the component's attribution, z·∂y/∂z on each patch. Of dictionaries on patch tokens.
 * - `evidence`: what in the picture made the component fire, compared with a flat picture, all of whose patches are its
 *   mean patch: integrated gradients of its activation with respect to the patches' embeddings.
 * - `score`: the same of the score itself.
 */
export const MapKind = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('activation'), component: Component }),
  z.strictObject({ kind: z.literal('attribution'), component: Component, direction: Direction }),
  z.strictObject({ kind: z.literal('evidence'), component: Component }),
  z.strictObject({ kind: z.literal('score'), direction: Direction }),
]);
export type MapKind = z.infer<typeof MapKind>;

export const MapRequest = z.strictObject({ study: StudyRequest, image: ImageSource, map: MapKind });
export type MapRequest = z.infer<typeof MapRequest>;

export const PatchMap = z.strictObject({
  study: StudyInfo,
  rows: z.int(),
  columns: z.int(),
  /** The part of the original that the patches tile. */
  crop: Rectangle,
  /** Row by row, [rows·columns]. */
  values: finiteFloats,
  /**
   * What of the whole lies in no patch: on the CLS token, or, of evidence and score, what the flat picture gives. The
   * whole is this and the sum of the values. Null where nothing can.
   */
  elsewhere: z.number().nullable(),
  notes: z.array(z.string()),
});
export type PatchMap = z.infer<typeof PatchMap>;

/** The components that live at a patch: their values in the maps, at that patch. */
export const PatchRequest = z.strictObject({
  study: StudyRequest,
  image: ImageSource,
  direction: Direction,
  /** Row by row, from 0. */
  patch: z.int().nonnegative(),
});
export type PatchRequest = z.infer<typeof PatchRequest>;

export const PatchComponents = z.strictObject({
  study: StudyInfo,
  /** What `values` are: activations on the patch, or, where the dictionary reads no patches, evidence. */
  by: z.enum(['activation', 'evidence']),
  /** Those with a value other than 0, largest magnitude first. */
  components: ints,
  values: finiteFloats,
  /** The patch's part of each one's attribution; null where `by` is evidence. */
  attributions: finiteFloats.nullable(),
  notes: z.array(z.string()),
});
export type PatchComponents = z.infer<typeof PatchComponents>;
