import type { ErrorInfo } from '../../shared/errors';
import type { RecentlyUsed } from './recentlyUsed';

/** A component of a direction, as the engine gave it. */
export interface OwnedComponent {
  readonly component: number;
  /** In units of y, mean over the images. */
  readonly attribution: number;
  /** Of Σ|A|, 0 to 1. */
  readonly share: number;
}

/** What the engine made of a direction. */
export type Scored =
  | {
      readonly kind: 'scored';
      /** y, one per image that was scored. */
      readonly similarities: readonly number[];
      /** The one that matters most; null where none does, undefined where that was not asked. */
      readonly strongest: OwnedComponent | null | undefined;
      readonly readings: readonly string[];
    }
  /** It cannot be scored: a text that the model's tokenizer refuses. */
  | { readonly kind: 'failed'; readonly error: ErrorInfo };

/** Scores of directions for some images in some study, by the direction's key. */
export type ScoreMemory = RecentlyUsed<Scored>;
