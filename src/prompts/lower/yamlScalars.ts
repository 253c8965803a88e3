import type { Literal } from '../../shared/foundPrompts';
import type { Text } from '../syntax';
import { hexEscape } from './escapes';
import { plainText } from './spoken';

const literal = (quote: string): Literal => ({
  syntax: 'yaml',
  quote,
  raw: quote !== '"',
  interpolated: false,
  embedded: false,
});

/** What the parser read between two places of the text, with its quotes or block indicator, and the place of each unit. */
export function yamlScalar(
  text: string,
  start: number,
  end: number,
  value: string,
  type: string | undefined,
): Text {
  switch (type) {
    case 'QUOTE_SINGLE':
    case 'QUOTE_DOUBLE': {
      const quote = text[start] ?? '"';
      const isClosed = end - start >= 2 && text[end - 1] === quote;
      return flow(text, start + 1, isClosed ? end - 1 : end, value, isClosed ? literal(quote) : null);
    }
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const header = text.slice(start, end).search(/[\r\n]/);
      const from = header === -1 ? end : start + header;
      const content = text.slice(from, end);
      const first = from + (content.length - content.trimStart().length);
      const last = Math.max(first, from + content.trimEnd().length);
      return said(value, first, last, aligned(text, first, last, value), null);
    }
    default:
      return flow(text, start, end, value, literal(''));
  }
}

function flow(text: string, start: number, end: number, value: string, how: Literal | null): Text {
  if (text.slice(start, end) === value) return plainText(text, start, end, how);
  const { read, places } = unfolded(text, start, end, how?.quote ?? '"');
  const offsets = read === value ? places : aligned(text, start, end, value);
  return said(value, start, end, offsets, how);
}

function said(value: string, start: number, end: number, offsets: number[], how: Literal | null): Text {
  return {
    kind: 'text',
    start,
    end,
    pieces: value === '' ? [] : [value],
    literal: how,
    offsets: Int32Array.from([...offsets, end]),
  };
}

/** Line breaks folded, escapes resolved (YAML 1.2, section 7.3). */
function unfolded(
  text: string,
  start: number,
  end: number,
  quote: string,
): { readonly read: string; readonly places: number[] } {
  const units: { readonly value: string; readonly at: number; readonly isBlank: boolean }[] = [];
  const add = (value: string, at: number, isBlank = false) => {
    for (const unit of value.split('')) units.push({ value: unit, at, isBlank });
  };
  let at = start;
  while (at < end) {
    const character = text[at]!;
    if (character === '\\' && quote === '"') {
      const lineBreak = /^\r?\n[ \t]*/.exec(text.slice(at + 1, end));
      const { value, length } =
        lineBreak === null ? escapeAt(text, at, end) : { value: '', length: 1 + lineBreak[0].length };
      add(value ?? character, at);
      at += length;
    } else if (character === "'" && quote === "'" && text[at + 1] === "'") {
      add("'", at);
      at += 2;
    } else if (character === '\n' || (character === '\r' && text[at + 1] === '\n')) {
      while (units.at(-1)?.isBlank) units.pop();
      const [gap] = /^(?:\r?\n[ \t]*)+/.exec(text.slice(at, end))!;
      const breaks = gap.split('\n').length - 1;
      add(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), at);
      at += gap.length;
    } else {
      add(character, at, character === ' ' || character === '\t');
      at += 1;
    }
  }
  return { read: units.map(({ value }) => value).join(''), places: units.map((unit) => unit.at) };
}

const escapes: Readonly<Record<string, string>> = {
  0: '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1B',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xA0',
  L: '\u2028',
  P: '\u2029',
};

const digits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function escapeAt(text: string, at: number, end: number) {
  const letter = text[at + 1] ?? '';
  const count = digits[letter];
  if (count !== undefined) return hexEscape(text, at, count, end);
  const value = escapes[letter] ?? null;
  return { value, length: value === null ? 1 : 2 };
}

/**
 * The place of each unit of a text of which only white space is other than in the source: what is not white stands in
 * both in the same order.
 */
function aligned(text: string, start: number, end: number, value: string): number[] {
  const places: number[] = [];
  let at = start;
  for (const unit of value.split('')) {
    if (/\s/.test(unit)) {
      places.push(at);
      if (at < end && /\s/.test(text[at]!)) at += 1;
      continue;
    }
    const found = text.indexOf(unit, at);
    if (found === -1 || found >= end) {
      places.push(Math.min(at, end));
      continue;
    }
    places.push(found);
    at = found + 1;
  }
  return places;
}
