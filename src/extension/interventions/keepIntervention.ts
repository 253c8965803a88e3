import * as vscode from 'vscode';
import { ClipsightError } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import {
  findIntervention,
  type InterventionName,
  withIntervention,
  withoutIntervention,
} from '../../shared/interventionFile';
import type { StudyInfo } from '../../shared/study';
import { interventionName, nameProblem } from './interventionName';
import type { KeptInterventions } from './keptInterventions';

/**
 * Asks for a name and keeps an intervention under it.
 *
 * @throws ClipsightError 'configuration', and whatever the file system does
 */
export async function saveIntervention(
  kept: KeptInterventions,
  { key, model, dictionary }: StudyInfo,
  intervention: Intervention,
): Promise<void> {
  demandTrust();
  const changes = intervention.filter(({ factor }) => factor !== 1);
  if (changes.length === 0) {
    throw new ClipsightError(
      'configuration',
      vscode.l10n.t('There is nothing to keep: every component is as it is.'),
      vscode.l10n.t('Switch a component off, or scale it.'),
    );
  }
  // A file that cannot be read is told of before a name is thought of.
  await kept.all();
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Keep This Intervention'),
    prompt: vscode.l10n.t('A name for what is changed in {0}', dictionary.id),
    placeHolder: vscode.l10n.t('without snow'),
    validateInput: nameProblem,
  });
  if (typed === undefined) return;
  const one = {
    name: interventionName(typed),
    key,
    model: model.id,
    dictionary: dictionary.id,
    intervention: changes,
  };
  const isTaken = findIntervention(await kept.all(), one) !== undefined;
  if (isTaken && !(await agreesToReplace(one.name))) return;
  await kept.change((all) => withIntervention(all, one));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Kept “{0}”.', one.name), 3000);
}

/**
 * Forgets an intervention, and offers to take that back.
 *
 * @throws ClipsightError 'configuration', and whatever the file system does
 */
export async function forgetIntervention(kept: KeptInterventions, one: InterventionName): Promise<void> {
  demandTrust();
  const gone = findIntervention(await kept.all(), one);
  if (gone === undefined) return;
  await kept.change((all) => withoutIntervention(all, one));
  const undo = vscode.l10n.t('Undo');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('Forgot “{0}”.', one.name), undo);
  if (chosen !== undo) return;
  // Another one may have its name by now.
  await kept.change((all) => (findIntervention(all, one) === undefined ? withIntervention(all, gone) : all));
}

async function agreesToReplace(name: string): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('There is an intervention “{0}” already.', name),
    { modal: true, detail: vscode.l10n.t('The one that is kept under this name is lost.') },
    replace,
  );
  return chosen === replace;
}

function demandTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ClipsightError(
    'configuration',
    vscode.l10n.t('This workspace is not trusted: nothing is written into it.'),
    vscode.l10n.t('Trust the workspace to keep interventions in it.'),
  );
}
