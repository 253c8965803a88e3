import type { Memento } from 'vscode';
import * as z from 'zod';
import { remember } from './promptList';

const Stored = z.object({
  /** Most recently used first. */
  known: z.array(z.string()).default([]),
  /** Those of the latest use, in order. */
  last: z.array(z.string()).default([]),
});

/** The prompts used in this workspace. */
export class PromptMemory {
  private static readonly key = 'clipsight.prompts';

  constructor(private readonly storage: Memento) {}

  get known(): readonly string[] {
    return this.read().known;
  }

  get last(): readonly string[] {
    return this.read().last;
  }

  async use(prompts: readonly string[]): Promise<void> {
    const { known } = this.read();
    await this.storage.update(PromptMemory.key, { known: remember(known, prompts), last: prompts });
  }

  async forget(prompt: string): Promise<void> {
    const { known, last } = this.read();
    const others = (prompts: readonly string[]) => prompts.filter((other) => other !== prompt);
    await this.storage.update(PromptMemory.key, { known: others(known), last: others(last) });
  }

  private read(): z.output<typeof Stored> {
    const stored = Stored.safeParse(this.storage.get(PromptMemory.key) ?? {});
    return stored.success ? stored.data : { known: [], last: [] };
  }
}
