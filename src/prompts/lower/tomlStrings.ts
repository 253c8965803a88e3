import type { Text } from '../syntax';
import { decodeEscapes, type Escape, hexEscape, singleEscape } from './escapes';
import { plainText, spoken } from './spoken';

/** A basic or literal string, of one line or several, from its first quote to its last. */
export function tomlString(text: string, start: number, end: number): Text {
  const mark = text[start] ?? '"';
  const triple = mark.repeat(3);
  const isMultiLine = text.startsWith(triple, start) && end - start >= 6;
  const quote = isMultiLine ? triple : mark;
  const isClosed = end - start >= 2 * quote.length && text.endsWith(quote, end);
  const last = isClosed ? end - quote.length : end;
  // A line break right after the quotes is not part of it.
  const [skipped] = isMultiLine ? /^(?:\r?\n)?/.exec(text.slice(start + 3, start + 5))! : [''];
  const first = Math.min(start + quote.length + skipped.length, last);
  const raw = mark === "'";
  const literal = isClosed
    ? ({ syntax: 'toml', quote, raw, interpolated: false, embedded: false } as const)
    : null;
  if (raw || !text.slice(first, last).includes('\\')) return plainText(text, first, last, literal);
  const content = spoken(text);
  decodeEscapes(text, first, last, content, (at) => escapeAt(text, at, last, isMultiLine));
  return content.text(first, last, literal);
}

const digits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function escapeAt(text: string, at: number, end: number, isMultiLine: boolean): Escape {
  const character = text[at + 1] ?? '';
  const count = digits[character];
  if (count !== undefined) return hexEscape(text, at, count, end);
  if (isMultiLine) {
    const [ending] = /^[ \t]*\r?\n\s*/.exec(text.slice(at + 1, end)) ?? [null];
    if (ending !== null) return { value: '', length: 1 + ending.length };
  }
  if (character === '"' || character === '\\') return { value: character, length: 2 };
  if (character === 'e') return { value: '\x1B', length: 2 };
  const value = singleEscape(character);
  return value === undefined ? { value: null, length: 1 } : { value, length: 2 };
}
