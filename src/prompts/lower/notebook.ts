import type { PromptSource } from '../../shared/foundPrompts';
import type { Grammars } from '../grammars';
import type { Embedded } from '../languages';
import type { Expression, Program, Text } from '../syntax';
import { lowerJson } from './json';

/** Endings of the languages of kernels. */
const endings: Readonly<Record<string, string>> = {
  python: 'py',
  python3: 'py',
  ipython: 'py',
  javascript: 'js',
  typescript: 'ts',
};

/** A notebook's file says nothing itself: its cells do. */
export function lowerNotebook(): Program {
  return { statements: [], comments: [] };
}

/** The cells of a Jupyter notebook, in their order: code in the language of the kernel, and Markdown. */
export function notebookCells(source: PromptSource, grammars: Grammars): readonly Embedded[] {
  const [top] = lowerJson(source, grammars).statements;
  if (top?.kind !== 'document') return [];
  const cells = entryOf(top.value, 'cells');
  if (cells?.kind !== 'collection') return [];
  const language = endingOf(top.value);
  return cells.items.flatMap((cell, index) => {
    const type = textOf(entryOf(cell, 'cell_type'));
    const ending = type === 'code' ? language : type === 'markdown' ? 'md' : null;
    const lines = linesOf(entryOf(cell, 'source'));
    if (ending === null || lines.length === 0) return [];
    return [{ ...joined(lines, `${source.path}#${index + 1}.${ending}`), escaped: true }];
  });
}

/**
 * Code of a notebook's cell without what is spoken to the kernel: lines that begin with `%` or `!`, and all of a cell that
 * begins with `%%` or `!`. Blanks stand for them: places stay.
 */
export function withoutMagics(code: string): string {
  return /^\s*(?:%%|!)/.test(code)
    ? code.replace(/[^\r\n]/g, ' ')
    : code.replace(/^[ \t]*[%!].*$/gm, (line) => ' '.repeat(line.length));
}

/** Python where the notebook does not say; null for languages that are not read. */
function endingOf(notebook: Expression): string | null {
  const metadata = entryOf(notebook, 'metadata');
  const name =
    textOf(entryOf(entryOf(metadata, 'kernelspec'), 'language')) ??
    textOf(entryOf(entryOf(metadata, 'language_info'), 'name')) ??
    'python';
  const known = name.toLowerCase();
  return Object.hasOwn(endings, known) ? endings[known]! : null;
}

function entryOf(of: Expression | undefined, key: string): Expression | undefined {
  return of?.kind === 'mapping' ? of.entries.find((entry) => entry.key === key)?.value : undefined;
}

function textOf(expression: Expression | undefined): string | null {
  return expression?.kind === 'text' ? saidBy(expression) : null;
}

function saidBy({ pieces }: Text): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('');
}

/** A cell's source is one string, or one per line. */
function linesOf(source: Expression | undefined): readonly Text[] {
  if (source?.kind === 'text') return [source];
  return source?.kind === 'collection' ? source.items.filter((item) => item.kind === 'text') : [];
}

function joined(lines: readonly Text[], path: string): Pick<Embedded, 'source' | 'offsets'> {
  const texts = lines.map(saidBy);
  const text = texts.join('');
  const offsets = new Int32Array(text.length + 1);
  let at = 0;
  lines.forEach((line, index) => {
    for (let i = 0; i < texts[index]!.length; i++, at++) {
      offsets[at] = line.offsets === null ? line.start + i : line.offsets[i]!;
    }
  });
  offsets[at] = lines.at(-1)!.end;
  return { source: { path, text }, offsets };
}
