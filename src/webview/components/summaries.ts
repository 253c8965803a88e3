import type { ComponentSummary } from '../../shared/library';

/** What the host gives at once, at most. */
const most = 200;

/**
 * What is known of components, asked for when it is first wanted: what is wanted within a moment goes in one
 * question. Forgotten all at once, when the library says something else.
 */
export class Summaries {
  private readonly known = new Map<number, ComponentSummary>();
  private readonly asked = new Set<number>();
  private wanted = new Set<number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Answers to questions of an earlier time are dropped. */
  private time = 0;

  constructor(
    private readonly ask: (components: number[]) => Promise<readonly ComponentSummary[]>,
    private readonly onChange: () => void,
    private readonly delay = 80,
  ) {}

  get(component: number): ComponentSummary | undefined {
    return this.known.get(component);
  }

  /** What was wanted before and not asked for yet is no longer wanted. */
  want(components: readonly number[]): void {
    this.wanted = new Set(components.filter((component) => !this.asked.has(component)));
    clearTimeout(this.timer);
    if (this.wanted.size > 0) this.timer = setTimeout(() => void this.send(), this.delay);
  }

  clear(): void {
    this.time++;
    this.known.clear();
    this.asked.clear();
    this.wanted.clear();
    clearTimeout(this.timer);
  }

  private async send(): Promise<void> {
    const { time } = this;
    const components = [...this.wanted];
    this.wanted.clear();
    for (const component of components) this.asked.add(component);
    const questions: number[][] = [];
    for (let at = 0; at < components.length; at += most) questions.push(components.slice(at, at + most));
    for (const question of questions) {
      // What could not be had is asked for again when it is wanted again; names are there without it.
      const answer = await this.ask(question).catch(() => null);
      if (time !== this.time) return;
      if (answer === null) for (const component of question) this.asked.delete(component);
      else for (const summary of answer) this.known.set(summary.component, summary);
      this.onChange();
    }
  }
}
