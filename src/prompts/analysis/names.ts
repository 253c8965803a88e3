import type { PromptKind } from '../../shared/foundPrompts';

const kinds: ReadonlyMap<string, PromptKind> = new Map(
  (
    [
      ['prompt', ['prompt', 'prompts', 'caption', 'captions']],
      ['class', ['label', 'labels', 'class', 'classes', 'classname', 'classnames']],
      ['template', ['template', 'templates']],
    ] as const
  ).flatMap(([kind, words]) => words.map((word) => [word, kind] as const)),
);

/** Words that say of what sort the thing is that holds the texts, not what they are. */
const holders = new Set('list lists name names text texts set array all dict map'.split(' '));

/** Names with one of these are of other prompts, labels and classes than a text encoder's. */
const strangers = new Set(
  'system user assistant chat llm css html sql jinja http negative exclude ignore'.split(' '),
);

/** The words of a name, in lower case: `imagenetClass_names2` has imagenet, class, names. */
export function wordsOf(name: string): readonly string[] {
  const words = name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}|[\p{Lt}\p{Lm}\p{Lo}]+/gu) ?? [];
  return words.map((word) => word.toLowerCase());
}

/** Whether a name says that it is not meant, whatever else it says. */
export function isStranger(name: string): boolean {
  return wordsOf(name).some((word) => strangers.has(word));
}

/** What the texts are that such a name is given to; null where it does not say. */
export function kindOfName(name: string): PromptKind | null {
  if (isStranger(name)) return null;
  if (/label[_-]?2[_-]?id|id[_-]?2[_-]?label/i.test(name)) return 'class';
  const last = wordsOf(name).findLast((word) => !holders.has(word) && [...word].length > 1);
  return (last !== undefined && kinds.get(last)) || null;
}

/** The same of a heading, where it is a name: a sentence that ends so is about something else. */
export function kindOfHeading(heading: string): PromptKind | null {
  const words = heading.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  return words.length > 3 ? null : kindOfName(heading);
}

/** The same of a table's column, where `text` is the prompt. */
export function kindOfColumn(name: string): PromptKind | null {
  const kind = kindOfName(name);
  return kind === null && !isStranger(name) && /^texts?$/.test(wordsOf(name).at(-1) ?? '') ? 'prompt' : kind;
}

/** Whether a name matches one of the patterns, in which `*` stands for anything and letter case counts for nothing. */
export function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .split('*')
          .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
          .join('.*')}$`,
        'is',
      ),
  );
  return (name) => expressions.some((expression) => expression.test(name));
}
