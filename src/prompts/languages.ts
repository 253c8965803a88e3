import type { PromptSource } from '../shared/foundPrompts';
import type { Grammars } from './grammars';
import { lowerCsv } from './lower/csv';
import { lowerJson, lowerJsonLines } from './lower/json';
import { lowerMarkdown, markdownBlocks } from './lower/markdown';
import { lowerNotebook, notebookCells } from './lower/notebook';
import { lowerPlainText } from './lower/plainText';
import { lowerPython } from './lower/python';
import { lowerToml } from './lower/toml';
import { lowerTypescript } from './lower/typescript';
import { lowerYaml } from './lower/yaml';
import type { Program } from './syntax';

/**
 * How the files of a language are read. A text that is broken somewhere gives what is intact of it: a lowering never
 * throws. Each is a function of its own in `lower/<language>.ts`.
 */
export interface Language {
  /**
   * What the text itself says, with places in it. Data files, tables and text files give `document` statements (one per
   * column of a table, all columns; one per line of a .jsonl), Markdown one `document` per list and column under a heading.
   * Lines of a text file are given whatever the file is called: what it is called is judged by the analysis.
   */
  readonly lower: (source: PromptSource, grammars: Grammars) => Program;
  /** What of it is written in other languages, in the order of the file: fenced blocks of Markdown, a notebook's cells. */
  readonly embedded?: (source: PromptSource, grammars: Grammars) => readonly Embedded[];
}

/** A file within a file. Names are known in those after it. */
export interface Embedded {
  /** Its path's ending decides its language: `README.md#1.py`. */
  readonly source: PromptSource;
  /** Where each of its code units stands in the file around it, and where it ends: one more than there are. */
  readonly offsets: Int32Array;
  /** Whether it lies in a JSON string. */
  readonly escaped: boolean;
}

const typescript: Language = { lower: lowerTypescript };
const python: Language = { lower: lowerPython };
const json: Language = { lower: lowerJson };
const yaml: Language = { lower: lowerYaml };
const table: Language = { lower: lowerCsv };

/** By the ending of the path, in lower case. */
const languages: Readonly<Record<string, Language>> = {
  py: python,
  pyi: python,
  ts: typescript,
  mts: typescript,
  cts: typescript,
  tsx: typescript,
  js: typescript,
  mjs: typescript,
  cjs: typescript,
  jsx: typescript,
  json,
  jsonc: json,
  jsonl: { lower: lowerJsonLines },
  yaml,
  yml: yaml,
  toml: { lower: lowerToml },
  csv: table,
  tsv: table,
  txt: { lower: lowerPlainText },
  ipynb: { lower: lowerNotebook, embedded: notebookCells },
  md: { lower: lowerMarkdown, embedded: markdownBlocks },
};

/** Null where the language is none of those that prompts are looked for in. */
export function languageOf(path: string): Language | null {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(languages, ending) ? languages[ending]! : null;
}
