import * as vscode from 'vscode';
import type { EngineState } from '../../supervisor/supervisor';
import { devicesText } from './devicesText';
import type { EngineClient } from './engineClient';

interface EngineAction extends vscode.QuickPickItem {
  readonly command: string;
}

/** Shows how the engine is; its tooltip and a click on it offer what can be done. */
export function createStatusItem(engine: EngineClient): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('clipsight.engine', vscode.StatusBarAlignment.Right, 90);
  item.name = vscode.l10n.t('Clipsight Engine');
  item.command = 'clipsight.engineActions';
  // Whoever has no use for Clipsight in this window sees nothing of it.
  let wasUsed = false;
  const show = (state: EngineState) => {
    wasUsed ||= state !== 'stopped';
    if (wasUsed) item.show();
    const { icon, text } = appearance(state);
    item.text = `$(${icon}) Clipsight`;
    item.tooltip = tooltip(text, engine, state);
    item.accessibilityInformation = { label: text };
    item.backgroundColor =
      state === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    void vscode.commands.executeCommand('setContext', 'clipsight.engineState', state);
  };
  show(engine.state);
  return vscode.Disposable.from(item, engine.onState(show));
}

/** Asks what to do with the engine, and does it. */
export async function pickEngineAction(state: EngineState): Promise<void> {
  const chosen = await vscode.window.showQuickPick(actions(state), { title: appearance(state).text });
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}

function actions(state: EngineState): EngineAction[] {
  const logs = { label: vscode.l10n.t('Show Logs'), command: 'clipsight.showLogs' };
  const restart = { label: vscode.l10n.t('Restart Engine'), command: 'clipsight.restartEngine' };
  const stop = { label: vscode.l10n.t('Stop Engine'), command: 'clipsight.stopEngine' };
  switch (state) {
    case 'stopped':
    case 'failed':
      return [logs, restart];
    case 'starting':
    case 'ready':
    case 'busy':
      return [logs, restart, stop];
  }
}

function appearance(state: EngineState): { readonly icon: string; readonly text: string } {
  switch (state) {
    case 'stopped':
      return { icon: 'circle-slash', text: vscode.l10n.t('The Clipsight engine is not running.') };
    case 'starting':
      return { icon: 'loading~spin', text: vscode.l10n.t('The Clipsight engine is starting.') };
    case 'ready':
      return { icon: 'graph-left', text: vscode.l10n.t('The Clipsight engine is ready.') };
    case 'busy':
      return { icon: 'sync~spin', text: vscode.l10n.t('The Clipsight engine is computing.') };
    case 'failed':
      return { icon: 'error', text: vscode.l10n.t('The Clipsight engine failed.') };
  }
}

const openSettings = 'workbench.action.openSettings';

function settingsLink(): string {
  const query = encodeURIComponent(JSON.stringify(['clipsight.engine']));
  return `[${vscode.l10n.t('Settings')}](command:${openSettings}?${query})`;
}

function tooltip(
  text: string,
  { pid, devices }: Pick<EngineClient, 'pid' | 'devices'>,
  state: EngineState,
): vscode.MarkdownString {
  const offered = [
    ...actions(state),
    { label: vscode.l10n.t('Test Devices Again'), command: 'clipsight.testDevices' },
  ];
  const links = offered.map(({ label, command }) => `[${label}](command:${command})`).join(' · ');
  const heading = pid === null ? text : `${text} ${vscode.l10n.t('Process {0}.', pid)}`;
  const markdown = new vscode.MarkdownString(
    [heading, ...(devices === null ? [] : devicesText(devices)), `${links} · ${settingsLink()}`].join('\n\n'),
  );
  markdown.isTrusted = { enabledCommands: [...offered.map(({ command }) => command), openSettings] };
  return markdown;
}
