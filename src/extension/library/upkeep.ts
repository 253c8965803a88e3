import * as vscode from 'vscode';
import { changesStudy } from '../engine/settings';
import { watchImages } from './imageWatcher';
import type { Indexer } from './indexer';
import { isWatching } from './librarySettings';
import type { WorkspaceLibrary } from './workspaceLibrary';

/** Milliseconds between looks at what another window does with the library. */
const lookEvery = 10_000;

/**
 * Keeps the library up to date by itself: after changes of the images, and with a run that a reload of the window cut
 * short. It never makes a library, and leaves one alone that another window owns.
 */
export function keepUp(
  library: WorkspaceLibrary,
  indexer: Indexer,
  onError: (thrown: unknown) => void,
): vscode.Disposable {
  const isOurs = async (): Promise<boolean> => {
    if (!library.exists || !isWatching() || !vscode.workspace.isTrusted) return false;
    return (await library.status())?.access.kind === 'owner';
  };
  const update = async (only?: readonly string[]) => {
    // Nothing is indexed unasked for a study that was never indexed.
    if ((await isOurs()) && ((await library.status())?.images ?? 0) > 0) await indexer.update(only);
  };
  const restore = async () => {
    if (indexer.restore() === 'running' && (await isOurs())) await indexer.update();
  };
  restore().catch(onError);
  // What goes wrong here goes wrong again where the person asks for something.
  const look = () => library.lookAgain().catch(() => {});
  const looking = setInterval(() => vscode.window.state.focused && void look(), lookEvery);
  return vscode.Disposable.from(
    watchImages((only) => update(only).catch(onError)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const isAboutStudy = changesStudy(event) || event.affectsConfiguration('clipsight.judge');
      if (!isAboutStudy) return;
      // A run goes on for the study that it was begun for: whether it is wanted for another, the person says.
      indexer.pause();
      library.changed();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => library.changed()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => library.changed()),
    new vscode.Disposable(() => clearInterval(looking)),
  );
}
