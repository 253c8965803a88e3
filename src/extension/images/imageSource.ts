import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';

/** A path relative to the workspace, for people. */
export function imageLabel(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}

/**
 * The image as the engine takes it: files by their path, those of virtual file systems as bytes, because only
 * the editor can read them.
 *
 * @throws ClipsightError 'image' when it cannot be read.
 */
export async function imageSource(uri: vscode.Uri): Promise<ImageSource> {
  if (uri.scheme === 'file') return { kind: 'file', path: uri.fsPath };
  try {
    const bytes = new Uint8Array(await vscode.workspace.fs.readFile(uri));
    return { kind: 'bytes', name: imageLabel(uri), bytes };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ClipsightError('image', `${imageLabel(uri)} cannot be read: ${reason}`);
  }
}
