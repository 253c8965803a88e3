/** The prompts that one place offers: what was used before, or a file. */
export interface PromptSource {
  readonly label: string;
  /** Why the source could not be read. */
  readonly problem?: string;
  /** Whether its prompts can be forgotten. */
  readonly removable: boolean;
  readonly prompts: readonly string[];
}

const remembered = 100;

/** The prompts just used go first; the oldest are forgotten. */
export function remember(known: readonly string[], used: readonly string[]): string[] {
  return [...new Set([...used, ...known])].slice(0, remembered);
}

/** Each prompt once, at the first source that has it. */
export function withoutRepeats(sources: readonly PromptSource[]): PromptSource[] {
  const seen = new Set<string>();
  return sources.map((source) => ({
    ...source,
    prompts: source.prompts.filter((prompt) => !seen.has(prompt) && seen.add(prompt)),
  }));
}

/** The lines of a text, without blank ones and repeats. */
export function promptLines(text: string): string[] {
  return distinctPrompts(text.split(/\r\n|\r|\n/));
}

/** Prompts without surrounding white space, blank ones and repeats. */
export function distinctPrompts(prompts: readonly string[]): string[] {
  return [...new Set(prompts.map((prompt) => prompt.trim()))].filter((prompt) => prompt !== '');
}
