import * as vscode from 'vscode';
import type { AuditSubject, Finding, FindingKind } from '../../shared/audit';
import type { Verdict } from '../../shared/decisions';
import { percent } from '../../shared/points';

/** What a component is called in sentences: `“snow” (latent 708)`. */
export function componentName({ label, component }: Pick<Finding, 'label' | 'component'>): string {
  return label === null
    ? vscode.l10n.t('component {0}', component)
    : vscode.l10n.t('“{0}” (component {1})', label, component);
}

export function kindName(kind: FindingKind): string {
  switch (kind) {
    case 'homonym':
      return vscode.l10n.t('Homonym');
    case 'compound':
      return vscode.l10n.t('Compound noun');
    case 'written':
      return vscode.l10n.t('Written word');
    case 'artefact':
      return vscode.l10n.t('Artefact');
  }
}

/** A finding in one or two sentences, with its numbers. */
export function findingMessage(
  { name, direction }: Pick<AuditSubject, 'name' | 'direction'>,
  finding: Finding,
  {
    verdict,
    note,
    isOld,
  }: { readonly verdict: Verdict | null; readonly note: string | null; readonly isOld: boolean },
): string {
  const what = direction.kind === 'linear' ? vscode.l10n.t('The probe’s “{0}”', name) : `“${name}”`;
  const sentences = [
    vscode.l10n.t(
      '{0} relies on {1}: {2} of what switching components off costs it, {3} expected from what it says.',
      what,
      componentName(finding),
      percent(finding.measured),
      percent(finding.expected),
    ),
    effectSentence(finding),
    `${kindName(finding.kind)}.`,
    verdict === null ? null : verdictSentence(verdict, note),
    isOld ? vscode.l10n.t('The library has changed since: audit again.') : null,
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

/** What it costs, as far as that was measured. */
function effectSentence({ effect }: Finding): string | null {
  if (effect === null) return null;
  const { accuracy, similarity } = effect;
  if (accuracy !== null) {
    return vscode.l10n.t(
      'Without it {0} of its images are recognised, with it {1}.',
      percent(accuracy.after),
      percent(accuracy.before),
    );
  }
  const points = `${similarity < 0 ? '\u2212' : '+'}${Math.abs(similarity * 100).toFixed(2)}`;
  return vscode.l10n.t('Without it the score changes by {0} points.', points);
}

function verdictSentence(verdict: Verdict, note: string | null): string {
  const said = note === null || note === '' ? '' : ` (${note})`;
  switch (verdict) {
    case 'expected':
      return vscode.l10n.t('Marked as expected{0}.', said);
    case 'spurious':
      return vscode.l10n.t('Marked as spurious{0}.', said);
    case 'todo':
      return vscode.l10n.t('Marked as to do{0}.', said);
  }
}
