import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { PromptSource } from '../../shared/foundPrompts';
import type { Comment, Expression, Mapping, Place, Program, Statement } from '../syntax';
import { stemOf } from './fileName';
import { yamlScalar } from './yamlScalars';

/** An alias stands for what is anchored that often in a document; more is no configuration, but an attack. */
const mostAliases = 1000;

/** Each document of a YAML stream. */
export function lowerYaml({ path, text }: PromptSource): Program {
  try {
    const name = stemOf(path);
    const documents = parseAllDocuments(text, { uniqueKeys: false, strict: false, logLevel: 'silent' });
    const statements = [...documents].flatMap((document): Statement[] => {
      const value = documentValue(document, text);
      return value === null ? [] : [{ kind: 'document', ...placeOf(value), form: 'data', name, value }];
    });
    return { statements, comments: commentsOf(text) };
  } catch {
    // Nested deeper than the stack: the parser recurses.
    return { statements: [], comments: [] };
  }
}

const placeOf = ({ start, end }: Place): Place => ({ start, end });

interface Anchored {
  readonly value: Expression;
  /** Whether there are aliases in it. */
  readonly leads: boolean;
}

/** Null of an empty document. */
function documentValue(document: Document, text: string): Expression | null {
  const anchors = new Map<string, Anchored>();
  let aliases = 0;

  const nothing = ({ start, end }: Place): Expression => ({
    kind: 'other',
    start,
    end,
    inner: [],
    isInteger: false,
  });

  function expression(node: unknown, at: number): Expression {
    const before = aliases;
    const value = read(node, at);
    if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) {
      anchors.set(node.anchor, { value, leads: aliases > before });
    }
    return value;
  }

  function read(node: unknown, at: number): Expression {
    if (isScalar(node)) return scalar(node, text, at);
    if (isAlias(node)) {
      aliases += 1;
      const anchored = anchors.get(node.source);
      const isFollowed = anchored !== undefined && !anchored.leads && aliases <= mostAliases;
      const [start, end] = node.range ?? [at, at];
      return isFollowed ? anchored.value : nothing({ start, end });
    }
    if (isMap(node)) return mapping(node, at);
    if (isSeq(node)) {
      const place = collectionPlace(node, text, at);
      return { kind: 'collection', ...place, items: node.items.map((item) => itemOf(item, place.start)) };
    }
    return nothing({ start: at, end: at });
  }

  /** An item of a sequence: of `!!omap` it is a pair. */
  function itemOf(item: unknown, at: number): Expression {
    return isPair(item)
      ? { kind: 'mapping', start: at, end: at, entries: [entry(item, at)] }
      : expression(item, at);
  }

  function mapping(node: YAMLMap, at: number): Mapping {
    const place = collectionPlace(node, text, at);
    return { kind: 'mapping', ...place, entries: node.items.map((pair) => entry(pair, place.start)) };
  }

  function entry({ key, value }: Pair, at: number): Mapping['entries'][number] {
    const said = isScalar(key) ? scalar(key, text, at) : null;
    const keyText = said?.kind === 'text' ? said : null;
    if (isScalar(key) && key.anchor !== undefined && said !== null) {
      anchors.set(key.anchor, { value: said, leads: false });
    }
    const name = keyText === null ? (isScalar(key) ? (key.source ?? null) : null) : keyText.pieces.join('');
    const after = said?.end ?? at;
    // What is merged in is found where it stands, and has its names there.
    if (name === '<<' && isAlias(value))
      return { key: name, keyText, value: nothing(valuePlace(value, after)) };
    return { key: name, keyText, value: expression(value, after) };
  }

  return document.contents === null ? null : expression(document.contents, 0);
}

function valuePlace(node: { range?: readonly [number, number, number] | null }, at: number): Place {
  const [start, end] = node.range ?? [at, at];
  return { start, end };
}

/** The range of a block collection goes on over the blank lines and comments after it. */
function collectionPlace(node: YAMLMap | YAMLSeq, text: string, at: number): Place {
  const { start } = valuePlace(node, at);
  return { start, end: Math.max(start, outerEnd(node, text) ?? start) };
}

function outerEnd(node: unknown, text: string): number | null {
  if (isPair(node)) return outerEnd(node.value, text) ?? outerEnd(node.key, text);
  if (isCollection(node) && node.flow !== true) return outerEnd(node.items.at(-1), text);
  if (!(isScalar(node) || isAlias(node) || isCollection(node)) || !node.range) return null;
  const [start, end] = node.range;
  return start + text.slice(start, end).trimEnd().length;
}

function scalar(node: Scalar, text: string, at: number): Expression {
  const { start, end } = valuePlace(node, at);
  if (typeof node.value !== 'string' || node.range == null) {
    const isInteger = typeof node.value === 'number' && /^[-+]?\d+$/.test(node.source ?? '');
    return { kind: 'other', start, end, inner: [], isInteger };
  }
  return yamlScalar(text, start, end, node.value, node.type);
}

/** The lexer's tokens follow one another in the text, but for marks that it puts between them. */
function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  if (!text.includes('#')) return comments;
  let at = 0;
  let isScalarNext = false;
  for (const token of new Lexer().lex(text)) {
    if (isMark(token) && !isScalarNext) {
      isScalarNext = token === '\u001F';
      continue;
    }
    if (!isScalarNext && token.startsWith('#')) {
      comments.push({ start: at, end: at + token.length, text: token.slice(1).trim() });
    }
    isScalarNext = false;
    at += token.length;
  }
  return comments;
}

/** Of a document, of an error in a flow collection, of a scalar. */
function isMark(token: string): boolean {
  return token === '\u0002' || token === '\u0018' || token === '\u001F';
}
