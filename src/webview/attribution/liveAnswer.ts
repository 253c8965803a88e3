import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import { type Asked, isAlike, isSame } from './asked';

export interface Answered<Answer> {
  readonly asked: Asked;
  readonly answer: Answer;
}

/**
 * An answer that follows what is wanted as fast as the host can answer. One request is under way at most; when it is
 * answered the newest want is asked, and those between are never asked. An answer to an earlier change of the same
 * image, prompts and study is shown until the newest comes; of anything else it is dropped, and its request cancelled.
 */
export class LiveAnswer<Answer> {
  private wanted: Asked | null = null;
  private running: { readonly asked: Asked; readonly controller: AbortController } | null = null;
  private newest: Answered<Answer> | null = null;
  private failed: { readonly asked: Asked; readonly error: ErrorInfo } | null = null;

  constructor(
    private readonly ask: (asked: Asked, signal: AbortSignal) => Promise<Answer>,
    private readonly onChange: () => void,
  ) {}

  /** The newest answer for the image, prompts and study that are wanted. */
  get shown(): Answered<Answer> | null {
    return this.newest;
  }

  /** Whether what is shown answers what is wanted. */
  get settled(): boolean {
    return this.wanted === null || (this.newest !== null && isSame(this.newest.asked, this.wanted));
  }

  /** Why there is no answer to what is wanted. */
  get failure(): ErrorInfo | null {
    return this.failed?.error ?? null;
  }

  want(asked: Asked | null): void {
    if (asked !== null && this.wanted !== null && isSame(asked, this.wanted)) return;
    this.wanted = asked;
    this.failed = null;
    if (this.newest !== null && (asked === null || !isAlike(this.newest.asked, asked))) this.newest = null;
    if (this.running !== null && (asked === null || !isAlike(this.running.asked, asked))) {
      this.running.controller.abort();
      this.running = null;
    }
    this.next();
  }

  /** Asks again for what failed. */
  retry(): void {
    this.failed = null;
    this.next();
  }

  private next(): void {
    if (this.running !== null || this.wanted === null || this.settled || this.failed !== null) return;
    void this.run(this.wanted);
  }

  private async run(asked: Asked): Promise<void> {
    const running = { asked, controller: new AbortController() };
    this.running = running;
    const outcome = await this.ask(asked, running.controller.signal).then(
      (answer) => ({ answer }),
      (thrown: unknown) => ({ error: toErrorInfo(thrown) }),
    );
    // Cancelled, and something else is under way or nothing is wanted.
    if (this.running !== running) return;
    this.running = null;
    if ('answer' in outcome) this.newest = { asked, answer: outcome.answer };
    else if (this.wanted !== null && isSame(asked, this.wanted))
      this.failed = { asked, error: outcome.error };
    this.next();
    this.onChange();
  }
}
