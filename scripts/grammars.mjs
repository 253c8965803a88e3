import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const { resolve } = createRequire(import.meta.url);

/** By package, as they lie in node_modules. */
export const grammarFiles = [
  'web-tree-sitter/web-tree-sitter.wasm',
  'tree-sitter-python/tree-sitter-python.wasm',
  'tree-sitter-typescript/tree-sitter-typescript.wasm',
  'tree-sitter-typescript/tree-sitter-tsx.wasm',
  'tree-sitter-json/tree-sitter-json.wasm',
  '@tree-sitter-grammars/tree-sitter-toml/tree-sitter-toml.wasm',
];

/**
 * Copies the parser and its grammars, as src/prompts/grammars.ts looks for them.
 * @param {string} folder is made where it is not there
 */
export function copyGrammars(folder) {
  mkdirSync(folder, { recursive: true });
  for (const file of grammarFiles) copyFileSync(resolve(file), join(folder, basename(file)));
}
