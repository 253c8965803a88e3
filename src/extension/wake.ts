import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { sharedStorage } from './library/libraryFile';
import { unitOf } from './prompts/promptUnits';

/**
 * Wakes what works unasked where there is something for it to do: in a workspace where it was used before (images are
 * pinned, a library is kept up to date, an audit stands in Problems), at a file in which prompts are looked for, and when
 * its settings change. Never before VS Code has gone on to other extensions.
 */
export function wakeWhereUsed(
  { workspaceState, storageUri }: Pick<vscode.ExtensionContext, 'workspaceState' | 'storageUri'>,
  wake: () => Promise<unknown>,
): vscode.Disposable {
  const { window, workspace } = vscode;
  const begin = (): void => {
    watching.dispose();
    // Nobody asked: what is wrong is told by the first command.
    wake().catch(() => undefined);
  };
  const look = (): void => {
    if (window.visibleTextEditors.some(({ document }) => unitOf(document) !== null)) begin();
  };
  const first = setTimeout(() => {
    if (workspaceState.keys().length > 0) begin();
    else look();
  });
  const watching = vscode.Disposable.from(
    new vscode.Disposable(() => clearTimeout(first)),
    window.onDidChangeVisibleTextEditors(look),
    // It may have been open, in another language.
    workspace.onDidOpenTextDocument(look),
    workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('clipsight') && begin()),
  );
  if (storageUri?.scheme === 'file') {
    access(sharedStorage(storageUri.fsPath, existsSync)).then(begin, () => {});
  }
  return watching;
}
