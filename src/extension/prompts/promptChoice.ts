import { promptLines } from './promptList';

/** What is checked in the prompt picker, and what is typed into it. */
export interface PromptChoice {
  readonly checked: ReadonlySet<string>;
  /** Prompts that the person brought along: pasted, or typed and set aside. In no other list. */
  readonly added: readonly string[];
  /** The text in the input. */
  readonly input: string;
  /** All that was checked at some time up to the last change of the input. */
  readonly known: ReadonlySet<string>;
}

export function openChoice(checked: Iterable<string>): PromptChoice {
  const prompts = new Set(checked);
  return { checked: prompts, added: [], input: '', known: prompts };
}

/** The prompt in the input; null if there is none. */
export function typedPrompt({ input }: PromptChoice): string | null {
  return input.trim() || null;
}

export function type(choice: PromptChoice, input: string): PromptChoice {
  return { ...choice, input, known: new Set([...choice.known, ...choice.checked]) };
}

/** Takes prompts that are in no list yet, and empties the input. */
export function add(choice: PromptChoice, prompts: readonly string[]): PromptChoice {
  const added = [...new Set([...choice.added, ...prompts])];
  return type({ ...choice, added, checked: new Set([...choice.checked, ...prompts]) }, '');
}

/**
 * The check marks are now these. The editor reports its lists' too, and while it changes a list it may report for a
 * moment that nothing is checked: so only the last report counts, and nothing is concluded from the way there.
 */
export function check(choice: PromptChoice, checked: ReadonlySet<string>): PromptChoice {
  const known = typedPrompt(choice) === null ? new Set([...choice.known, ...checked]) : choice.known;
  return { ...choice, checked, known };
}

/**
 * Whether the text in the input is a prompt to be taken. Whoever types and then checks another prompt has typed to
 * find that one.
 */
export function takesInput(choice: PromptChoice): boolean {
  const typed = typedPrompt(choice);
  return (
    typed !== null && [...choice.checked].every((prompt) => choice.known.has(prompt) || prompt === typed)
  );
}

export function forget(choice: PromptChoice, prompt: string): PromptChoice {
  return {
    ...choice,
    checked: new Set([...choice.checked].filter((other) => other !== prompt)),
    added: choice.added.filter((other) => other !== prompt),
  };
}

/**
 * All that is chosen: the prompts of `before` keep their places, those newly checked follow in the order
 * `shown`, and the typed one comes last.
 */
export function chosen(
  choice: PromptChoice,
  before: readonly string[],
  shown: readonly string[],
): readonly string[] {
  const typed = typedPrompt(choice);
  const checked = [...before, ...shown].filter((prompt) => choice.checked.has(prompt));
  return [...new Set(typed !== null && takesInput(choice) ? [...checked, typed] : checked)];
}

/**
 * A one-line input joins what is pasted into it. When it went from `before` to `after` by inserting the whole of
 * a clipboard that has several lines, these lines; otherwise null.
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
