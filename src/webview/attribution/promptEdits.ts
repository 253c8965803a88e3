import { samePrompts } from './prompts';

/**
 * The prompt list while a person edits it. What is shown runs ahead of the host: an edit is shown at once,
 * sent when typing rests, and replaced by the host's own list when the host has answered. Every list that was
 * shown can be gone back to.
 */
export class PromptEdits {
  private known: readonly string[] = [];
  private heard = false;
  private draft: readonly string[] | null = null;
  private past: readonly (readonly string[])[] = [];
  private future: readonly (readonly string[])[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private unanswered = 0;

  constructor(
    private readonly send: (prompts: string[]) => Promise<void>,
    private readonly onChange: () => void,
    private readonly delay = 200,
  ) {}

  get prompts(): readonly string[] {
    return this.draft ?? this.known;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  edit(prompts: readonly string[]): void {
    if (samePrompts(prompts, this.prompts)) return;
    this.past = [...this.past, this.prompts];
    this.future = [];
    this.show(prompts);
  }

  undo(): void {
    const previous = this.past.at(-1);
    if (previous === undefined) return;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, this.prompts];
    this.show(previous);
  }

  redo(): void {
    const next = this.future.at(-1);
    if (next === undefined) return;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, this.prompts];
    this.show(next);
  }

  /** The host's list, as of its newest state. */
  hostShows(prompts: readonly string[]): void {
    const changed = !samePrompts(prompts, this.known);
    if (this.heard && this.draft === null && changed) {
      this.past = [...this.past, this.known];
      this.future = [];
    }
    this.heard = true;
    this.known = prompts;
    if (this.timer === null && (this.unanswered === 0 || (this.draft && samePrompts(this.draft, prompts)))) {
      this.draft = null;
    }
    this.onChange();
  }

  /** Sends what waits without waiting longer. */
  flush(): void {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    void this.deliver();
  }

  private show(prompts: readonly string[]): void {
    this.draft = prompts;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.deliver(), this.delay);
    this.onChange();
  }

  private async deliver(): Promise<void> {
    this.timer = null;
    const before = this.known;
    const answered = await this.answerTo([...this.prompts]);
    // Refused, or the host has already shown a list of its own making: ours is no longer the truth.
    const outdated = !answered || !samePrompts(this.known, before);
    if (outdated && this.timer === null && this.unanswered === 0) this.draft = null;
    this.onChange();
  }

  /** True when the host took the prompts; who is told of a refusal is `send`'s business. */
  private async answerTo(prompts: string[]): Promise<boolean> {
    this.unanswered += 1;
    try {
      await this.send(prompts);
      return true;
    } catch {
      return false;
    } finally {
      this.unanswered -= 1;
    }
  }
}
