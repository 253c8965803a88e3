/** As much of a document as decides its language. */
export interface Written {
  /** With slashes. */
  readonly path: string;
  readonly languageId: string;
}

/** Endings of the languages that prompts are looked for in, by the editor's name of the language; the usual one first. */
const endings: Readonly<Record<string, readonly string[]>> = {
  python: ['py', 'pyi'],
  typescript: ['ts', 'mts', 'cts'],
  typescriptreact: ['tsx'],
  javascript: ['js', 'mjs', 'cjs', 'jsx'],
  javascriptreact: ['jsx', 'js'],
  json: ['json', 'jsonc', 'jsonl', 'ipynb'],
  jsonc: ['jsonc', 'json'],
  jsonl: ['jsonl', 'json'],
  yaml: ['yaml', 'yml'],
  toml: ['toml'],
  csv: ['csv', 'tsv'],
  tsv: ['tsv', 'csv'],
  markdown: ['md'],
  plaintext: ['txt'],
};

const known = new Set(Object.values(endings).flat());

/**
 * The path as the finder is to read it: its ending is that of the document's language. Where the editor knows no better
 * (what it has no name for it takes for plain text) it is the file's own. Null for other languages.
 */
export function readablePath({ path, languageId }: Written): string | null {
  const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  if (languageId === 'plaintext' && ending !== '') return known.has(ending) ? path : null;
  const possible = endings[languageId];
  if (possible === undefined) return known.has(ending) ? path : null;
  return possible.includes(ending) ? path : `${path}.${possible[0]}`;
}
