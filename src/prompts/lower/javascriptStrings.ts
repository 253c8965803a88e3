import type { Literal } from '../../shared/foundPrompts';
import type { SyntaxNode } from '../grammars';
import type { Expression, Text } from '../syntax';
import { decodeEscapes, type Escape, hexEscape, singleEscape } from './escapes';
import { plainText, type Spoken, spoken } from './spoken';

const literal = (quote: string, isTemplate: boolean, raw = false): Literal => ({
  syntax: 'javascript',
  quote,
  raw,
  interpolated: isTemplate,
  embedded: false,
});

/** A name that stands for itself: a property's. */
export function identifierText({ start, end }: SyntaxNode, text: string): Text {
  return plainText(text, start, end, literal('', false));
}

/** `'…'` or `"…"`. */
export function stringText({ start, end }: SyntaxNode, text: string): Text {
  const quote = text[start] ?? '"';
  const isClosed = end - start >= 2 && text[end - 1] === quote;
  const [from, to] = [start + 1, isClosed ? end - 1 : end];
  const how = isClosed ? literal(quote, false) : null;
  if (!text.slice(from, to).includes('\\')) return plainText(text, from, to, how);
  const content = spoken(text);
  decodeEscapes(text, from, to, content, (at) => escapeAt(text, at, to));
  return content.text(from, to, how);
}

/** `` `…${value}…` ``, with what its interpolations are read as. */
export function templateText(
  { start, end, children }: SyntaxNode,
  text: string,
  raw: boolean,
  expression: (node: SyntaxNode) => Expression,
): Text {
  const isClosed = end - start >= 2 && text[end - 1] === '`';
  const [from, to] = [start + 1, isClosed ? end - 1 : end];
  const content = spoken(text);
  let at = from;
  for (const child of children) {
    if (child.type !== 'template_substitution' || child.end > to) continue;
    fragment(content, text, at, child.start, raw);
    const inner = child.children.find(({ named, type }) => named && type !== 'comment');
    const { start: begin, end: close } = child;
    content.slot(
      {
        source: text.slice(begin, close),
        value:
          inner === undefined
            ? { kind: 'other', start: begin, end: close, inner: [], isInteger: false }
            : expression(inner),
      },
      begin,
      close,
    );
    at = close;
  }
  fragment(content, text, at, to, raw);
  return content.text(from, to, isClosed ? literal('`', true, raw) : null);
}

/** A line break says `\n` in a template literal, however the file writes it. */
function fragment(into: Spoken, text: string, start: number, end: number, raw: boolean): void {
  const lines: Spoken = {
    ...into,
    copy(from, to) {
      let at = from;
      for (const { index } of text.slice(from, to).matchAll(/\r\n?/g)) {
        into.copy(at, from + index);
        into.say('\n', from + index);
        at = from + index + (text[from + index + 1] === '\n' ? 2 : 1);
      }
      into.copy(at, to);
    },
  };
  if (raw) lines.copy(start, end);
  else decodeEscapes(text, start, end, lines, (at) => escapeAt(text, at, end));
}

function escapeAt(text: string, at: number, end: number): Escape {
  const character = text[at + 1] ?? '';
  const lineBreak = /^(?:\r\n|[\r\n\u2028\u2029])/.exec(text.slice(at + 1, at + 3));
  if (lineBreak !== null) return { value: '', length: 1 + lineBreak[0].length };
  switch (character) {
    case 'x':
      return hexEscape(text, at, 2, end);
    case 'u': {
      const braces = /^\{([0-9a-fA-F]{1,8})\}/.exec(text.slice(at + 2, Math.min(at + 12, end)));
      if (braces === null) return hexEscape(text, at, 4, end);
      const point = Number.parseInt(braces[1]!, 16);
      return point > 0x10ffff
        ? { value: null, length: 1 }
        : { value: String.fromCodePoint(point), length: 2 + braces[0].length };
    }
    case 'v':
      return { value: '\v', length: 2 };
    case '':
      return { value: null, length: 1 };
    default: {
      const octal = /^[0-3][0-7]{0,2}|^[4-7][0-7]?/.exec(text.slice(at + 1, Math.min(at + 4, end)));
      if (octal !== null) {
        return {
          value: String.fromCharCode(Number.parseInt(octal[0], 8)),
          length: 1 + octal[0].length,
        };
      }
      return { value: singleEscape(character) ?? character, length: 2 };
    }
  }
}

const lineBreaks = new Set([
  '\\n',
  '\\n+',
  '\\r?\\n',
  '(?:\\r?\\n)+',
  '[\\r\\n]+',
  '\\r\\n|\\n',
  '\\r\\n|\\r|\\n',
  '\\r\\n|\\n|\\r',
]);

/** Whether a regular expression matches the ends of lines. */
export function meansLineBreaks(regex: SyntaxNode, text: string): boolean {
  return lineBreaks.has(patternOf(regex, text));
}

/** The separators that a list in a string has, as a regular expression says them: white space around them is none. */
const separators: Readonly<Record<string, string>> = {
  ',': ',',
  ',\\s*': ',',
  '\\s*,\\s*': ',',
  ';': ';',
  ';\\s*': ';',
  '\\|': '|',
};

/** A regular expression that stands for one separator, as that separator; null for any other. */
export function separatorText(regex: SyntaxNode, text: string): Text | null {
  const pattern = patternOf(regex, text);
  if (!Object.hasOwn(separators, pattern)) return null;
  const { start, end } = regex;
  return { kind: 'text', start, end, pieces: [separators[pattern]!], literal: null, offsets: null };
}

function patternOf({ start, end }: SyntaxNode, text: string): string {
  return /^\/(.*)\/[a-z]*$/s.exec(text.slice(start, end))?.[1] ?? '';
}
