import type { Words } from '../../shared/words';

type Word = Words['words'][number];

/** A word of the prompt as it is drawn; shares are of the largest magnitude of all of them, from −1 to 1. */
export interface WordMark {
  readonly word: number;
  readonly text: string;
  /** Measured: what the tint and the bar are. */
  readonly leaveOneOut: number;
  readonly share: number;
  readonly contribution: number;
  readonly contributionShare: number;
  /** Whether integrated gradients and leaving it out tell different stories. */
  readonly disagrees: boolean;
  /** Its tokens, where there are several. */
  readonly parts: readonly { readonly text: string; readonly contribution: number }[];
}

/** What the model reads beside the words: where a text begins and ends. */
export interface SpecialMark {
  readonly word: null;
  readonly text: string;
}

/** All that the model reads of a prompt, in order, each word once. */
export function wordMarks({ tokens, contributions, words }: Words): readonly (WordMark | SpecialMark)[] {
  const largest = Math.max(0, ...words.flatMap((w) => [Math.abs(w.contribution), Math.abs(w.leaveOneOut)]));
  const far = {
    contribution: Math.max(0, ...words.map((w) => Math.abs(w.contribution))),
    leaveOneOut: Math.max(0, ...words.map((w) => Math.abs(w.leaveOneOut))),
  };
  const share = (value: number) => (largest === 0 ? 0 : value / largest);
  const marks: (WordMark | SpecialMark)[] = [];
  const seen = new Set<number>();
  for (const { text, word } of tokens) {
    const found = word === null ? undefined : words[word];
    if (word === null || found === undefined) {
      marks.push({ word: null, text });
      continue;
    }
    if (seen.has(word)) continue;
    seen.add(word);
    const parts = tokens.flatMap((part, i) =>
      part.word === word ? [{ text: part.text, contribution: contributions[i]! }] : [],
    );
    marks.push({
      word,
      text: found.text,
      leaveOneOut: found.leaveOneOut,
      share: share(found.leaveOneOut),
      contribution: found.contribution,
      contributionShare: share(found.contribution),
      disagrees: disagrees(found, far),
      parts: parts.length > 1 ? parts : [],
    });
  }
  return marks;
}

/**
 * Of values that matter, each among its own kind: opposite signs, or one of the largest while the other is next to
 * nothing. The two are of different size by nature (from a text without any word, or of all other words), so that
 * alone is no disagreement.
 */
export function disagrees(
  { contribution, leaveOneOut }: Pick<Word, 'contribution' | 'leaveOneOut'>,
  far: Pick<Word, 'contribution' | 'leaveOneOut'>,
): boolean {
  const a = far.contribution === 0 ? 0 : contribution / far.contribution;
  const b = far.leaveOneOut === 0 ? 0 : leaveOneOut / far.leaveOneOut;
  const [less, more] = [Math.min(Math.abs(a), Math.abs(b)), Math.max(Math.abs(a), Math.abs(b))];
  return less >= 0.1 ? a * b < 0 : more >= 0.5;
}

/** What a word gives to a component's attribution, in units of the score. */
export interface Answering {
  readonly word: number;
  readonly text: string;
  /** The attribution less that to the prompt without the word: measured. */
  readonly value: number;
  /** By integrated gradients, the sum over its tokens. */
  readonly estimate: number;
}

/** Largest measured magnitude first. */
export function componentWords(
  { tokens, words }: Pick<Words, 'tokens' | 'words'>,
  { contributions, leaveOneOut }: Pick<Words['components'][number], 'contributions' | 'leaveOneOut'>,
): Answering[] {
  const estimates = words.map(() => 0);
  tokens.forEach(({ word }, token) => {
    if (word !== null && word < estimates.length) estimates[word]! += contributions[token]!;
  });
  return words
    .map(({ text }, word) => ({ word, text, value: leaveOneOut[word] ?? 0, estimate: estimates[word]! }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.word - b.word);
}

/** The few words that a component answers to: those without which its attribution is less of what it is. */
export function answersTo(words: readonly Answering[], attribution: number, most = 3): readonly Answering[] {
  const largest = Math.abs(words[0]?.value ?? 0);
  const enough = (value: number) => value !== 0 && Math.abs(value) >= 0.2 * largest;
  const along = words.filter(({ value }) => value * attribution > 0 && enough(value));
  return along.slice(0, most);
}
