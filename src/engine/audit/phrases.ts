/**
 * What a text says, without the words around it: “a photo of a hot dog.” says “hot dog”. And the strict sub-phrases of
 * that: the runs of its words that leave out some of them and begin and end with a content word, “hot” and “dog”.
 */
export interface Phrases {
  /** What is said; empty where there are no content words. */
  readonly whole: string;
  /** Longest first, each once, in the order of the text. */
  readonly parts: readonly Phrase[];
}

export interface Phrase {
  readonly text: string;
  /** The whole text with it in the place of what was said, as a judge is to read it: “a photo of a dog.” */
  readonly inTemplate: string;
}

/** Sub-phrases of a long text, at most: the shortest ones are the last to go. */
const MOST = 60;
/** Words of a sub-phrase, at most: of a long caption nobody reads half of it as a name. */
const LONGEST = 4;

const stopWords = new Set(
  `a an the this that these those some any each every all both no of in on at by for from to with without and or but nor
   as is are was were be been being it its his her their our your my i you he she they we there here over under into onto
   near next between behind above below beside against during through up down out off very so such not who which what
   where when while whose than then one's 's`.split(/\s+/),
);

/** What stands before the thing in templates: “a bad photo of many”, “a close-up picture of the”, “itap of my”. */
const opening =
  /^(?:(?:a|an|the|one|my|this\s+is)\s+)*(?:[\p{L}-]+\s+){0,3}?(?:photo|photograph|picture|image|drawing|sketch|painting|rendering|rendition|sculpture|close-?up|snapshot|itap|depiction|illustration)s?\s+(?:of|showing|depicting)\s+(?:(?:a|an|the|one|many|several|some|my|lots\s+of)\s+)*/iu;

/** A word: letters and digits, with apostrophes and hyphens within. */
const word = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;

export function phrasesOf(text: string): Phrases {
  const start = opening.exec(text)?.[0].length ?? 0;
  const words = [...text.matchAll(word)]
    .filter(({ index }) => index >= start)
    .map((match) => ({ from: match.index, to: match.index + match[0].length, text: match[0] }));
  const content = words.flatMap((one, i) => (stopWords.has(one.text.toLowerCase()) ? [] : [i]));
  const [first, last] = [content[0], content.at(-1)];
  if (first === undefined || last === undefined) return { whole: '', parts: [] };
  const [from, to] = [words[first]!.from, words[last]!.to];
  const whole = text.slice(from, to);
  const found = new Map<string, Phrase>();
  for (let length = Math.min(LONGEST, last - first + 1); length > 0; length--) {
    for (const begin of content) {
      const end = begin + length - 1;
      if (!content.includes(end)) continue;
      const phrase = text.slice(words[begin]!.from, words[end]!.to);
      const name = phrase.toLowerCase();
      // Across a comma or a full stop there is no phrase.
      if (name === whole.toLowerCase() || found.has(name) || /[.,;:!?()"]/.test(phrase)) continue;
      found.set(name, { text: phrase, inTemplate: placed(text, from, to, phrase) });
    }
  }
  return { whole, parts: [...found.values()].slice(-MOST) };
}

/** The article before it is made to fit. */
function placed(text: string, from: number, to: number, phrase: string): string {
  const before = text
    .slice(0, from)
    .replace(/\b(an?)(\s+)$/i, (article: string, old: string, space: string) => {
      const fitting = /^(?:[aeio]|u(?!ni|ku|ra|te)|hour|heir)/i.test(phrase) ? 'an' : 'a';
      if (old.toLowerCase() === fitting) return article;
      return (old.startsWith('A') ? `A${fitting.slice(1)}` : fitting) + space;
    });
  return before + phrase + text.slice(to);
}
