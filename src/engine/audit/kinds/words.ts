import { type ContentWord, contentWords } from './contentWords';
import { undrawable } from './drawnWords';

/** Words to compare a subject's with. */
export function controlsOf(phrase: string, candidates: readonly string[], most: number): readonly string[] {
  const own = wordSet(phrase);
  const words = own.size;
  const fitting = candidates.filter((other) => {
    const all = wordSet(other);
    return all.size === words && [...all].every((word) => !own.has(word)) && undrawable(other).length === 0;
  });
  const distance = (other: string) => Math.abs(other.length - phrase.length);
  return [...new Set(fitting)]
    .toSorted((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1))
    .slice(0, most);
}

/** Phrases of `words` words, made of a vocabulary's single words in its order: each word is in one of them. */
export function phrasesOf(vocabulary: readonly string[], words: number): readonly string[] {
  const single = vocabulary.filter((text) => /^[\p{L}\p{M}\p{N}'’-]+$/u.test(text));
  const count = Math.floor(single.length / words);
  // Neighbours of an alphabetical list would be alike.
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: words }, (_, k) => single[i + k * count]!).join(' '),
  );
}

export function joined(content: readonly ContentWord[]): string {
  return content.map(({ word }) => word).join(' ');
}

function wordSet(phrase: string): ReadonlySet<string> {
  return new Set(contentWords(phrase, new Set()).map(({ word }) => word.toLowerCase()));
}
