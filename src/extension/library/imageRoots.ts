import * as vscode from 'vscode';
import type { ImageRoot } from '../../shared/library';
import { excludedGlobs } from '../images/sample';

export interface ImageRoots {
  readonly roots: readonly ImageRoot[];
  /** Names of folders of the workspace that lie on no disk, and so are left out. */
  readonly leftOut: readonly string[];
}

/** The folders of the workspace whose images belong to the library, with what the settings take and leave out. */
export function imageRoots(): ImageRoots {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const onDisk = folders.filter(({ uri }) => uri.scheme === 'file');
  return {
    roots: onDisk.map(({ uri }) => rootOf(uri)),
    leftOut: folders.filter((folder) => !onDisk.includes(folder)).map(({ name }) => name),
  };
}

function rootOf(folder: vscode.Uri): ImageRoot {
  const library = vscode.workspace.getConfiguration('clipsight.library', folder);
  const include = library.get<string[]>('include', []);
  const exclude = [
    ...excludedGlobs(vscode.workspace.getConfiguration('files', folder).get('exclude')),
    ...excludedGlobs(vscode.workspace.getConfiguration('search', folder).get('exclude')),
    ...library.get<string[]>('exclude', []),
  ];
  return {
    folder: folder.fsPath,
    ...(include.length === 0 ? {} : { include }),
    ...(exclude.length === 0 ? {} : { exclude: [...new Set(exclude)] }),
  };
}
