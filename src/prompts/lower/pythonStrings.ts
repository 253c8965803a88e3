import type { Literal } from '../../shared/foundPrompts';
import type { SyntaxNode } from '../grammars';
import type { Expression, Text } from '../syntax';
import { type Spoken, spoken } from './spoken';
import { namedCharacter } from './unicodeNames';

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A literal, or several that stand side by side; null for bytes, and where a character is named that is not known. */
export function pythonText(
  strings: readonly SyntaxNode[],
  source: string,
  expression: (node: SyntaxNode) => Expression,
): Text | null {
  const content = spoken(source);
  const places: { readonly start: number; readonly end: number; readonly literal: Literal | null }[] = [];
  for (const string of strings) {
    const place = readString(string, source, content, expression);
    if (place === null) return null;
    places.push(place);
  }
  const [first, ...others] = places;
  if (first === undefined) return null;
  const { end } = others.at(-1) ?? first;
  return content.text(first.start, end, others.length === 0 ? first.literal : null);
}

const opening = /^([A-Za-z]*)("""|'''|"|')/;
/** Of two letters and three quotes. */
const longestOpening = 5;

function readString(
  { start, end, children }: SyntaxNode,
  source: string,
  content: Spoken,
  expression: (node: SyntaxNode) => Expression,
): { start: number; end: number; literal: Literal | null } | null {
  const said = opening.exec(source.slice(start, Math.min(start + longestOpening, end)));
  if (said === null) return null;
  const [{ length }, prefix = '', quote = ''] = said;
  const letters = prefix.toLowerCase();
  if (letters.includes('b')) return null;
  const from = start + length;
  const closing = end - quote.length;
  const isClosed = closing >= from && source.startsWith(quote, closing) && !isEscaped(source, from, closing);
  const to = isClosed ? closing : end;
  const raw = letters.includes('r');
  const interpolated = letters.includes('f') || letters.includes('t');
  let at = from;
  for (const child of children) {
    if (child.type !== 'interpolation') continue;
    if (!readFragment(content, source, at, child.start, raw, interpolated)) return null;
    const slot = { source: source.slice(child.start, child.end), value: interpolationOf(child, expression) };
    content.slot(slot, child.start, child.end);
    at = child.end;
  }
  if (!readFragment(content, source, at, to, raw, interpolated)) return null;
  const literal: Literal = { syntax: 'python', quote, raw, interpolated, embedded: false };
  return { start: from, end: to, literal: isClosed ? literal : null };
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(source: string, from: number, at: number): boolean {
  let first = at;
  while (first > from && source[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

/** A value that is formatted is another one. */
function interpolationOf(
  { start, end, children }: SyntaxNode,
  expression: (node: SyntaxNode) => Expression,
): Expression {
  const values = children.filter(({ field }) => field === 'expression').map(expression);
  const [value] = values;
  const isPlain = children.every(
    ({ named, type, field }) => field === 'expression' || (!named && type !== '=') || type === 'comment',
  );
  return isPlain && value !== undefined && values.length === 1
    ? value
    : { kind: 'other', start, end, inner: values, isInteger: false };
}

/** What stands between interpolations. False where a character is named that is not known. */
function readFragment(
  content: Spoken,
  source: string,
  start: number,
  end: number,
  raw: boolean,
  interpolated: boolean,
): boolean {
  const special =
    /\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}\r\n]*\}|[\s\S])|\r\n?|\{\{|\}\}/g;
  const fragment = source.slice(start, end);
  let from = start;
  for (let match = special.exec(fragment); match !== null; match = special.exec(fragment)) {
    const [written] = match;
    const index = start + match.index;
    const value = written.startsWith('\\')
      ? raw
        ? null
        : escaped(written.slice(1))
      : written.startsWith('\r')
        ? '\n'
        : interpolated
          ? written.slice(1)
          : null;
    if (value === undefined) return false;
    if (value === null) {
      // A raw backslash is itself, and so may be what comes after it.
      if (written.startsWith('\\')) special.lastIndex = match.index + 1;
      continue;
    }
    content.copy(from, index);
    content.say(value, index);
    from = index + written.length;
  }
  content.copy(from, end);
  return true;
}

/** What an escape stands for; null where it is none, undefined where it names a character that is not known. */
function escaped(after: string): string | null | undefined {
  if (/^[\r\n]/.test(after)) return '';
  const single = Object.hasOwn(escapes, after) ? escapes[after] : undefined;
  if (single !== undefined) return single;
  if (/^[0-7]/.test(after)) return String.fromCodePoint(Number.parseInt(after, 8));
  if (/^N\{/.test(after)) return namedCharacter(after.slice(2, -1)) ?? undefined;
  if (!/^[xuU].+/.test(after)) return null;
  const point = Number.parseInt(after.slice(1), 16);
  return point > 0x10ffff ? null : String.fromCodePoint(point);
}
