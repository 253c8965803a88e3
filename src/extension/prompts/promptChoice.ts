import { promptLines } from './promptList';

/** What is checked in the prompt picker, and what is typed into it. */
export interface PromptChoice {
  /** Prompts that are checked, beside the typed one. */
  readonly checked: ReadonlySet<string>;
  /** Prompts that the person brought along: pasted, or typed and set aside. In no other list. */
  readonly added: readonly string[];
  /** The text in the input. */
  readonly input: string;
  /** Whether the text in the input is a prompt that is taken as well. */
  readonly takesInput: boolean;
}

export function openChoice(checked: Iterable<string>): PromptChoice {
  return { checked: new Set(checked), added: [], input: '', takesInput: false };
}

/** The prompt in the input; null if there is none. */
export function typedPrompt({ input }: PromptChoice): string | null {
  return input.trim() || null;
}

export function type(choice: PromptChoice, input: string): PromptChoice {
  return { ...choice, input, takesInput: input.trim() !== '' };
}

/** Takes prompts that are in no list yet, and leaves `input` in the input. */
export function add(choice: PromptChoice, prompts: readonly string[], input: string): PromptChoice {
  const added = [...new Set([...choice.added, ...prompts])];
  return type({ ...choice, added, checked: new Set([...choice.checked, ...prompts]) }, input);
}

/**
 * The person changed the check marks to `now`. Whoever types and then checks another prompt has typed to find
 * that one: the typed text is then no prompt of its own.
 */
export function check(choice: PromptChoice, now: ReadonlySet<string>): PromptChoice {
  const typed = typedPrompt(choice);
  if (typed === null) return { ...choice, checked: now };
  const others = [...now].filter((prompt) => prompt !== typed);
  const foundAnother = others.some((prompt) => !choice.checked.has(prompt));
  const keepsTyped = now.has(typed) && choice.checked.has(typed);
  return {
    ...choice,
    checked: new Set(keepsTyped ? [...others, typed] : others),
    takesInput: now.has(typed) && !(foundAnother && choice.takesInput),
  };
}

export function forget(choice: PromptChoice, prompt: string): PromptChoice {
  return {
    ...choice,
    checked: new Set([...choice.checked].filter((other) => other !== prompt)),
    added: choice.added.filter((other) => other !== prompt),
  };
}

export function isChecked(choice: PromptChoice, prompt: string): boolean {
  return choice.checked.has(prompt) || (choice.takesInput && prompt === typedPrompt(choice));
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
  return [...new Set(typed !== null && choice.takesInput ? [...checked, typed] : checked)];
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
