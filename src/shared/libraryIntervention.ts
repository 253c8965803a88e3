import * as z from 'zod';
import { Direction } from './direction';
import { Intervention } from './intervention';
import { Grounds, LibraryRequest } from './library';

/**
 * Zero-shot classification of a library's images with and without an intervention. The judge has no part in it: grounds
 * name none.
 */
export const LibraryInterventionRequest = LibraryRequest.extend({
  intervention: Intervention,
  /** At least two: an image is of the class whose direction it scores highest against. */
  classes: z
    .array(
      z.strictObject({
        name: z.string(),
        direction: Direction,
        /** Class folders whose images are of this class; none where none are known to be. */
        folders: z.array(z.string()),
      }),
    )
    .min(2),
  /** Images that change class to list at most, those of the largest change of score first. */
  most: z.int().min(0).max(10_000),
});
export type LibraryInterventionRequest = z.infer<typeof LibraryInterventionRequest>;

/** Share of the images put into their class, before and after. */
const accuracy = z.strictObject({ images: z.int(), before: z.number(), after: z.number() });

export const LibraryIntervention = z.strictObject({
  grounds: Grounds,
  /** Images classified, and of them those in which a changed component fires. */
  images: z.int(),
  affected: z.int(),
  /**
   * Of the images whose class is known; null where there are none. One that lies in folders of several classes counts
   * once, and is right in any of them; in the numbers of the classes it counts in each.
   */
  accuracy: accuracy.nullable(),
  /** One per class asked, in order. */
  classes: z.array(
    z.strictObject({
      /** Images put into the class, before and after. */
      predicted: z.strictObject({ before: z.int(), after: z.int() }),
      /** Of the images of the class; null where none are known. */
      accuracy: accuracy.nullable(),
      /** Mean change of the score of the images of the class against its direction; null where none are known. */
      change: z.number().nullable(),
    }),
  ),
  /** Number of images that change class. */
  changes: z.int(),
  changed: z.array(
    z.strictObject({
      sha256: z.string(),
      path: z.string(),
      /** Indices of classes. Of an image of several classes, if possible one that it was put into. */
      truth: z.int().nullable(),
      before: z.int(),
      after: z.int(),
      /** Score against the class before, without and with the intervention. */
      scores: z.tuple([z.number(), z.number()]),
    }),
  ),
  notes: z.array(z.string()),
});
export type LibraryIntervention = z.infer<typeof LibraryIntervention>;
