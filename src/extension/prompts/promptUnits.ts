import * as vscode from 'vscode';
import type { PromptSource } from '../../shared/foundPrompts';
import { readablePath } from './documentLanguage';
import { withoutMagics } from './notebookCells';

/** A document as the finder is given it. */
export interface SourceDocument {
  readonly document: vscode.TextDocument;
  readonly source: PromptSource;
}

/** What is looked into together: a document, or all cells of a notebook. */
export interface PromptUnit {
  readonly key: string;
  readonly notebook: vscode.NotebookDocument | null;
  /** Those in a language that prompts are looked for in, as they are now. */
  readonly documents: () => readonly vscode.TextDocument[];
  readonly sources: () => readonly SourceDocument[];
}

/** Null for what is no file to write in: output, the other side of a comparison; and for the editor's own settings. */
export function unitOf(document: vscode.TextDocument): PromptUnit | null {
  if (!isWritten(document)) return null;
  const notebook = notebookOf(document);
  if (notebook !== null) {
    return {
      key: notebook.uri.toString(),
      notebook,
      documents: () => cellPaths(notebook).map(([cell]) => cell),
      sources: () =>
        cellPaths(notebook).map(([cell, path, isCode]) => {
          const text = cell.getText();
          return { document: cell, source: { path, text: isCode ? withoutMagics(text) : text } };
        }),
    };
  }
  const path = pathOf(document.uri);
  const readable = readablePath({ path, languageId: document.languageId });
  if (readable === null) return null;
  return {
    key: document.uri.toString(),
    notebook: null,
    documents: () => [document],
    sources: () => [{ document, source: { path: readable, text: document.getText() } }],
  };
}

/** The notebook that a cell belongs to; null for other documents. */
export function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | null {
  const { scheme, path } = document.uri;
  if (scheme !== 'vscode-notebook-cell') return null;
  return (
    vscode.workspace.notebookDocuments.find(
      (notebook) =>
        notebook.uri.path === path && notebook.getCells().some((cell) => cell.document === document),
    ) ?? null
  );
}

type CellPath = readonly [document: vscode.TextDocument, path: string, isCode: boolean];

function cellPaths(notebook: vscode.NotebookDocument): CellPath[] {
  const path = pathOf(notebook.uri);
  return notebook.getCells().flatMap(({ document, kind }, index): CellPath[] => {
    const isCode = kind === vscode.NotebookCellKind.Code;
    const { languageId } = document;
    const readable = readablePath({ path: `${path}#${index}`, languageId: isCode ? languageId : 'markdown' });
    return readable === null ? [] : [[document, readable, isCode]];
  });
}

/** Relative to the workspace where it lies in it. */
function pathOf(uri: vscode.Uri): string {
  const isInside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  return isInside ? vscode.workspace.asRelativePath(uri, false) : uri.path;
}

function isWritten({ uri: { scheme } }: vscode.TextDocument): boolean {
  if (['file', 'untitled', 'vscode-notebook-cell'].includes(scheme)) return true;
  // The person's settings.json, whose `clipsight.prompts.names` is named like prompts.
  return scheme !== 'vscode-userdata' && vscode.workspace.fs.isWritableFileSystem(scheme) === true;
}
