import * as vscode from 'vscode';
import { percent } from '../models/amounts';
import { progressMessage } from '../patience';
import type { WorkspaceAudit } from './workspaceAudit';

type Shown = Pick<WorkspaceAudit, 'progress' | 'outcome' | 'outdated' | 'onChange'>;

/** Shows in the status bar how far an audit is, as long as there is one; a click offers what can be done. */
export function createAuditItem(audit: Shown): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('clipsight.audit', vscode.StatusBarAlignment.Right, 88);
  item.name = vscode.l10n.t('Audit of Prompts');
  item.command = 'clipsight.auditActions';
  let isAuditing: boolean | null = null;
  let hasAudit: boolean | null = null;
  const show = () => {
    const { progress } = audit;
    if (isAuditing !== (progress !== null)) {
      isAuditing = progress !== null;
      setContext('auditing', isAuditing);
    }
    if (hasAudit !== (audit.outcome !== null)) {
      hasAudit = audit.outcome !== null;
      setContext('hasAudit', hasAudit);
    }
    if (progress === null) {
      item.hide();
      return;
    }
    const { done, total } = progress;
    const share = total > 0 ? ` ${percent(Math.floor(Math.min(1, done / total) * 100) / 100)}` : '';
    item.text = `$(sync~spin) ${vscode.l10n.t('Auditing{0}', share)}`;
    item.tooltip = progressMessage(progress);
    item.accessibilityInformation = {
      label: vscode.l10n.t('Auditing prompts, {0}', progressMessage(progress)),
    };
    item.show();
  };
  show();
  return vscode.Disposable.from(item, audit.onChange(show));
}

/** Asks what to do with the audit that is under way, and does it. */
export async function pickAuditAction({ progress }: Pick<Shown, 'progress'>): Promise<void> {
  if (progress === null) return;
  const cancel = { label: vscode.l10n.t('Cancel Audit'), command: 'clipsight.cancelAudit' };
  const chosen = await vscode.window.showQuickPick([cancel], { title: progressMessage(progress) });
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}

function setContext(name: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', `clipsight.${name}`, value);
}
