import * as vscode from 'vscode';
import { imageExtensions } from './imageFiles';
import { excludeGlob, spread } from './sample';

/** Enough to test a dictionary on. */
const sampleSize = 64;
/** More are not looked for: what is taken is spread over those found. */
const mostFound = 5000;
/** A search may take as long as a network drive; who asked does not wait for it any longer. */
const patience = 2000;
/** After which the workspace may have other images. */
const lifetime = 10 * 60_000;

/** Some of the workspace's images, found when they are first asked for. */
export class WorkspaceImages implements vscode.Disposable {
  private found: { readonly paths: Promise<readonly string[]>; readonly since: number } | null = null;
  private readonly foldersChange = vscode.workspace.onDidChangeWorkspaceFolders(() => {
    this.found = null;
  });

  /** Absolute paths, the same ones in the same order each time; none while they are still being looked for. */
  async sample(): Promise<readonly string[]> {
    if (this.found === null || Date.now() - this.found.since > lifetime) {
      this.found = { paths: findImages(), since: Date.now() };
    }
    return Promise.race([this.found.paths, afterPatience()]);
  }

  dispose(): void {
    this.foldersChange.dispose();
  }
}

async function findImages(): Promise<readonly string[]> {
  const exclude = excludeGlob(vscode.workspace.getConfiguration('search').get('exclude'));
  const pattern = `**/*.{${imageExtensions.flatMap((ending) => [ending, ending.toUpperCase()]).join(',')}}`;
  const uris = await vscode.workspace.findFiles(pattern, exclude, mostFound);
  const paths = uris.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
  return spread([...new Set(paths)].sort(), sampleSize);
}

function afterPatience(): Promise<readonly string[]> {
  return new Promise((resolve) => setTimeout(resolve, patience, []).unref());
}
