import type { Literal, PromptSource } from '../../shared/foundPrompts';
import type { Expression, Program, Statement, Text } from '../syntax';
import { plainText, spoken } from './spoken';

const literal = (quote: string): Literal => ({
  syntax: 'csv',
  quote,
  raw: true,
  interpolated: false,
  embedded: false,
});

/** A table with a header (RFC 4180; the delimiter is the one that the header has): each column, by its name. */
export function lowerCsv({ text }: PromptSource): Program {
  const [header, ...rows] = records(text, delimiterOf(text));
  if (header === undefined) return { statements: [], comments: [] };
  const columns: Expression[][] = header.map(() => []);
  for (const row of rows) {
    row.forEach((cell, c) => {
      if (cell.end > cell.start) columns[c]?.push(cell);
    });
  }
  const statements = header.map((name, c): Statement => {
    const items = columns[c]!;
    const place = { start: items[0]?.start ?? name.end, end: items.at(-1)?.end ?? name.end };
    return {
      kind: 'document',
      ...place,
      form: 'column',
      name: name.pieces.join('').trim(),
      value: { kind: 'collection', ...place, items },
    };
  });
  return { statements, comments: [] };
}

const delimiters = [',', '\t', ';'] as const;

/** The one that separates most cells of the header. */
function delimiterOf(text: string): string {
  const counts = delimiters.map((delimiter) => records(text, delimiter).next().value?.length ?? 0);
  return delimiters[counts.indexOf(Math.max(...counts))]!;
}

/** Lines that are blank are none. */
function* records(text: string, delimiter: string): Generator<readonly Text[], undefined> {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const cells: Text[] = [];
    const first = at;
    for (;;) {
      const { cell, next } = cellAt(text, at, delimiter);
      cells.push(cell);
      at = next;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    if (cells.length > 1 || text.slice(first, at).trim() !== '') yield cells;
    if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
    else at += 1;
  }
}

/** The cell that begins at a place, and where the delimiter or line break after it stands. */
function cellAt(text: string, at: number, delimiter: string): { readonly cell: Text; readonly next: number } {
  if (text[at] !== '"') {
    const next = endOfPlain(text, at, delimiter);
    return { cell: plainText(text, at, next, literal('')), next };
  }
  const start = at + 1;
  const content = spoken(text);
  let from = start;
  for (;;) {
    const quote = text.indexOf('"', from);
    const end = quote === -1 ? text.length : quote;
    content.copy(from, end);
    if (text[end + 1] !== '"' || quote === -1) {
      const close = Math.min(end + 1, text.length);
      const next = endOfPlain(text, close, delimiter);
      if (next === close) return { cell: content.text(start, end, literal('"')), next };
      // Not as it should be written: what follows the quote belongs to the cell, as programs read it.
      content.copy(close, next);
      return { cell: content.text(start, next, null), next };
    }
    content.say('"', end);
    from = end + 2;
  }
}

function endOfPlain(text: string, at: number, delimiter: string): number {
  let end = at;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\r' && text[end] !== '\n') end += 1;
  return end;
}
