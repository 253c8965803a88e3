import type { ErrorInfo } from '../../shared/errors';

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

/** Scores of directions for some images in some study, by the direction's key. As many as fit; the longest unused go first. */
export class ScoreMemory {
  private readonly scores = new Map<string, Scored>();

  constructor(private readonly most: number) {}

  /** As `get`, without counting as a use. */
  peek(key: string): Scored | undefined {
    return this.scores.get(key);
  }

  get(key: string): Scored | undefined {
    const score = this.scores.get(key);
    if (score === undefined) return undefined;
    this.scores.delete(key);
    this.scores.set(key, score);
    return score;
  }

  set(key: string, score: Scored): void {
    this.scores.delete(key);
    this.scores.set(key, score);
    if (this.scores.size <= this.most) return;
    for (const oldest of this.scores.keys()) {
      this.scores.delete(oldest);
      return;
    }
  }
}

/** The value of each key, of the few that were used last; others are made anew. */
export class FewKept<Value> {
  private readonly values = new Map<string, Value>();

  constructor(private readonly most: number) {}

  of(key: string, make: () => Value): Value {
    const value = this.values.get(key) ?? make();
    this.values.delete(key);
    this.values.set(key, value);
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.most) break;
      this.values.delete(oldest);
    }
    return value;
  }

  forget(key: string): void {
    this.values.delete(key);
  }
}
