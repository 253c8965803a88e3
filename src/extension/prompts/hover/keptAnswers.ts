import { hasCode } from '../../../shared/errors';
import { RecentlyUsed } from '../recentlyUsed';

/** Answers by what was asked: each is asked for once, as long as it is remembered. Failures are not. */
export class KeptAnswers<Value> {
  private readonly answers: RecentlyUsed<Promise<Value>>;

  /** @param most answers that are remembered */
  constructor(most: number) {
    this.answers = new RecentlyUsed(most);
  }

  /**
   * @param key the same for the same question, and for no other
   * @param signal of whoever asks: where nobody has asked before, it ends the work
   */
  async of(key: string, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const kept = this.answers.get(key);
    if (kept === undefined) return this.ask(key, signal, ask);
    try {
      return await kept;
    } catch (thrown) {
      // Whoever asked first went away; who asks now has not.
      if (!hasCode(thrown, 'cancelled') || signal.aborted) throw thrown;
      return this.of(key, signal, ask);
    }
  }

  /** It is not that of now: ask again. */
  drop(key: string): void {
    this.answers.delete(key);
  }

  private ask(
    key: string,
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    const answer = ask(signal);
    this.answers.set(key, answer);
    answer.catch(() => {
      if (this.answers.peek(key) === answer) this.answers.delete(key);
    });
    return answer;
  }
}
