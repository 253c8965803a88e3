import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { FileFailure } from '../../shared/library';

interface FailureItem extends vscode.QuickPickItem {
  readonly path: string;
}

/** Lists the files that could not be indexed, each with its reason; the one chosen is opened. */
export async function showFailures(failures: readonly FileFailure[]): Promise<void> {
  if (failures.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Every image of the library could be read.'));
    return;
  }
  const items = failures.map(
    ({ path, reason }): FailureItem => ({
      label: basename(path),
      description: vscode.workspace.asRelativePath(path),
      detail: reason,
      iconPath: new vscode.ThemeIcon('warning'),
      path,
    }),
  );
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Files that could not be indexed'),
    placeHolder: vscode.l10n.t('Choose one to open it'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen !== undefined) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(chosen.path));
}
