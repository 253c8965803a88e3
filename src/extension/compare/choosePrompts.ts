import * as vscode from 'vscode';
import { mostCompared } from '../../shared/compareProtocol';
import type { GroupNow } from './groupNow';

interface PromptItem extends vscode.QuickPickItem {
  readonly index: number;
}

/** Asks which prompts of a group are compared, as many as fit; undefined when the person leaves without a choice. */
export async function choosePrompts(
  { prompts, group }: GroupNow,
  shown: readonly number[],
): Promise<readonly number[] | undefined> {
  const items = prompts.map(
    ({ text, line }, index): PromptItem => ({
      label: text,
      description: vscode.l10n.t('line {0}', line),
      picked: shown.includes(index),
      index,
    }),
  );
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Prompts of {0} to compare, {1} at most', group, mostCompared),
    matchOnDescription: true,
  });
  if (chosen === undefined || chosen.length === 0) return undefined;
  if (chosen.length > mostCompared) {
    const message = vscode.l10n.t('The first {0} of {1} are compared.', mostCompared, chosen.length);
    void vscode.window.showInformationMessage(message);
  }
  return chosen.slice(0, mostCompared).map(({ index }) => index);
}
