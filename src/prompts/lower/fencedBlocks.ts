import type { Code } from 'mdast';
import type { Embedded } from '../languages';
import type { Place } from '../syntax';

/** Endings of files of the languages that blocks name. */
const endings: Readonly<Record<string, string>> = {
  py: 'py',
  python: 'py',
  python3: 'py',
  ipython: 'py',
  js: 'js',
  javascript: 'js',
  mjs: 'js',
  cjs: 'js',
  jsx: 'jsx',
  ts: 'ts',
  typescript: 'ts',
  tsx: 'tsx',
  json: 'json',
  jsonc: 'jsonc',
  json5: 'jsonc',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
  csv: 'csv',
  tsv: 'tsv',
  text: 'txt',
  txt: 'txt',
};

/**
 * What a fenced block says, with the place of each of its code units: containers (lists, quotes) indent it. Null where its
 * language is none that prompts are looked for in.
 */
export function fencedBlock(node: Code, place: Place, text: string, name: string): Embedded | null {
  const language = /^[\w+-]*/.exec(node.lang ?? '')![0].toLowerCase();
  const ending = Object.hasOwn(endings, language) ? endings[language] : undefined;
  if (ending === undefined || node.value === '') return null;
  const offsets = placesOf(node.value, text, place);
  return offsets && { source: { path: `${name}.${ending}`, text: node.value }, offsets, escaped: false };
}

/** Each line of the block is the end of a line of the file, from the one after the fence on. */
function placesOf(value: string, text: string, { start, end }: Place): Int32Array | null {
  const offsets = new Int32Array(value.length + 1);
  const inFile = text.slice(start, end).matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g);
  inFile.next();
  let at = 0;
  let last = start;
  for (const [, line, lineBreak] of value.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) {
    const found = inFile.next().value;
    if (found === undefined || !found[1]!.endsWith(line!)) return at === value.length ? closed() : null;
    const from = start + found.index + found[1]!.length - line!.length;
    for (let i = 0; i < line!.length + lineBreak!.length; i++) offsets[at++] = from + i;
    last = from + line!.length + lineBreak!.length;
    if (at === value.length) return closed();
  }
  return closed();

  function closed(): Int32Array {
    offsets[value.length] = last;
    return offsets;
  }
}
