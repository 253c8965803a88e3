/** Characters that change how others are read, or that are none: of C0 and C1, of bidirectional text, and non-characters. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]|\p{Surrogate}/gu;

/** Begins and ends text whose direction is its own: right-to-left prompts leave the numbers beside them alone. */
const [isolate, endOfIsolate] = ['\u2068', '\u2069'];

/**
 * A text of a file on one line, where nothing is invisible: a control character, or one that would turn the text
 * around it, is shown by its code, because the text encoder reads it.
 */
export function shownText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(unseen, (character) => `⟨U+${code(character)}⟩`);
}

/** At most `most` characters, as people count them. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Of a long text the rest is not looked at: what people count as one is rarely so long.
  const all: string[] = [];
  for (const { segment } of segmenter.segment(text.slice(0, most * 16))) {
    if (all.push(segment) > most) break;
  }
  if (all.length <= most && text.length <= most * 16) return text;
  const cut = all.slice(0, most - 1).join('');
  return `${cut.trimEnd()}…`;
}

export function isolated(text: string): string {
  return `${isolate}${text}${endOfIsolate}`;
}

/** Whether the first letter is of a script that is written from right to left. */
export function isRightToLeft(text: string): boolean {
  const letter = /\p{L}/u.exec(text)?.[0];
  return (
    letter !== undefined && /[\p{scx=Arab}\p{scx=Hebr}\p{scx=Syrc}\p{scx=Thaa}\p{scx=Nkoo}]/u.test(letter)
  );
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

function code(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
}
