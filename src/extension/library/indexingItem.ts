import * as vscode from 'vscode';
import { percent } from '../models/amounts';
import type { Indexer } from './indexer';
import { paceLine } from './pace';

/** Shows in the status bar how far the indexing is, as long as there is one; a click offers what can be done. */
export function createIndexingItem(indexer: Indexer): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('clipsight.indexing', vscode.StatusBarAlignment.Right, 89);
  item.name = vscode.l10n.t('Indexing of Images');
  item.command = 'clipsight.indexingActions';
  const show = () => {
    const { state } = indexer;
    void vscode.commands.executeCommand('setContext', 'clipsight.indexing', state?.kind ?? 'none');
    if (state === null) {
      item.hide();
      return;
    }
    const { done, total } = state.progress;
    const share = total > 0 ? ` ${percent(Math.floor((done / total) * 100) / 100)}` : '';
    const isRunning = state.kind === 'running';
    item.text = isRunning
      ? `$(sync~spin) ${vscode.l10n.t('Indexing{0}', share)}`
      : `$(debug-pause) ${vscode.l10n.t('Indexing paused')}`;
    item.tooltip = paceLine(state);
    item.accessibilityInformation = {
      label: isRunning
        ? vscode.l10n.t('Indexing images, {0}', paceLine(state))
        : vscode.l10n.t('The indexing of images is paused'),
    };
    item.show();
  };
  show();
  return vscode.Disposable.from(item, indexer.onChange(show));
}

/** Asks what to do with the indexing, and does it. */
export async function pickIndexingAction(indexer: Indexer): Promise<void> {
  const { state } = indexer;
  if (state === null) return;
  const actions = [
    state.kind === 'running'
      ? { label: vscode.l10n.t('Pause Indexing'), command: 'clipsight.pauseIndexing' }
      : { label: vscode.l10n.t('Resume Indexing'), command: 'clipsight.resumeIndexing' },
    { label: vscode.l10n.t('Cancel Indexing'), command: 'clipsight.cancelIndexing' },
  ];
  const chosen = await vscode.window.showQuickPick(actions, { title: paceLine(state) });
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}
