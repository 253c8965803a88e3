import { type ErrorInfo, toErrorInfo } from '../../shared/errors';

export type Answer<Value> =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'answer'; readonly value: Value }
  | { readonly kind: 'failure'; readonly error: ErrorInfo };

export type Ask<Value> = (signal: AbortSignal) => Promise<Value>;

const none = { kind: 'none' } as const;
const waiting = { kind: 'waiting' } as const;

/**
 * One question at a time, the latest. It is asked when the wish has rested for a moment, cancelled when another comes,
 * and the last answers are kept by their keys: a key must name everything that its answer depends on.
 */
export class Asking<Value> {
  private answer: Answer<Value> = none;
  private key: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private controller = new AbortController();
  private readonly known = new Map<string, Value>();

  /** `patience` in milliseconds. */
  constructor(
    private readonly onChange: () => void,
    private readonly patience = 120,
    private readonly kept = 24,
  ) {}

  get now(): Answer<Value> {
    return this.answer;
  }

  /**
   * Wants the answer to `key`. The same key again changes nothing; where it is not known and cannot be asked for now,
   * nothing is wanted.
   */
  want(key: string, askable: boolean, ask: Ask<Value>): void {
    if (key === this.key && (askable || this.answer.kind !== 'waiting')) return;
    const known = this.known.get(key);
    this.cancel();
    if (known !== undefined) {
      this.key = key;
      this.become({ kind: 'answer', value: known });
    } else if (askable) {
      this.key = key;
      this.become(waiting);
      this.timer = setTimeout(() => void this.run(key, ask), this.patience);
    }
  }

  /** What failed is asked for again at the next `want`. */
  retry(): void {
    if (this.answer.kind === 'failure') this.cancel();
  }

  /** Wants nothing any more, and keeps no answer. */
  forget(): void {
    this.cancel();
    this.known.clear();
  }

  /** Wants nothing any more. */
  cancel(): void {
    clearTimeout(this.timer);
    this.controller.abort();
    this.key = null;
    this.become(none);
  }

  private async run(key: string, ask: Ask<Value>): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    try {
      const value = await ask(controller.signal);
      if (controller.signal.aborted) return;
      this.keep(key, value);
      this.become({ kind: 'answer', value });
    } catch (thrown) {
      if (!controller.signal.aborted) this.become({ kind: 'failure', error: toErrorInfo(thrown) });
    }
  }

  private keep(key: string, value: Value): void {
    this.known.set(key, value);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= this.kept) return;
      this.known.delete(oldest);
    }
  }

  private become(answer: Answer<Value>): void {
    if (answer === this.answer) return;
    this.answer = answer;
    this.onChange();
  }
}
