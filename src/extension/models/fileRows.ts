import { isAbsolute, posix, win32 } from 'node:path';
import { l10n } from 'vscode';
import { bytes, count } from './amounts';
import type { Row } from './row';

interface File {
  readonly path: string;
  readonly size: number;
}

/** What a model or dictionary is read from: one row, with a row per file below it. */
export function filesRow(files: readonly File[], format: string): Row[] {
  if (files.length === 0) return [];
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const number = files.length === 1 ? l10n.t('1 file') : l10n.t('{0} files', count(files.length));
  return [
    {
      id: 'files',
      label: l10n.t('Files'),
      description: `${number}, ${bytes(total)}`,
      details: [l10n.t('In the format {0}.', format)],
      rows: files.map(fileRow),
      ...(files.every(({ path }) => isAbsolute(path)) ? {} : { tone: 'remote', action: 'download' }),
    },
  ];
}

function fileRow({ path, size }: File): Row {
  const here = isAbsolute(path);
  const { base } = (path.includes('\\') ? win32 : posix).parse(path);
  return {
    id: path,
    label: base,
    description: bytes(size),
    details: here ? [path] : [path, l10n.t('Not on this machine: it is in the repository on the hub.')],
    ...(here ? { file: path } : {}),
  };
}

/** What a person should know: one row per sentence. */
export function noteRows(notes: readonly string[]): Row[] {
  return notes.map((note, index) => ({ id: `note${index}`, label: note, details: [note], tone: 'warning' }));
}
