import type { RankedComponent } from '../../shared/comparisonTable';
import type { ErrorInfo } from '../../shared/errors';
import type { RecentlyUsed } from './recentlyUsed';

/** What the engine made of a direction. */
export type Scored =
  | {
      readonly kind: 'scored';
      /** y, one per image that was scored. */
      readonly similarities: readonly number[];
      /** The one that gives most to the score; null where none gives anything, undefined where that was not asked. */
      readonly strongest: RankedComponent | null | undefined;
      readonly readings: readonly string[];
    }
  /** It cannot be scored: a text that the model's tokenizer refuses. */
  | { readonly kind: 'failed'; readonly error: ErrorInfo };

/** Scores of directions for some images in some study, by the direction's key. */
export type ScoreMemory = RecentlyUsed<Scored>;
