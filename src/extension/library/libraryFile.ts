import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';

/** The file of the workspace's library; null where there is no folder open, or none to keep it in. */
export function libraryFile(storage: vscode.Uri | undefined): string | null {
  const isFolderOpen = (vscode.workspace.workspaceFolders ?? []).length > 0;
  if (storage?.scheme !== 'file' || !isFolderOpen) return null;
  return join(sharedStorage(storage.fsPath, existsSync), 'library.duckdb');
}

/**
 * The folder of the workspace's storage that all windows of the workspace share. VS Code gives the folder
 * `…/<workspace>/<extension>` to the first window only; others get `…/<workspace>-1/<extension>` and so on. The library
 * is one for all of them: its owner is known by a lock of its own.
 */
export function sharedStorage(storage: string, exists: (path: string) => boolean): string {
  const workspace = dirname(storage);
  const [, first] = /^(.*[0-9a-f])-[1-9]$/.exec(basename(workspace)) ?? [];
  const shared = first === undefined ? null : join(dirname(workspace), first);
  return shared !== null && exists(shared) ? join(shared, basename(storage)) : storage;
}
