import { homedir } from 'node:os';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { PanelState } from '../../shared/panelProtocol';
import { type ExportFormat, exportText } from './exportText';

const folderKey = 'clipsight.exportFolder';

/** @throws ClipsightError when there is nothing to export */
export async function copyResults(state: PanelState, format: ExportFormat): Promise<void> {
  await vscode.env.clipboard.writeText(exportText(state, format));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the results.'), 3000);
}

/**
 * Writes what a panel shows now into a file that the person chooses; the folder is offered again next time.
 *
 * @throws ClipsightError when there is nothing to export, and whatever the file system does
 */
export async function saveResults(
  state: PanelState,
  format: ExportFormat,
  storage: vscode.Memento,
): Promise<void> {
  const text = exportText(state, format);
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export results'),
    defaultUri: vscode.Uri.joinPath(exportFolder(storage), `clipsight.${format}`),
    filters: { [format.toUpperCase()]: [format] },
  });
  if (uri === undefined) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await storage.update(folderKey, vscode.Uri.joinPath(uri, '..').toString());
  const open = vscode.l10n.t('Open');
  const name = vscode.workspace.asRelativePath(uri);
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('Saved {0}.', name), open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', uri);
}

function exportFolder(storage: vscode.Memento): vscode.Uri {
  const stored = z.string().safeParse(storage.get(folderKey));
  if (stored.success) return vscode.Uri.parse(stored.data);
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}
