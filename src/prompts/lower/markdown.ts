import type { List, Nodes, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Literal, PromptSource } from '../../shared/foundPrompts';
import type { Embedded } from '../languages';
import type { Comment, Expression, Place, Program, Statement, Text } from '../syntax';
import { fencedBlock } from './fencedBlocks';
import { plainText, spoken } from './spoken';

const literal = (quote: string): Literal => ({
  syntax: 'markdown',
  quote,
  raw: true,
  interpolated: false,
  embedded: false,
});

/** Lists and columns of tables by the heading they stand under, columns by their own name, too. */
export function lowerMarkdown({ text }: PromptSource): Program {
  const statements: Statement[] = [];
  const comments: Comment[] = [];
  let heading = '';
  const visit = (node: Nodes, isInList: boolean): void => {
    const { start, end } = placeOf(node);
    switch (node.type) {
      case 'heading': {
        const inner = contentOf(node.children);
        heading = inner === null ? '' : text.slice(inner.start, inner.end);
        break;
      }
      case 'list':
        // Lists within it are part of its value.
        if (!isInList) statements.push(section(heading, listOf(node, text)));
        break;
      case 'table':
        statements.push(...tableStatements(node, text, heading));
        break;
      case 'html':
        comments.push(...commentsIn(text, start, end));
        break;
    }
    if ('children' in node) {
      for (const child of node.children) visit(child, isInList || node.type === 'list');
    }
  };
  visit(parsed(text), false);
  return { statements, comments };
}

/** Fenced code, each block a file of the language that it names. */
export function markdownBlocks({ path, text }: PromptSource): readonly Embedded[] {
  const blocks: Embedded[] = [];
  const visit = (node: Nodes): void => {
    if (node.type === 'code') {
      const block = fencedBlock(node, placeOf(node), text, `${path}#${blocks.length + 1}`);
      if (block !== null) blocks.push(block);
    }
    if ('children' in node) for (const child of node.children) visit(child);
  };
  visit(parsed(text));
  return blocks;
}

/** A byte order mark is skipped by the parser, which does not count it. */
function parsed(text: string): Nodes {
  const content = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  return fromMarkdown(content, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
}

function placeOf({ position }: Nodes): Place {
  return { start: position?.start.offset ?? 0, end: position?.end.offset ?? 0 };
}

function contentOf(nodes: readonly Nodes[]): Place | null {
  const [first, last] = [nodes[0], nodes.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { start: placeOf(first).start, end: placeOf(last).end };
}

function section(name: string, value: Expression): Statement {
  const { start, end } = value;
  return { kind: 'document', start, end, form: 'section', name, value };
}

function listOf(list: List, text: string): Expression {
  const items = list.children.flatMap((item): Expression[] =>
    item.children.flatMap((child, i): Expression[] => {
      if (child.type === 'list') return [listOf(child, text)];
      if (child.type !== 'paragraph' || i > 0) return [];
      const { start, end } = placeOf(child);
      const isOneLine = !/[\r\n]/.test(text.slice(start, end));
      return [plainText(text, start, end, isOneLine ? literal('') : null)];
    }),
  );
  return { kind: 'collection', ...placeOf(list), items };
}

function tableStatements(table: Table, text: string, heading: string): readonly Statement[] {
  const [header, ...rows] = table.children;
  const columns = (header?.children ?? []).map((name, c): Statement => {
    const items = rows.flatMap(({ children }) => {
      const cell = children[c];
      const place = cell === undefined ? null : contentOf(cell.children);
      return place === null ? [] : [cellText(text, place)];
    });
    const named = contentOf(name.children);
    const place = items.length === 0 ? placeOf(name) : { start: items[0]!.start, end: items.at(-1)!.end };
    return {
      kind: 'document',
      ...place,
      form: 'column',
      name: named === null ? '' : text.slice(named.start, named.end),
      value: { kind: 'collection', ...place, items },
    };
  });
  if (heading === '') return columns;
  return [
    ...columns,
    ...columns.flatMap((column) => (column.kind === 'document' ? [section(heading, column.value)] : [])),
  ];
}

/** The cell's text as it is written, but for the bars that are none of the table's. */
function cellText(text: string, { start, end }: Place): Text {
  const content = spoken(text);
  let from = start;
  for (const { index } of text.slice(start, end).matchAll(/\\\|/g)) {
    content.copy(from, start + index);
    content.say('|', start + index);
    from = start + index + 2;
  }
  content.copy(from, end);
  return content.text(start, end, literal('|'));
}

function commentsIn(text: string, start: number, end: number): Comment[] {
  const comments: Comment[] = [];
  for (const { index, 0: whole, 1: said } of text.slice(start, end).matchAll(/<!--(.*?)-->/gs)) {
    comments.push({ start: start + index, end: start + index + whole.length, text: said!.trim() });
  }
  return comments;
}
