import * as vscode from 'vscode';
import { templateOf } from '../../shared/promptDirection';
import type { FoundDocuments, FoundIn } from '../prompts/editorPrompts';
import { notebookOf } from '../prompts/promptUnits';
import { type PlacedPrompt, promptsFound } from './auditPlan';
import { type FoundSubject, subjectsIn } from './foundSubjects';

/** A file, or the cells of a notebook: what prompts are found in together. */
export interface Unit {
  /** Of the file, or of the notebook. */
  readonly uri: vscode.Uri;
  readonly documents: readonly vscode.TextDocument[];
  readonly isNotebook: boolean;
}

/** The file or notebook that a document belongs to. */
export function unitUriOf(document: vscode.TextDocument): vscode.Uri {
  return notebookOf(document)?.uri ?? document.uri;
}

/** Opens a file or a notebook, without showing it. Null where it is gone. */
export async function openUnit(uri: vscode.Uri): Promise<Unit | null> {
  const { workspace } = vscode;
  if (uri.path.toLowerCase().endsWith('.ipynb')) {
    const notebook = await workspace.openNotebookDocument(uri).then(
      (opened) => opened,
      () => null,
    );
    if (notebook !== null) return unitOfNotebook(notebook);
  }
  // To open one that was never saved, and is closed, would make another.
  const isGone = uri.scheme === 'untitled' && !workspace.textDocuments.some((open) => isAt(open, uri));
  if (isGone) return null;
  return workspace.openTextDocument(uri).then(
    (document) => ({ uri, documents: [document], isNotebook: false }),
    () => null,
  );
}

/** The unit that a document is of, or whose address this is. */
export async function unitAt(uri: vscode.Uri): Promise<Unit | null> {
  const cell = vscode.workspace.textDocuments.find((open) => isAt(open, uri));
  const notebook = cell === undefined ? null : notebookOf(cell);
  return notebook === null ? openUnit(uri) : unitOfNotebook(notebook);
}

/** What can be audited in a document as it is now; null where it is not looked into. */
export async function subjectsNow(
  documents: Pick<FoundDocuments, 'find'>,
  document: vscode.TextDocument,
  template: string,
): Promise<readonly FoundSubject[] | null> {
  const found: FoundIn | null = await documents.find(document);
  return found === null ? null : subjectsIn(found.all, found.source, templateOf(template));
}

/** What can be audited in a unit as it is now, and where it stands. */
export async function promptsOfUnit(
  documents: Pick<FoundDocuments, 'find'>,
  { uri, documents: parts, isNotebook }: Unit,
  template: string,
): Promise<PlacedPrompt[]> {
  const prompts: PlacedPrompt[] = [];
  for (const document of parts) {
    const place = {
      uri: uri.toString(),
      cell: isNotebook
        ? (notebookOf(document)
            ?.getCells()
            .findIndex((cell) => cell.document === document) ?? null)
        : null,
      file: vscode.workspace.asRelativePath(uri, false),
    };
    prompts.push(...promptsFound((await subjectsNow(documents, document, template)) ?? [], place));
  }
  return prompts;
}

function unitOfNotebook(notebook: vscode.NotebookDocument): Unit {
  const documents = notebook.getCells().map(({ document }) => document);
  return { uri: notebook.uri, documents, isNotebook: true };
}

function isAt(document: vscode.TextDocument, uri: vscode.Uri): boolean {
  return document.uri.toString() === uri.toString();
}
