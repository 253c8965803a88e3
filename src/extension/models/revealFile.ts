import * as vscode from 'vscode';

/** Shows where a file lies: in the explorer, else in the system's, else by its path. */
export async function revealFile(path: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  if (vscode.workspace.getWorkspaceFolder(uri) !== undefined) {
    await vscode.commands.executeCommand('revealInExplorer', uri);
    return;
  }
  const isLocal = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (isLocal) {
    await vscode.commands.executeCommand('revealFileInOS', uri);
    return;
  }
  // The system's file manager is on another machine than the file.
  const copy = vscode.l10n.t('Copy Path');
  const chosen = await vscode.window.showInformationMessage(path, copy);
  if (chosen === copy) await vscode.env.clipboard.writeText(path);
}
