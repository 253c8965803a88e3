/** Words that carry a sentence and say nothing of what is in a picture, and those that captions open with. */
const carriers = new Set(
  (
    'a an the this that these those my your his her its our their some any one ' +
    'of in on at by to from with without for and or but nor as into onto over under near beside behind between ' +
    'is are was were be been being it he she they i we you there here ' +
    'photo photos photograph photographs picture pictures image images rendering drawing sketch painting close-up'
  ).split(' '),
);

/** Where a word stands in a text. */
export interface ContentWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The words of a text that say what it is about: all but those that carry any sentence and those of its template. All of
 * them where none would be left.
 */
export function contentWords(text: string, template: ReadonlySet<string>): readonly ContentWord[] {
  const all = wordsOf(text);
  const said = all.filter(({ word }) => !carriers.has(lower(word)));
  const shared = said.filter(({ word }) => !template.has(lower(word)));
  return shared.length > 0 ? shared : said.length > 0 ? said : all;
}

/** Words, in lower case, that stand in more than half of the texts: they tell none from another. None of fewer than three texts. */
export function templateWords(texts: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of new Set(wordsOf(text).map((one) => lower(one.word)))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const shared = [...counts].filter(([, count]) => texts.length >= 3 && count > texts.length / 2);
  return new Set(shared.map(([word]) => word));
}

function wordsOf(text: string): readonly ContentWord[] {
  return Array.from(
    text.matchAll(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu),
    ({ 0: word, index }) => ({
      word,
      start: index,
      end: index + word.length,
    }),
  );
}

function lower(word: string): string {
  return word.toLowerCase();
}

/** What a text says less than all of its content words, as a text of its own. */
export interface SubPhrase {
  /** The words kept, as they stand beside each other. */
  readonly words: string;
  /** The whole text without the others. */
  readonly text: string;
}
