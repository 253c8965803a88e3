import type { fromMarkdown } from 'mdast-util-from-markdown';

type Root = ReturnType<typeof fromMarkdown>;

/** Any node of a Markdown syntax tree. */
export type MarkdownNode = Root | Root['children'][number];
export type List = Extract<MarkdownNode, { type: 'list' }>;
export type Table = Extract<MarkdownNode, { type: 'table' }>;
export type Code = Extract<MarkdownNode, { type: 'code' }>;
