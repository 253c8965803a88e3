import type { Confidence } from '../../../shared/confidence';
import type { Direction } from '../../../shared/direction';
import type { ErrorInfo } from '../../../shared/errors';
import type { PromptKind } from '../../../shared/foundPrompts';
import type { DrawnMatch } from './matchesPicture';
import type { DrawnComponent } from './promptPicture';
import type { DrawnWord } from './wordsPicture';

/** Something that is computed: what of it is there when the hover has to be. */
export type Part<Value> =
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  /** Nobody was asked: there is no library, say. */
  | { readonly kind: 'none' };

/** All that a hover over a prompt shows. */
export interface PromptContent {
  /** As it is found in the file. */
  readonly prompt: { readonly text: string; readonly kind: PromptKind };
  readonly group: { readonly id: string; readonly prompts: number };
  /** Of the document, as a string. */
  readonly uri: string;
  /** What is scored; null where the prompt cannot be. */
  readonly direction: Direction | null;
  /** Those that are pinned, in order. */
  readonly images: readonly PinnedImage[];
  readonly score: Part<ShownScore>;
  readonly components: Part<readonly DrawnComponent[]>;
  readonly words: Part<ShownWords>;
  readonly matches: Part<ShownMatches>;
}

export interface PinnedImage {
  readonly uri: string;
  /** Relative to the workspace, for people. */
  readonly name: string;
  /** Data URI; null where there is none (yet). */
  readonly thumbnail: string | null;
}

export interface ShownScore {
  /** Mean over the images that were scored. */
  readonly similarity: number;
  /** Null where not all of the group is scored. */
  readonly confidence: number | null;
  /** What the confidence is; null while it is not known. */
  readonly confidenceKind: Confidence | null;
  /** How many of the images were scored; null while it is not known. */
  readonly scored: number | null;
  /** What a person should know of how the prompt was read, in sentences. */
  readonly readings: readonly string[];
}

export interface ShownWords {
  readonly words: readonly DrawnWord[];
  /** How many of the pinned images they are the mean over, the first ones. */
  readonly images: number;
}

export interface ShownMatches {
  readonly best: readonly DrawnMatch[];
  readonly worst: readonly DrawnMatch[];
}
