import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import type { AuditedPrompt } from './auditSession';

/**
 * Shows a prompt in its file, selected where it stands now: in the editor that has the file, else beside.
 *
 * @throws ClipsightError 'prompt' where it stands in no file, or in one that is gone
 */
export async function openPrompt({ name, place }: Pick<AuditedPrompt, 'name' | 'place'>): Promise<void> {
  if (place === null) throw new ClipsightError('prompt', `“${name}” stands in no file.`);
  const uri = await fileAt(place.file);
  if (uri === null) {
    throw new ClipsightError('prompt', `${place.file} is no longer there.`, 'Audit again.');
  }
  if (uri.path.toLowerCase().endsWith('.ipynb')) {
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    const cell = cellNow(
      notebook.getCells().map(({ document }) => document.getText()),
      name,
      place.start,
    );
    const shown = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
    await vscode.window.showNotebookDocument(notebook, {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
      ...(cell === null ? {} : { selections: [new vscode.NotebookRange(cell, cell + 1)] }),
    });
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const start = startNow(document.getText(), name, place.start);
  const range =
    start === null
      ? new vscode.Range(document.positionAt(place.start), document.positionAt(place.start))
      : new vscode.Range(document.positionAt(start), document.positionAt(start + name.length));
  await vscode.window.showTextDocument(document, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
    selection: range,
  });
}

/** Where a text stands that stood near `start` when it was looked at: the nearest of its places; null of none. */
export function startNow(text: string, wanted: string, start: number): number | null {
  let best: number | null = null;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (best === null || Math.abs(at - start) < Math.abs(best - start)) best = at;
  }
  return best;
}

/** The cell in which a text stands nearest to where it stood; which cell that was is not kept. Null of none. */
export function cellNow(cells: readonly string[], wanted: string, start: number): number | null {
  let best: { readonly cell: number; readonly distance: number } | null = null;
  for (const [cell, text] of cells.entries()) {
    const at = startNow(text, wanted, start);
    const distance = at === null ? Number.POSITIVE_INFINITY : Math.abs(at - start);
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { cell, distance };
  }
  return best?.cell ?? null;
}

/** A file by its path in a workspace folder, which in a workspace of several may begin with the folder's name. */
async function fileAt(path: string): Promise<vscode.Uri | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const places = folders.flatMap(({ uri, name }) => [
    vscode.Uri.joinPath(uri, path),
    ...(path.startsWith(`${name}/`) ? [vscode.Uri.joinPath(uri, path.slice(name.length + 1))] : []),
  ]);
  for (const uri of places) {
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (exists) return uri;
  }
  return null;
}
