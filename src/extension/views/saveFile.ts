import { homedir } from 'node:os';
import * as vscode from 'vscode';
import * as z from 'zod';

const folderKey = 'clipsight.exportFolder';

export interface FileToSave {
  /** Of the dialog. */
  readonly title: string;
  /** That is offered, without the extension. */
  readonly name: string;
  /** Of the file's name, without the dot. */
  readonly extension: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes a file where the person chooses, if they do; the folder is offered again next time.
 *
 * @throws whatever the file system does
 */
export async function saveFile(
  { title, name, extension, bytes }: FileToSave,
  storage: vscode.Memento,
): Promise<void> {
  const uri = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.joinPath(exportFolder(storage), `${name}.${extension}`),
    filters: { [extension.toUpperCase()]: [extension] },
  });
  if (uri === undefined) return;
  await vscode.workspace.fs.writeFile(uri, bytes);
  await storage.update(folderKey, vscode.Uri.joinPath(uri, '..').toString());
  const open = vscode.l10n.t('Open');
  const shown = vscode.workspace.asRelativePath(uri);
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('Saved {0}.', shown), open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', uri);
}

function exportFolder(storage: vscode.Memento): vscode.Uri {
  const stored = z.string().safeParse(storage.get(folderKey));
  if (stored.success) return vscode.Uri.parse(stored.data);
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}
