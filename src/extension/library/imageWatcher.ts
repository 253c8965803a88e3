import * as vscode from 'vscode';
import { isImageName } from '../images/imageFiles';
import { Changes } from './changes';

/** Milliseconds of quiet after which changes are taken in: a copy of many files is one change. */
const quiet = 2000;

/**
 * Watches the workspace for images that come, change and go.
 * @param update called with the files that changed; without any where folders came or went, whose files nobody named
 */
export function watchImages(update: (only?: readonly string[]) => void): vscode.Disposable {
  const changes = new Changes();
  let timer: NodeJS.Timeout | undefined;
  const note = (path: string, mayBeFolder: boolean) => {
    if (isImageName(path)) changes.file(path);
    else if (mayBeFolder) changes.folder();
    else return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const taken = changes.take();
      if (taken === 'all') update();
      else if (taken.length > 0) update(taken);
    }, quiet);
  };
  // A folder that comes or goes may be reported without its files, so all is watched.
  const watcher = vscode.workspace.createFileSystemWatcher('**/*');
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(({ scheme, fsPath }) => scheme === 'file' && note(fsPath, false)),
    watcher.onDidDelete(({ scheme, fsPath }) => scheme === 'file' && note(fsPath, hasNoEnding(fsPath))),
    watcher.onDidCreate(async (uri) => {
      if (uri.scheme === 'file') note(uri.fsPath, await isFolder(uri));
    }),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}

/** What is gone cannot be looked at: most folders have no ending, most files have one. */
function hasNoEnding(path: string): boolean {
  return !/[^\\/]\.[^\\/.]+$/.test(path);
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  if (isImageName(uri.path)) return false;
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}
