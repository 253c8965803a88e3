import * as vscode from 'vscode';
import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Remote } from '../../shared/rpc/protocol';
import { count } from '../models/amounts';
import { withPatience } from '../patience';
import type { WorkspaceLibrary } from './workspaceLibrary';

type Engine = () => Remote<EngineProtocol>;

/** Writes the library as Parquet files into a folder that the person chooses. */
export async function exportLibrary(library: WorkspaceLibrary, engine: Engine): Promise<void> {
  const request = await library.request();
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Folder for the Parquet files of the library'),
    openLabel: vscode.l10n.t('Export'),
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const folder = chosen?.[0]?.fsPath;
  if (folder === undefined) return;
  const { images } = await withPatience(vscode.l10n.t('Exporting the library'), (options) =>
    engine().exportLibrary({ library: request.library, folder }, options),
  );
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Exported {0} images to {1}.', count(images), folder),
  );
}

/** Adds what folders of such files hold to the library. */
export async function importLibrary(library: WorkspaceLibrary, engine: Engine): Promise<void> {
  const request = await library.request();
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Folders of an exported library'),
    openLabel: vscode.l10n.t('Import'),
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: true,
  });
  const folders = chosen?.map(({ fsPath }) => fsPath) ?? [];
  if (folders.length === 0) return;
  // Cancelled, it has what was imported before.
  const { added, images, notes } = await withPatience(vscode.l10n.t('Importing a library'), (options) =>
    engine().importLibrary({ library: request.library, folders }, options),
  ).finally(() => library.changed());
  const said = vscode.l10n.t('Added {0} images; the library has {1}.', count(added), count(images));
  void vscode.window.showInformationMessage([said, ...notes].join(' '));
}
