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

/** What was chosen: the prompts chosen before keep their places, new ones follow in the order they are shown. */
export function chosenOrder(before: readonly string[], shown: readonly string[]): string[] {
  const chosen = new Set(shown);
  return [...before.filter((prompt) => chosen.delete(prompt)), ...chosen];
}

/** The lines of a text, without blank ones and repeats. */
export function promptLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  return [...new Set(lines)].filter((line) => line !== '');
}

/**
 * A one-line input joins what is pasted into it. When the input went from `before` to `after` by inserting the
 * whole of a clipboard that has several lines, these lines; otherwise null.
 */
export function pastedLines(before: string, after: string, clipboard: string): string[] | null {
  const lines = promptLines(clipboard);
  if (lines.length < 2) return null;
  const pasted = withoutSpace(clipboard);
  return insertedTexts(before, after).some((text) => withoutSpace(text) === pasted) ? lines : null;
}

/** Whether so much text was inserted at once that it may have been pasted. */
export function mayBePasted(before: string, after: string): boolean {
  return after.length - before.length > 2 && insertedTexts(before, after).length > 0;
}

/** Every text whose insertion in one place makes `after` of `before`: repeated letters allow several. */
function insertedTexts(before: string, after: string): string[] {
  const length = after.length - before.length;
  const places = Array.from({ length: before.length + 1 }, (_, start) => start);
  return places
    .filter((start) => after.startsWith(before.slice(0, start)) && after.endsWith(before.slice(start)))
    .map((start) => after.slice(start, start + length));
}

/** An input may drop line breaks or turn them into spaces. */
function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '');
}
