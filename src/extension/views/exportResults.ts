import * as vscode from 'vscode';
import type { Intervention } from '../../shared/intervention';
import type { PanelState } from '../../shared/panelProtocol';
import { type ExportFormat, exportText } from './exportText';
import { saveFile } from './saveFile';

/** What is exported, and what was changed in the model that it is of. */
export interface Results {
  readonly state: PanelState;
  readonly intervention: Intervention;
}

/** @throws ClipsightError when there is nothing to export */
export async function copyResults({ state, intervention }: Results, format: ExportFormat): Promise<void> {
  await vscode.env.clipboard.writeText(exportText(state, format, intervention));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the results.'), 3000);
}

/**
 * Writes what a panel shows now into a file that the person chooses; the folder is offered again next time.
 *
 * @throws ClipsightError when there is nothing to export, and whatever the file system does
 */
export async function saveResults(
  { state, intervention }: Results,
  format: ExportFormat,
  storage: vscode.Memento,
): Promise<void> {
  const text = exportText(state, format, intervention);
  await saveFile(
    {
      title: vscode.l10n.t('Export results'),
      name: 'clipsight',
      extension: format,
      bytes: new TextEncoder().encode(text),
    },
    storage,
  );
}
