import { ClipsightError } from '../../shared/errors';

/** A word of a text: where it stands, in UTF-16 code units, and how many tokens it has; they follow those before it. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
}

/** What is to be known of a tokenizer to find the words that it splits a text into. */
export interface WordSplitter {
  /** The tokens of a text, without any frame. Throws ClipsightError `prompt`. */
  encode(text: string): readonly number[];
  /** Where a word may end in what stands from `start` to `end` without white space, both not among them, ascending. */
  ends(text: string, start: number, end: number): readonly number[];
  /** Whether a word may end between two tokens that have no white space between them. */
  splits(before: number, after: number): boolean;
}

/** Where a word ends, and how many tokens the text up to there has. */
interface Boundary {
  readonly end: number;
  readonly tokens: number;
}

/** What has no white space and is longer is one word: nobody writes such, and each place in it is tried. */
const longest = 300;

/**
 * The words of a text as its tokenizer splits it: they are all of the text but white space between them, and have all of
 * its tokens, of which `most` are read; words beyond those are left out.
 *
 * A tokenizer does not say which characters a token comes from, so that is tried: a word may end where the text up to
 * there has the tokens that the whole text begins with. What lies between two such places is one word, whatever becomes
 * of it; one that the tokenizer drops has no tokens. Throws ClipsightError `prompt`.
 */
export function wordsOf(text: string, splitter: WordSplitter, most: number): readonly Word[] {
  const whole = splitter.encode(text);
  const words: Word[] = [];
  let [from, taken] = [0, 0];
  for (const { end, tokens } of boundaries(text, whole, splitter, most)) {
    const upTo = Math.min(tokens, most);
    words.push({ start: from + text.slice(from).search(/\S/), end, tokens: upTo - taken });
    [from, taken] = [end, upTo];
    if (taken === most && whole.length > most) break;
  }
  return words;
}

/** Where words end, up to and including the one in which `most` tokens end. */
function boundaries(
  text: string,
  whole: readonly number[],
  splitter: WordSplitter,
  most: number,
): readonly Boundary[] {
  const tokensTo = (end: number): number | null => {
    const part = encodedOrNull(text.slice(0, end), splitter);
    return part?.every((id, i) => id === whole[i]) ? part.length : null;
  };
  const found: Boundary[] = [];
  const chunks = [...text.matchAll(/\S+/g)];
  for (const [n, { 0: chunk, index: start }] of chunks.entries()) {
    const before = found.at(-1)?.tokens ?? 0;
    if (before >= most && whole.length > most) return found;
    const last = start + chunk.length;
    // A token may take the space behind a word along.
    const tokens = tokensTo(last) ?? tokensTo(chunks[n + 1]?.index ?? text.length);
    if (tokens === null) continue;
    if (chunk.length <= longest && mayEndBetween(whole.slice(before, tokens), splitter)) {
      const inside = new Map<number, { readonly end: number; readonly sure: boolean }>();
      for (const end of splitter.ends(text, start, last)) {
        const upTo = tokensTo(end);
        if (upTo === null || upTo <= before || upTo >= tokens) continue;
        if (!splitter.splits(whole[upTo - 1]!, whole[upTo]!)) continue;
        // Of several places with the same tokens before them the last, for what has no token belongs to the word before
        // it; but rather one where what follows has the tokens that are left.
        const rest = encodedOrNull(text.slice(end, last), splitter);
        const sure = rest !== null && sameIds(rest, whole.slice(upTo, tokens));
        if (sure || inside.get(upTo)?.sure !== true) inside.set(upTo, { end, sure });
      }
      for (const [upTo, { end }] of inside) found.push({ end, tokens: upTo });
    }
    found.push({ end: last, tokens });
  }
  const final = chunks.at(-1);
  if (final === undefined) return [];
  const last = final.index + final[0].length;
  // All tokens are some word's, those of white space at the end too.
  const others = found.at(-1)?.end === last ? found.slice(0, -1) : found;
  return [...others, { end: last, tokens: whole.length }];
}

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);

function mayEndBetween(ids: readonly number[], { splits }: WordSplitter): boolean {
  return ids.some((id, i) => i > 0 && splits(ids[i - 1]!, id));
}

/**
 * What is read of a text without one of its words. Its neighbours keep their tokens if they can: they are joined without
 * a space only where they then are what they were. Throws ClipsightError `prompt`.
 */
export function textWithout(
  text: string,
  words: readonly Word[],
  word: number,
  splitter: Pick<WordSplitter, 'encode'>,
): string {
  const { start, end, tokens } = words[word]!;
  const [left, right] = [text.slice(0, start), text.slice(end, words.at(-1)!.end)];
  const apart = `${left.trimEnd()} ${right.trimStart()}`.trim();
  if (left.trimEnd() !== left || right.trimStart() !== right) return apart;
  const before = words.slice(0, word).reduce((sum, each) => sum + each.tokens, 0);
  const read = words.reduce((sum, each) => sum + each.tokens, 0);
  const kept = splitter.encode(text).slice(0, read).toSpliced(before, tokens);
  const joined = encodedOrNull(left + right, splitter);
  return joined !== null && kept.every((id, i) => id === joined[i]) ? left + right : apart;
}

/** Null where a part of a text is refused, which the whole need not be. */
function encodedOrNull(text: string, splitter: Pick<WordSplitter, 'encode'>): readonly number[] | null {
  try {
    return splitter.encode(text);
  } catch (thrown) {
    if (thrown instanceof ClipsightError) return null;
    throw thrown;
  }
}
