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
 * code units. Tokens without a name of their own (`+`, `[`) are nodes too; what the parser only supposed is left out.
 */
export interface SyntaxNode extends Place {
  readonly type: string;
  /** False for tokens that the grammar spells out: brackets, operators, keywords. */
  readonly named: boolean;
  /** What it is to its parent: `left`, `function`. */
  readonly field: string | null;
  readonly children: readonly SyntaxNode[];
}

/** Reads texts into syntax trees. Throws never: of a text with errors what is intact is in the tree. */
export interface Grammars {
  parse(grammar: Grammar, text: string): SyntaxNode;
}

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
  const parsers = new Map<Grammar, Parser>();
  for (const grammar of Object.keys(files) as Grammar[]) {
    const language = await Language.load(await wasm(folder, files[grammar]));
    parsers.set(grammar, new Parser().setLanguage(language));
  }
  return {
    parse: (grammar, text) => {
      const tree = parsers.get(grammar)!.parse(text);
      if (tree === null) throw new Error(`The parser of ${grammar} has no language.`);
      const cursor = tree.walk();
      try {
        return plain(cursor, 0);
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

function plain(cursor: TreeCursor, depth: number): SyntaxNode {
  const children: SyntaxNode[] = [];
  if (depth < deepest && cursor.gotoFirstChild()) {
    do {
      if (!cursor.nodeIsMissing) children.push(plain(cursor, depth + 1));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return {
    type: cursor.nodeType,
    named: cursor.nodeIsNamed,
    field: cursor.currentFieldName,
    start: cursor.startIndex,
    end: cursor.endIndex,
    children,
  };
}
