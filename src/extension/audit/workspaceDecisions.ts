import * as vscode from 'vscode';
import {
  decisionFile,
  findDecision,
  formatDecisionFile,
  mergeDecisions,
  parseDecisionFile,
  withDecision,
  withoutDecision,
} from '../../shared/decisionFile';
import type { Decision, FindingId } from '../../shared/decisions';
import { ClipsightError } from '../../shared/errors';
import { KeptFile } from '../keptFile';
import { workspaceFile } from '../workspaceFile';

type KeptDecisions = KeptFile<readonly Decision[]>;

/** What was decided about findings in this workspace: each of its folders has a file of it, the first says it first. */
export class WorkspaceDecisions implements vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  /** Something else may be decided. */
  readonly onChange = this.change.event;
  private readonly byFolder = new Map<string, KeptDecisions>();
  private readonly listener: vscode.Disposable;
  private known: readonly Decision[] = [];
  private reading: Promise<void> = Promise.resolve();

  /** @param onError is told of a file that cannot be read: nothing is then known of what it says */
  constructor(private readonly onError: (thrown: unknown) => void) {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/${decisionFile}`);
    const changed = () => void this.read();
    this.listener = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(changed),
      watcher.onDidChange(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(changed),
    );
    changed();
  }

  /** As far as it was read. */
  of(id: FindingId): Decision | null {
    return findDecision(this.known, id);
  }

  /** Fulfilled when all that was written by now is known. */
  async read(): Promise<void> {
    const reading = this.reading.then(() => this.readAll());
    this.reading = reading;
    await reading;
  }

  /**
   * Keeps a decision in the place of the one about the same finding: where that stands, else in the folder of a file.
   *
   * @param near a file that the finding is about
   * @throws ClipsightError 'configuration', and whatever the file system does
   */
  async keep(decision: Decision, near: vscode.Uri | null): Promise<void> {
    demandTrust();
    const holding = await this.holding(decision);
    const [kept = this.in(folderOf(near))] = holding;
    await kept.change((all) => withDecision(all, decision));
    await this.read();
  }

  /** @throws ClipsightError 'configuration', and whatever the file system does */
  async forget(id: FindingId): Promise<void> {
    demandTrust();
    for (const kept of await this.holding(id)) await kept.change((all) => withoutDecision(all, id));
    await this.read();
  }

  dispose(): void {
    this.listener.dispose();
    this.change.dispose();
  }

  /** The files that say something about a finding. */
  private async holding(id: FindingId): Promise<readonly KeptDecisions[]> {
    const all = (vscode.workspace.workspaceFolders ?? []).map((folder) => this.in(folder));
    const has = await Promise.all(all.map(async (kept) => findDecision(await kept.all(), id) !== null));
    return all.filter((_, i) => has[i]);
  }

  private async readAll(): Promise<void> {
    const files = (vscode.workspace.workspaceFolders ?? []).map(async (folder) => {
      try {
        return await this.in(folder).all();
      } catch (thrown) {
        this.onError(thrown);
        return [];
      }
    });
    const before = formatDecisionFile(this.known);
    this.known = mergeDecisions(...(await Promise.all(files)));
    if (formatDecisionFile(this.known) !== before) this.change.fire();
  }

  private in({ uri }: vscode.WorkspaceFolder): KeptDecisions {
    const known = this.byFolder.get(uri.toString());
    if (known !== undefined) return known;
    const file = workspaceFile(vscode.Uri.joinPath(uri, decisionFile), () => {});
    const kept = new KeptFile<readonly Decision[]>(file, {
      empty: [],
      parse: parseDecisionFile,
      format: formatDecisionFile,
    });
    this.byFolder.set(uri.toString(), kept);
    return kept;
  }
}

/** The folder that a file lies in; else the first. @throws ClipsightError 'configuration' where no folder is open */
function folderOf(file: vscode.Uri | null): vscode.WorkspaceFolder {
  const folder =
    (file && vscode.workspace.getWorkspaceFolder(file)) ?? vscode.workspace.workspaceFolders?.[0];
  if (folder !== undefined) return folder;
  throw new ClipsightError(
    'configuration',
    vscode.l10n.t('There is no folder open that decisions could be kept in.'),
    vscode.l10n.t('Open the folder of the prompts.'),
  );
}

function demandTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ClipsightError(
    'configuration',
    vscode.l10n.t('This workspace is not trusted: nothing is written into it.'),
    vscode.l10n.t('Trust the workspace to keep decisions in it.'),
  );
}
