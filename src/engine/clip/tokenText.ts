/** How a tokenizer writes its tokens. */
export interface TokenMarks {
  /** Behind the last token of a word (CLIP: `</w>`). */
  readonly endOfWord: string | null;
  /** Before the tokens that go on with a word (BERT: `##`). */
  readonly continuing: string | null;
  /** Whether it writes each byte of UTF-8 as a letter (GPT-2's alphabet). */
  readonly byteLevel: boolean;
}

/** SentencePiece's space. */
const spaceMark = '▁';

/**
 * A token for people: without marks, bytes as the characters that they are. Bytes that are no whole character are
 * written as SentencePiece writes them, `<0xE7>`.
 */
export function readableToken(token: string, { endOfWord, continuing, byteLevel }: TokenMarks): string {
  const ended = endOfWord !== null && token.endsWith(endOfWord) ? token.slice(0, -endOfWord.length) : token;
  const begun = continuing !== null && ended.startsWith(continuing) ? ended.slice(continuing.length) : ended;
  const spelled = byteLevel ? charactersOf(begun) : begun.replaceAll(spaceMark, ' ');
  const trimmed = spelled.trim();
  // A token of nothing but white space, or of nothing but a mark, still is one to be seen.
  return trimmed === '' ? spaceMark : trimmed;
}

const letterBytes = byteAlphabet();

/** The byte of each letter: printable ones of Latin-1 stand for themselves, the others follow from U+0100 on. */
function byteAlphabet(): ReadonlyMap<string, number> {
  const printable = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  let next = 0x100;
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(printable(byte) ? byte : next++), byte]),
  );
}

function charactersOf(letters: string): string {
  const bytes = Array.from(letters, (letter) => letterBytes.get(letter));
  if (!bytes.every((byte) => byte !== undefined)) return letters;
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const character = characterAt(Uint8Array.from(bytes.slice(i, i + 4)));
    text += character?.text ?? `<0x${bytes[i]!.toString(16).toUpperCase().padStart(2, '0')}>`;
    i += character?.length ?? 1;
  }
  return text;
}

/** The character that bytes begin with, or none. */
function characterAt(bytes: Uint8Array): { readonly text: string; readonly length: number } | null {
  const lead = bytes[0]!;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes.length < length) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
    return { text, length };
  } catch {
    return null;
  }
}
