import * as vscode from 'vscode';
import { bundledDictionaries, bundledModels } from './studySettings';

interface Choice extends vscode.QuickPickItem {
  /** The value for the setting; undefined asks for a folder. */
  readonly value?: string;
}

const defaultChoice = (description: string): Choice => ({
  label: vscode.l10n.t('Default'),
  description,
  value: '',
});
const folderChoice = (): Choice => ({
  label: vscode.l10n.t('Choose a folder…'),
  iconPath: vscode.ThemeIcon.Folder,
});
const separator: Choice = { label: '', kind: vscode.QuickPickItemKind.Separator };

const bundledChoice = (name: string): Choice => ({
  label: name,
  description: vscode.l10n.t('comes with Clipsight'),
  value: `bundled:${name}`,
});

/** Asks for a model and writes the setting `clipsight.model`. */
export function chooseModel(): Promise<void> {
  return chooseSetting('model', vscode.l10n.t('Model to study'), [
    defaultChoice('emoji-clip'),
    ...bundledModels.map(bundledChoice),
    separator,
    folderChoice(),
  ]);
}

/** Asks for a dictionary and writes the setting `clipsight.dictionary`. */
export function chooseDictionary(): Promise<void> {
  return chooseSetting('dictionary', vscode.l10n.t('Dictionary that names the components'), [
    defaultChoice(vscode.l10n.t('sae-cls for the bundled model, neurons for any other')),
    ...bundledDictionaries.map(bundledChoice),
    {
      label: vscode.l10n.t('Neurons of the last block but one'),
      description: 'neurons:-2',
      value: 'neurons:-2',
    },
    separator,
    folderChoice(),
  ]);
}

async function chooseSetting(name: string, title: string, choices: Choice[]): Promise<void> {
  const settings = vscode.workspace.getConfiguration('clipsight');
  const current = settings.get(name, '');
  const placeHolder = vscode.l10n.t('Now: {0}', current || vscode.l10n.t('default'));
  const chosen = await vscode.window.showQuickPick(choices, { title, placeHolder });
  if (chosen === undefined) return;
  const value = chosen.value ?? (await askForFolder(title));
  if (value !== undefined) await settings.update(name, value, vscode.ConfigurationTarget.Global);
}

async function askForFolder(title: string): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: vscode.l10n.t('Choose'),
    canSelectFiles: false,
    canSelectFolders: true,
  });
  return chosen?.[0]?.fsPath;
}
