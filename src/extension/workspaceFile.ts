import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { TextFile } from './keptFile';

/** A file of the workspace that is put in place whole, and made with its folder where there is none. */
export function workspaceFile(uri: vscode.Uri, written: () => void): TextFile {
  return {
    name: vscode.workspace.asRelativePath(uri),
    async read() {
      try {
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      } catch (thrown) {
        if (thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound') return null;
        throw thrown;
      }
    },
    async write(text) {
      if (uri.scheme === 'file') await replaceFile(uri.fsPath, text);
      else await replaceVirtualFile(uri, text);
      written();
    },
  };
}

/** Whoever reads it sees the old content or the new one: the editor's own renaming deletes first. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function replaceVirtualFile(uri: vscode.Uri, text: string): Promise<void> {
  const { fs } = vscode.workspace;
  await fs.createDirectory(vscode.Uri.joinPath(uri, '..'));
  await fs.writeFile(uri, new TextEncoder().encode(text));
}
