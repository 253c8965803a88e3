import * as vscode from 'vscode';
import { type ErrorCode, errorLine, toErrorInfo } from '../shared/errors';

interface Action extends vscode.MessageItem {
  readonly command: string;
  readonly argument?: string;
}

/** Logs an error and shows it with what can be done about it. What the person cancelled is no error. */
export async function showError(log: vscode.LogOutputChannel, thrown: unknown): Promise<void> {
  const error = toErrorInfo(thrown);
  if (error.code === 'cancelled') return;
  log.error(thrown instanceof Error ? thrown : errorLine(error));
  const chosen = await vscode.window.showErrorMessage(errorLine(error), ...actions(error.code));
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, chosen.argument);
}

function actions(code: ErrorCode): Action[] {
  const logs: Action = { title: vscode.l10n.t('Show Logs'), command: 'clipsight.showLogs' };
  const restart: Action = { title: vscode.l10n.t('Restart Engine'), command: 'clipsight.restartEngine' };
  const settings: Action = {
    title: vscode.l10n.t('Open Settings'),
    command: 'workbench.action.openSettings',
    argument: '@ext:clipsight.clipsight',
  };
  switch (code) {
    case 'image':
    case 'prompt':
    case 'cancelled':
      return [];
    case 'checkpoint':
    case 'dictionary':
    case 'poor-dictionary':
    case 'probe':
    case 'network':
    case 'configuration':
      return [settings, logs];
    case 'device':
    case 'deadline':
    case 'engine-stopped':
      return [restart, logs];
    case 'library':
    case 'protocol':
    case 'internal':
      return [logs];
  }
}
