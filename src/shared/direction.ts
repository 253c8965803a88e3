import * as z from 'zod';
import { ImageSource } from './image';

/**
 * A direction in the embedding space that an image can be scored against. Everything that can be asked of a
 * prompt can be asked of any of them: the score is linear in the direction's vector.
 *
 * - `prompt`: the normalised text embedding u(text).
 * - `ensemble`: u = normalise(mean of u(text)), the usual zero-shot template average.
 * - `versus`: u(of) − mean of u(against), left unnormalised, so its score is the difference of the scores.
 * - `image`: the normalised embedding of another image.
 * - `linear`: a row of a linear probe, y = ⟨w, e⟩ + b on the raw embedding, or ⟨w, e/‖e‖⟩ + b where its input is
 *   normalised. It is not compared with others by `versus`.
 */
export type Direction =
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'ensemble'; readonly name: string; readonly texts: readonly string[] }
  | { readonly kind: 'versus'; readonly of: Direction; readonly against: readonly Direction[] }
  | { readonly kind: 'image'; readonly image: ImageSource }
  | {
      readonly kind: 'linear';
      readonly name: string;
      readonly input: 'raw' | 'normalised';
      readonly weights: readonly number[];
      readonly bias: number;
    };

export const Direction: z.ZodType<Direction, Direction> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('prompt'), text: z.string() }),
    z.strictObject({ kind: z.literal('ensemble'), name: z.string(), texts: z.array(z.string()).min(1) }),
    z.strictObject({ kind: z.literal('versus'), of: Direction, against: z.array(Direction).min(1) }),
    z.strictObject({ kind: z.literal('image'), image: ImageSource }),
    z.strictObject({
      kind: z.literal('linear'),
      name: z.string(),
      input: z.enum(['raw', 'normalised']),
      weights: z.array(z.number()).min(1),
      bias: z.number(),
    }),
  ]),
);
