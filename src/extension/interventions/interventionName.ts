import * as vscode from 'vscode';
import { NamedIntervention } from '../../shared/intervention';

/** As it is kept. */
export function interventionName(typed: string): string {
  return typed.trim();
}

/** What is wrong with a name that is typed, for people; undefined where nothing is. */
export function nameProblem(typed: string): string | undefined {
  const name = interventionName(typed);
  if (name === '') return vscode.l10n.t('A name is needed.');
  if (NamedIntervention.shape.name.safeParse(name).success) return undefined;
  return vscode.l10n.t('It is too long for a name.');
}
