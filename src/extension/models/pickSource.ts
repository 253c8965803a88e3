import * as vscode from 'vscode';
import type { ModelCard } from '../../shared/inspection';
import { type Choice, type ChoiceGroup, type SourcePick, weightEndings } from './choices';
import { type OwnUnit, parseHubId, type SourceKind, withoutHubAddress } from './reference';

interface PickItem extends vscode.QuickPickItem {
  /** Undefined for separators. */
  readonly choice?: Choice;
}

/** Asks which model or dictionary; undefined when the person leaves without a choice. */
export async function pickSource(
  title: string,
  placeHolder: string,
  groups: readonly ChoiceGroup[],
): Promise<SourcePick | undefined> {
  const items = groups.flatMap(groupItems);
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.choice?.pick;
}

/**
 * The name, as for a setting, of what was picked: asks for what is still missing. Undefined when the person leaves;
 * empty for the default.
 * @param model gives the model in use, whose blocks can be chosen from
 */
export async function completePick(
  pick: SourcePick,
  kind: SourceKind,
  model: () => Promise<ModelCard>,
): Promise<string | undefined> {
  switch (pick.kind) {
    case 'reference':
      return pick.reference;
    case 'default':
      return '';
    case 'folder':
      return askForPath(kind, 'folder');
    case 'file':
      return askForPath(kind, 'file');
    case 'hub':
      return askForHubId(kind, pick.start);
    case 'units':
      return askForBlock(pick.unit, await model());
  }
}

function groupItems({ heading, choices }: ChoiceGroup): PickItem[] {
  return [
    { label: heading, kind: vscode.QuickPickItemKind.Separator },
    ...choices.map((choice) => {
      const { label, description, detail, pick } = choice;
      const icon = pickIcon(pick);
      return {
        label,
        choice,
        ...(description === undefined ? {} : { description }),
        ...(detail === undefined ? {} : { detail }),
        ...(icon === undefined ? {} : { iconPath: new vscode.ThemeIcon(icon) }),
      };
    }),
  ];
}

function pickIcon(pick: SourcePick): string | undefined {
  switch (pick.kind) {
    case 'reference':
      return parseHubId(pick.reference) === null ? undefined : 'cloud';
    case 'default':
      return undefined;
    case 'folder':
      return 'folder';
    case 'file':
      return 'file';
    case 'hub':
      return 'cloud-download';
    case 'units':
      return 'layers';
  }
}

async function askForPath(kind: SourceKind, what: 'file' | 'folder'): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title:
      kind === 'model'
        ? vscode.l10n.t('Checkpoint of a CLIP model')
        : vscode.l10n.t('Weights of a dictionary'),
    openLabel: vscode.l10n.t('Choose'),
    canSelectFiles: what === 'file',
    canSelectFolders: what === 'folder',
    ...(what === 'file' ? { filters: { [vscode.l10n.t('Weights')]: [...weightEndings] } } : {}),
  });
  return chosen?.[0]?.fsPath;
}

async function askForHubId(kind: SourceKind, start: string): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title:
      kind === 'model'
        ? vscode.l10n.t('Model on the Hugging Face hub')
        : vscode.l10n.t('Dictionary on the Hugging Face hub'),
    prompt: vscode.l10n.t('owner/name, or owner/name@revision/path for a part of a repository'),
    placeHolder: kind === 'model' ? 'openai/clip-vit-base-patch32' : 'owner/name/layer-11/ae.pt',
    value: start,
    valueSelection: [start.length, start.length],
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' || parseHubId(withoutHubAddress(text)) !== null
        ? undefined
        : vscode.l10n.t(
            'This is no id of the hub: write owner/name, owner/name@revision or owner/name/path.',
          ),
  });
  const id = typed === undefined ? '' : withoutHubAddress(typed);
  return id === '' ? undefined : id;
}

async function askForBlock(unit: OwnUnit, model: ModelCard): Promise<string | undefined> {
  const blocks = Array.from({ length: model.layers }, (_, block) => model.layers - 1 - block);
  const items = blocks.map((block) => ({
    label: vscode.l10n.t('Block {0}', block),
    description: `${unit}:${block}${block === model.layers - 1 ? ` · ${vscode.l10n.t('the last')}` : ''}`,
    block,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title:
      unit === 'neurons'
        ? vscode.l10n.t('Block whose MLP neurons name the components')
        : vscode.l10n.t('Block whose attention heads name the components'),
    placeHolder: vscode.l10n.t('{0} has the blocks 0 to {1}', model.id, model.layers - 1),
    matchOnDescription: true,
  });
  return chosen === undefined ? undefined : `${unit}:${chosen.block}`;
}
