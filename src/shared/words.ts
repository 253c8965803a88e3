import * as z from 'zod';
import { Component } from './component';
import { ImageSource } from './image';
import { StudyInfo, StudyRequest } from './study';
import { finiteFloats } from './typedArrays';

/** Which words of a prompt made its score with an image, and which component answers to which of them. */
export const WordsRequest = z.strictObject({
  study: StudyRequest,
  image: ImageSource,
  text: z.string(),
  components: z.array(Component).max(100),
});
export type WordsRequest = z.infer<typeof WordsRequest>;

export const TextToken = z.strictObject({
  /** As the tokenizer wrote it, made readable: no marks of word ends, no byte letters. */
  text: z.string(),
  /** The word of the prompt it belongs to, from 0; null for the tokens that begin and end every text. */
  word: z.int().nullable(),
});
export type TextToken = z.infer<typeof TextToken>;

export const Words = z.strictObject({
  study: StudyInfo,
  similarity: z.number(),
  /** All that the model reads of the prompt, in order. */
  tokens: z.array(TextToken),
  /**
   * Integrated gradients of y along the straight path from the text whose words' tokens are all the token that ends
   * texts, [tokens]. They add up to y less y of this text; what belongs to no word has 0.
   */
  contributions: finiteFloats,
  /** The words of the prompt that are read, in order, as the tokenizer splits it; white space alone lies between them. */
  words: z.array(
    z.strictObject({
      /** As it stands in the prompt. */
      text: z.string(),
      /** Where in the prompt it starts, in UTF-16 code units. */
      start: z.int().nonnegative(),
      /** Σ of its tokens' contributions. */
      contribution: z.number(),
      /** y less y of the prompt without it: measured. */
      leaveOneOut: z.number(),
    }),
  ),
  /** One per component asked that is active, in the order asked: the same of its attribution instead of y. */
  components: z.array(
    z.strictObject({
      component: Component,
      attribution: z.number(),
      /** [tokens]. */
      contributions: finiteFloats,
      /** Its attribution less that to the prompt without the word: measured, [words]. */
      leaveOneOut: finiteFloats,
    }),
  ),
  notes: z.array(z.string()),
});
export type Words = z.infer<typeof Words>;
