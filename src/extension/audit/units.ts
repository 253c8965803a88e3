import * as vscode from 'vscode';
import type { FinderProtocol } from '../../shared/finderProtocol';
import { templateOf } from '../../shared/promptDirection';
import type { Remote } from '../../shared/rpc/protocol';
import { readablePath } from '../prompts/documentLanguage';
import type { FoundDocuments } from '../prompts/editorPrompts';
import { isIgnoredFile, readPromptSettings } from '../prompts/promptSettings';
import { notebookOf } from '../prompts/promptUnits';
import { type PlacedPrompt, promptsFound } from './auditPlan';
import { type FoundSubject, subjectsIn } from './foundSubjects';

export interface UnitServices {
  readonly documents: Pick<FoundDocuments, 'find'>;
  readonly finder: Remote<FinderProtocol>;
  /** The prompt of a class, with {} for its name, where its file has no templates. */
  readonly classTemplate: () => string;
}

/** A file, or a cell of a notebook, as it is now: in the editor where it is open, else on disk. */
export interface UnitPart {
  readonly uri: vscode.Uri;
  /** Number of the cell; null outside notebooks. */
  readonly cell: number | null;
  readonly subjects: readonly FoundSubject[];
  positionAt(offset: number): vscode.Position;
}

/** Larger files are left alone, as they are in the editor. */
const mostBytes = 5_000_000;

/** The file or notebook that a document belongs to. */
export function unitUriOf(document: vscode.TextDocument): vscode.Uri {
  return notebookOf(document)?.uri ?? document.uri;
}

/** The file or notebook that an address of a document (a cell, say) belongs to. */
export function unitAt(uri: vscode.Uri): vscode.Uri {
  const open = openDocument(uri);
  return open === undefined ? uri : unitUriOf(open);
}

/**
 * What can be audited in a file or notebook. A closed file is read without being opened in the editor: that would set
 * other extensions to work on it. None where it is gone, or not looked into.
 */
export async function partsOf(uri: vscode.Uri, services: UnitServices): Promise<readonly UnitPart[]> {
  const notebook = await notebookAt(uri);
  if (notebook !== null) {
    const cells = notebook.getCells().map(({ document }, cell) => openPart(document, cell, services));
    return (await Promise.all(cells)).filter((part) => part !== null);
  }
  const open = openDocument(uri);
  if (open === undefined) return closedParts(uri, services);
  const part = await openPart(open, null, services);
  return part === null ? [] : [part];
}

/** What can be audited in a document as it is now. */
export async function subjectsNow(
  document: vscode.TextDocument,
  { documents, classTemplate }: Pick<UnitServices, 'documents' | 'classTemplate'>,
): Promise<readonly FoundSubject[]> {
  const found = await documents.find(document);
  return found === null ? [] : subjectsIn(found.all, found.source, templateOf(classTemplate()));
}

/** The prompts of a file or notebook, and where they stand. */
export async function promptsOfUnit(uri: vscode.Uri, services: UnitServices): Promise<PlacedPrompt[]> {
  const label = vscode.workspace.asRelativePath(uri);
  const file = vscode.workspace.asRelativePath(uri, false);
  return (await partsOf(uri, services)).flatMap(({ cell, subjects }) =>
    promptsFound(subjects, { uri: uri.toString(), cell, file }, label),
  );
}

/** Whether a file on disk has prompts at all: as text, whatever it is in the editor. */
export async function mayHavePrompts(uri: vscode.Uri, { finder }: UnitServices): Promise<boolean> {
  if (openDocument(uri) !== undefined) return true;
  return ((await findOnDisk(uri, finder))?.found.prompts.length ?? 0) > 0;
}

async function openPart(
  document: vscode.TextDocument,
  cell: number | null,
  services: UnitServices,
): Promise<UnitPart | null> {
  const subjects = await subjectsNow(document, services);
  if (subjects.length === 0) return null;
  return { uri: document.uri, cell, subjects, positionAt: (offset) => document.positionAt(offset) };
}

async function closedParts(
  uri: vscode.Uri,
  { finder, classTemplate }: UnitServices,
): Promise<readonly UnitPart[]> {
  const read = await findOnDisk(uri, finder);
  if (read === null) return [];
  const subjects = subjectsIn([read.found], 0, templateOf(classTemplate()));
  if (subjects.length === 0) return [];
  const starts = [
    0,
    ...[...read.text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: end }) => index + end.length),
  ];
  const positionAt = (offset: number) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return new vscode.Position(line, offset - starts[line]!);
  };
  return [{ uri, cell: null, subjects, positionAt }];
}

/** Null of what is gone, too large, ignored, or in no language that prompts are looked for in. */
async function findOnDisk(uri: vscode.Uri, finder: Remote<FinderProtocol>) {
  if (uri.scheme === 'untitled' || uri.scheme === 'vscode-notebook-cell') return null;
  const { finder: options, ignore } = readPromptSettings();
  const path = readablePath({
    path: vscode.workspace.asRelativePath(uri, false),
    languageId: 'plaintext',
  });
  if (path === null || isIgnoredFile(uri, ignore)) return null;
  const bytes = await bytesOf(uri);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(bytes);
  const [found] = await finder.find({ sources: [{ path, text }], options });
  return found === undefined ? null : { text, found };
}

async function bytesOf(uri: vscode.Uri): Promise<Uint8Array | null> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    return size > mostBytes ? null : await vscode.workspace.fs.readFile(uri);
  } catch {
    return null;
  }
}

/** Cells have no address before their notebook is open. */
async function notebookAt(uri: vscode.Uri): Promise<vscode.NotebookDocument | null> {
  const open = vscode.workspace.notebookDocuments.find((other) => other.uri.toString() === uri.toString());
  if (open !== undefined) return open;
  if (!uri.path.toLowerCase().endsWith('.ipynb') || openDocument(uri) !== undefined) return null;
  return vscode.workspace.openNotebookDocument(uri).then(
    (notebook) => notebook,
    () => null,
  );
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
}
