import type { Literal, PromptSource } from '../../shared/foundPrompts';
import type { Grammars, SyntaxNode } from '../grammars';
import type { Comment, Expression, Mapping, Program, Text } from '../syntax';
import { stemOf } from './fileName';
import { plainText } from './spoken';
import { tomlString } from './tomlStrings';

type Entry = Mapping['entries'][number];

const bareKey: Literal = { syntax: 'toml', quote: '', raw: true, interpolated: false, embedded: false };

/** One mapping: pairs by their keys, tables and arrays of tables by theirs, dotted ones within one another. */
export function lowerToml({ path, text }: PromptSource, grammars: Grammars): Program {
  const root = grammars.parse('toml', text);
  const place = { start: root.start, end: root.end };
  const entries = documentEntries(root, text);
  return {
    statements: [
      {
        kind: 'document',
        ...place,
        form: 'data',
        name: stemOf(path),
        value: { kind: 'mapping', ...place, entries },
      },
    ],
    comments: commentsIn(root, text),
  };
}

function documentEntries(root: SyntaxNode, text: string): readonly Entry[] {
  const entries: Entry[] = [];
  /** Elements of arrays of tables, by the keys of the array. */
  const arrays = new Map<string, Expression[]>();
  for (const child of root.children) {
    switch (child.type) {
      case 'pair':
        entries.push(...pairEntries(child, text));
        break;
      case 'ERROR':
        entries.push(...documentEntries(child, text));
        break;
      case 'table':
      case 'table_array_element': {
        const keys = keysOf(child.children.find(isKey), text);
        const value = tableOf(child, text);
        if (child.type === 'table') {
          entries.push(...nested(keys, value));
          break;
        }
        const array = JSON.stringify(keys.map(({ name }) => name));
        const elements = arrays.get(array);
        if (elements !== undefined) {
          elements.push(value);
          break;
        }
        const items = [value];
        arrays.set(array, items);
        entries.push(...nested(keys, { kind: 'collection', start: value.start, end: value.end, items }));
        break;
      }
    }
  }
  return entries;
}

function tableOf(node: SyntaxNode, text: string): Mapping {
  const entries = node.children.flatMap((child) =>
    child.type === 'pair'
      ? pairEntries(child, text)
      : child.type === 'ERROR'
        ? documentEntries(child, text)
        : [],
  );
  const last = node.children.findLast(({ type }) => type !== 'comment' && type !== 'ERROR');
  return { kind: 'mapping', start: node.start, end: last?.end ?? node.end, entries };
}

function pairEntries(pair: SyntaxNode, text: string): readonly Entry[] {
  const key = pair.children.find(isKey);
  const sign = pair.children.findIndex(({ type }) => type === '=');
  const value = sign === -1 ? undefined : pair.children.slice(sign + 1).find(({ named }) => named);
  if (key === undefined || value === undefined) return [];
  return nested(keysOf(key, text), expression(value, text));
}

/** `a.b = value` as a mapping in a mapping. */
function nested(keys: readonly Key[], value: Expression): readonly Entry[] {
  const [first, ...rest] = keys;
  if (first === undefined) return [];
  const { start, end } = value;
  const inner: Expression =
    rest.length === 0 ? value : { kind: 'mapping', start, end, entries: nested(rest, value) };
  return [{ key: first.name, keyText: first.text, value: inner }];
}

interface Key {
  readonly name: string;
  readonly text: Text;
}

function isKey({ type }: SyntaxNode): boolean {
  return type === 'bare_key' || type === 'quoted_key' || type === 'dotted_key';
}

function keysOf(node: SyntaxNode | undefined, text: string): readonly Key[] {
  if (node === undefined) return [];
  switch (node.type) {
    case 'bare_key':
      return [
        { name: text.slice(node.start, node.end), text: plainText(text, node.start, node.end, bareKey) },
      ];
    case 'quoted_key': {
      const said = tomlString(text, node.start, node.end);
      return [{ name: said.pieces.join(''), text: said }];
    }
    case 'dotted_key':
      return node.children.filter(isKey).flatMap((part) => keysOf(part, text));
    default:
      return [];
  }
}

function expression(node: SyntaxNode, text: string): Expression {
  const { start, end } = node;
  switch (node.type) {
    case 'string':
      return tomlString(text, start, end);
    case 'array': {
      const items = node.children.filter(isValue).map((child) => expression(child, text));
      return { kind: 'collection', start, end, items };
    }
    case 'inline_table': {
      const pairs = node.children.filter(({ type }) => type === 'pair');
      return { kind: 'mapping', start, end, entries: pairs.flatMap((pair) => pairEntries(pair, text)) };
    }
    default:
      return { kind: 'other', start, end, inner: [], isInteger: node.type === 'integer' };
  }
}

function isValue({ named, type }: SyntaxNode): boolean {
  return named && type !== 'comment' && type !== 'ERROR';
}

function commentsIn(node: SyntaxNode, text: string): Comment[] {
  if (node.type !== 'comment') return node.children.flatMap((child) => commentsIn(child, text));
  return [{ start: node.start, end: node.end, text: text.slice(node.start + 1, node.end).trim() }];
}
