import type { Literal, PromptSource } from '../../shared/foundPrompts';
import type { Grammars, SyntaxNode } from '../grammars';
import type { Comment, Expression, Mapping, Program, Statement, Text } from '../syntax';
import { decodeEscapes, type Escape, hexEscape, singleEscape } from './escapes';
import { stemOf } from './fileName';
import { plainText, spoken } from './spoken';

const literal: Literal = { syntax: 'json', quote: '"', raw: false, interpolated: false, embedded: false };

/** JSON with comments; one document per value on top, of which a `.jsonl` has many. */
export function lowerJson({ path, text }: PromptSource, grammars: Grammars): Program {
  const name = stemOf(path);
  const comments: Comment[] = [];
  const statements = values(grammars.parse('json', text), text, comments).map(
    (value): Statement => ({
      kind: 'document',
      start: value.start,
      end: value.end,
      form: 'data',
      name,
      value,
    }),
  );
  return { statements, comments: comments.sort((a, b) => a.start - b.start) };
}

/** Each line a file of its own: what is broken in one says nothing about the next. */
export function lowerJsonLines({ path, text }: PromptSource, grammars: Grammars): Program {
  return lowerJson({ path, text: isolated(text) }, grammars);
}

/** Lines that are no JSON, replaced by blanks of their length: places stay. */
function isolated(text: string): string {
  return text.replace(/[^\r\n]+/g, (line) => {
    try {
      JSON.parse(line.replace(/^\uFEFF/, ''));
      return line;
    } catch {
      return ' '.repeat(line.length);
    }
  });
}

/** Of a document, or of what could not be read as one: its values, and its pairs as one mapping. */
function values(node: SyntaxNode, text: string, comments: Comment[]): Expression[] {
  const found: Expression[] = [];
  const pairs: SyntaxNode[] = [];
  for (const child of node.children) {
    if (child.type === 'pair') pairs.push(child);
    else if (child.type === 'ERROR') found.push(...values(child, text, comments));
    else {
      const value = expressionOf(child, text, comments);
      if (value !== null) found.push(value);
    }
  }
  return pairs.length === 0 ? found : [mapping(node, pairs, text, comments), ...found];
}

/** Null for what is no value: brackets, comments, errors. */
function expressionOf(node: SyntaxNode, text: string, comments: Comment[]): Expression | null {
  const { start, end } = node;
  switch (node.type) {
    case 'string':
      return stringText(node, text);
    case 'array': {
      const items = node.children.flatMap((child) => expressionOf(child, text, comments) ?? []);
      return { kind: 'collection', start, end, items };
    }
    case 'object':
      return mapping(node, node.children, text, comments);
    case 'number':
      return { kind: 'other', start, end, inner: [], isInteger: /^-?\d+$/.test(text.slice(start, end)) };
    case 'true':
    case 'false':
    case 'null':
      return { kind: 'other', start, end, inner: [], isInteger: false };
    case 'comment':
      comments.push(commentOf(node, text));
      return null;
    default:
      return null;
  }
}

function mapping(
  { start, end }: SyntaxNode,
  children: readonly SyntaxNode[],
  text: string,
  comments: Comment[],
): Mapping {
  const entries = children.flatMap((child): Mapping['entries'][number][] => {
    if (child.type === 'comment') comments.push(commentOf(child, text));
    if (child.type !== 'pair') return [];
    const key = child.children.find(({ field }) => field === 'key');
    const value = child.children.find(({ field }) => field === 'value');
    // Of a pair with an error in it, the value may be that of a later one.
    const isBroken = child.children.some(({ type }) => type === 'ERROR');
    for (const inner of child.children) {
      if (inner.type === 'comment') comments.push(commentOf(inner, text));
    }
    if (key === undefined || value === undefined || isBroken) return [];
    const keyText = key.type === 'string' ? stringText(key, text) : null;
    const said = expressionOf(value, text, comments);
    return said === null
      ? []
      : [{ key: keyText?.pieces.join('') ?? text.slice(key.start, key.end), keyText, value: said }];
  });
  return { kind: 'mapping', start, end, entries };
}

function stringText(node: SyntaxNode, text: string): Text {
  const start = node.start + 1;
  const isClosed = node.children.length > 1 && text[node.end - 1] === '"' && node.end > start;
  const end = isClosed ? node.end - 1 : Math.max(node.end, start);
  const how = isClosed ? literal : null;
  if (!text.slice(start, end).includes('\\')) return plainText(text, start, end, how);
  const content = spoken(text);
  decodeEscapes(text, start, end, content, (at): Escape => {
    const character = text[at + 1] ?? '';
    if (character === 'u') return hexEscape(text, at, 4, end);
    const value = '"\\/'.includes(character) && character !== '' ? character : singleEscape(character);
    return value === undefined ? { value: null, length: 1 } : { value, length: 2 };
  });
  return content.text(start, end, how);
}

function commentOf({ start, end }: SyntaxNode, text: string): Comment {
  const whole = text.slice(start, end);
  const said = whole.startsWith('//') ? whole.slice(2) : whole.slice(2).replace(/\*\/$/, '');
  return { start, end, text: said.trim() };
}
