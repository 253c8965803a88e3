/** What `panelHostProtocol.setPrompts` takes. */
export const longestPrompt = 10_000;
export const mostPrompts = 1000;

/** The prompts in a text: its lines, trimmed, without the empty ones. */
export function promptsIn(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trim().slice(0, longestPrompt))
    .filter((line) => line !== '');
}

/** `prompts` with row `index` replaced by the prompts in `text`: an empty text removes the row. */
export function replaced(prompts: readonly string[], index: number, text: string): string[] {
  return distinct([...prompts.slice(0, index), ...promptsIn(text), ...prompts.slice(index + 1)]);
}

/** `prompts` and, after them, those in `text`. */
export function added(prompts: readonly string[], text: string): string[] {
  return replaced(prompts, prompts.length, text);
}

/** Each text once: a second row could only repeat the first one's numbers and distort the softmax. */
function distinct(prompts: readonly string[]): string[] {
  return [...new Set(prompts)].slice(0, mostPrompts);
}

export function samePrompts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
