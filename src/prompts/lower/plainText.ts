import * as z from 'zod';
import type { Literal, PromptSource } from '../../shared/foundPrompts';
import type { Grammars } from '../grammars';
import type { Comment, Program, Text } from '../syntax';
import { stemOf } from './fileName';
import { lowerJson } from './json';
import { plainText } from './spoken';

const literal: Literal = { syntax: 'text', quote: '', raw: true, interpolated: false, embedded: false };

/**
 * A text file: its lines as one collection, without those that are blank; those that begin with `#` are comments. One
 * that is a JSON array of strings is read as JSON.
 */
export function lowerPlainText(source: PromptSource, grammars: Grammars): Program {
  const { path, text } = source;
  if (isArrayOfStrings(text)) return lowerJson(source, grammars);
  const items: Text[] = [];
  const comments: Comment[] = [];
  for (const { index, 0: line } of text.matchAll(/[^\r\n]+/g)) {
    const content = line.trim();
    if (content === '') continue;
    // A byte order mark is white space to `trim`.
    const start = index + line.indexOf(content);
    const end = start + content.length;
    if (content.startsWith('#')) comments.push({ start, end, text: content.slice(1).trim() });
    else items.push(plainText(text, start, end, literal));
  }
  const place = { start: items[0]?.start ?? 0, end: items.at(-1)?.end ?? 0 };
  return {
    statements: [
      {
        kind: 'document',
        ...place,
        form: 'lines',
        name: stemOf(path),
        value: { kind: 'collection', ...place, items },
      },
    ],
    comments,
  };
}

function isArrayOfStrings(text: string): boolean {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (!content.startsWith('[')) return false;
  try {
    return z.array(z.string()).safeParse(JSON.parse(content)).success;
  } catch {
    return false;
  }
}
