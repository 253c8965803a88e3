import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import type { NamedIntervention } from '../../shared/intervention';
import { interventionFile } from '../../shared/interventionFile';
import { workspaceFile } from '../workspaceFile';
import { type KeptInterventions, keptInterventions } from './keptInterventions';

/** The named interventions of the workspace: each of its folders has a file of them. */
export class WorkspaceInterventions implements vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  /** What is kept may be another. */
  readonly onChange = this.change.event;
  private readonly byFolder = new Map<string, KeptInterventions>();
  private readonly listener: vscode.Disposable;

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/${interventionFile}`);
    const changed = () => this.change.fire();
    this.listener = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(changed),
      watcher.onDidChange(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(changed),
    );
  }

  /**
   * Those of the folder that an image lies in; else of the first.
   *
   * @throws ClipsightError 'configuration' where no folder is open
   */
  at(image: vscode.Uri | undefined): KeptInterventions {
    const folder =
      (image && vscode.workspace.getWorkspaceFolder(image)) ?? vscode.workspace.workspaceFolders?.[0];
    if (folder !== undefined) return this.in(folder);
    throw new ClipsightError(
      'configuration',
      vscode.l10n.t('There is no folder open that interventions could be kept in.'),
      vscode.l10n.t('Open the folder of the images.'),
    );
  }

  /** Those of a study where an image lies, by name; none where no folder is open. */
  async of(image: vscode.Uri | undefined, study: string): Promise<readonly NamedIntervention[]> {
    if ((vscode.workspace.workspaceFolders ?? []).length === 0) return [];
    return (await this.at(image).all()).filter(({ key }) => key === study);
  }

  /** Those of a study in all folders, with the name of the folder. */
  async everywhere(
    study: string,
  ): Promise<readonly { readonly folder: string; readonly kept: NamedIntervention }[]> {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(async (folder) => {
      const all = await this.in(folder).all();
      return all.filter(({ key }) => key === study).map((kept) => ({ folder: folder.name, kept }));
    });
    return (await Promise.all(folders)).flat();
  }

  dispose(): void {
    this.listener.dispose();
    this.change.dispose();
  }

  private in({ uri }: vscode.WorkspaceFolder): KeptInterventions {
    const known = this.byFolder.get(uri.toString());
    if (known !== undefined) return known;
    const kept = keptInterventions(
      // Not everything is watched.
      workspaceFile(vscode.Uri.joinPath(uri, interventionFile), () => this.change.fire()),
    );
    this.byFolder.set(uri.toString(), kept);
    return kept;
  }
}
