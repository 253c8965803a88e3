import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Language, Parser, type TreeCursor } from 'web-tree-sitter';
import { ClipsightError } from '../shared/errors';
import type { Place } from './syntax';

/** The WebAssembly file of each grammar. JavaScript is read as TSX, which all of it is. */
const files = {
  python: 'tree-sitter-python.wasm',
  typescript: 'tree-sitter-typescript.wasm',
  tsx: 'tree-sitter-tsx.wasm',
  json: 'tree-sitter-json.wasm',
  toml: 'tree-sitter-toml.wasm',
} as const;
export type Grammar = keyof typeof files;

/**
 * A node of a syntax tree, as plain data: the parser's memory is given back before anyone reads it. Places are in UTF-16
 * code units. Tokens without a name of their own (`+`) are nodes too, but brackets, commas and points only where the text
 * is broken; what the parser only supposed is left out.
 */
export interface SyntaxNode extends Place {
  readonly type: string;
  /** False for tokens that the grammar spells out: operators, keywords. */
  readonly named: boolean;
  /** What it is to its parent: `left`, `function`. */
  readonly field: string | null;
  readonly children: readonly SyntaxNode[];
}

/**
 * Reads texts into syntax trees. Throws never: of a text with errors what is intact is in the tree, and nothing is in that
 * of one that takes too long.
 */
export interface Grammars {
  parse(grammar: Grammar, text: string): SyntaxNode;
}

/** What takes longer to read is no program: in ms. The parser may try without end to make sense of thousands of brackets. */
const patience = 5_000;

/** Nodes that are nested deeper have no children: who walks the tree may recurse. */
const deepest = 400;

const opened = new Map<string, Promise<Grammars>>();

/**
 * Opens the grammars of a folder: web-tree-sitter.wasm and one file per grammar (`dist/grammars`). Once per folder.
 *
 * @throws ClipsightError `internal` where a file cannot be read
 */
export function openGrammars(folder: string): Promise<Grammars> {
  let grammars = opened.get(folder);
  if (grammars === undefined) {
    grammars = open(folder);
    opened.set(folder, grammars);
    grammars.catch(() => opened.delete(folder));
  }
  return grammars;
}

async function open(folder: string): Promise<Grammars> {
  await Parser.init({ wasmBinary: await wasm(folder, 'web-tree-sitter.wasm') });
  const parsers = new Map<Grammar, { readonly parser: Parser; readonly types: readonly NodeType[] }>();
  for (const grammar of Object.keys(files) as Grammar[]) {
    const language = await Language.load(await wasm(folder, files[grammar]));
    parsers.set(grammar, { parser: new Parser().setLanguage(language), types: typesOf(language) });
  }
  return {
    parse: (grammar, text) => {
      const { parser, types } = parsers.get(grammar)!;
      const until = performance.now() + patience;
      const tree = parser.parse(text, null, { progressCallback: () => performance.now() > until });
      if (tree === null) {
        parser.reset();
        return { type: error.name, named: true, field: null, start: 0, end: text.length, children: none };
      }
      const cursor = tree.walk();
      try {
        const root = types[cursor.nodeTypeId] ?? error;
        return new Conversion(cursor, grammar, types, text).node(0, root);
      } finally {
        cursor.delete();
        tree.delete();
      }
    },
  };
}

async function wasm(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ClipsightError('internal', `The grammar ${path} cannot be read.`, 'Install Clipsight again.', {
      cause,
    });
  }
}

/** Each property of a cursor is a call into WebAssembly: as few as may be are read. */
class Conversion {
  private readonly leaves: ReadonlySet<string>;

  constructor(
    private readonly cursor: TreeCursor,
    private readonly grammar: Grammar,
    private readonly types: readonly NodeType[],
    private readonly text: string,
  ) {
    this.leaves = leaves[grammar];
  }

  node(depth: number, type: NodeType): SyntaxNode {
    const { cursor } = this;
    const [start, end] = [cursor.startIndex, cursor.endIndex];
    const field = cursor.currentFieldName;
    const { name, named } = type;
    const isLeaf = !named || end === start || depth >= deepest || this.isLeaf(name, start);
    const children = isLeaf ? none : this.children(depth, name === 'ERROR');
    return { type: name, named, field, start, end, children };
  }

  private children(depth: number, isBroken: boolean): readonly SyntaxNode[] {
    const { cursor } = this;
    if (!cursor.gotoFirstChild()) return none;
    const children: SyntaxNode[] = [];
    do {
      const type = this.types[cursor.nodeTypeId] ?? error;
      if (type.isPunctuation && !isBroken) continue;
      const child = this.node(depth + 1, type);
      if (child.end > child.start || !cursor.nodeIsMissing) children.push(child);
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
    return children;
  }

  private isLeaf(type: string, start: number): boolean {
    if (!this.leaves.has(type)) return false;
    return (
      this.grammar !== 'python' || type !== 'string' || !/^\w*[ft]/i.test(this.text.slice(start, start + 2))
    );
  }
}

const none: readonly SyntaxNode[] = [];

/** What nobody asks the parts of: that a Python string is formatted says its prefix, what else is in it its text. */
const leaves: Readonly<Record<Grammar, ReadonlySet<string>>> = {
  python: new Set(['identifier', 'integer', 'float', 'comment', 'string', 'string_start', 'string_end']),
  typescript: new Set([
    'identifier',
    'property_identifier',
    'type_identifier',
    'number',
    'comment',
    'string',
  ]),
  tsx: new Set(['identifier', 'property_identifier', 'type_identifier', 'number', 'comment', 'string']),
  json: new Set(['number', 'comment']),
  toml: new Set(['bare_key', 'comment']),
};

interface NodeType {
  readonly name: string;
  readonly named: boolean;
  /** Left out, but where the text is broken: nothing else is to be learnt from it. */
  readonly isPunctuation: boolean;
}

/** Types beyond those of a grammar are of errors. */
const error: NodeType = { name: 'ERROR', named: true, isPunctuation: false };
const punctuation: ReadonlySet<string> = new Set([...',;:.()[]{}']);

function typesOf(language: Language): readonly NodeType[] {
  return language.types.map((name, type) => {
    const named = language.nodeTypeIsNamed(type);
    return { name, named, isPunctuation: !named && punctuation.has(name) };
  });
}
