import * as vscode from 'vscode';
import * as z from 'zod';
import { defaultLevel, defaultMargin, defaultNuisances } from '../../shared/audit';
import { ClipsightError } from '../../shared/errors';
import type { ExpectedConcepts } from '../../shared/expectedConcepts';

/** The settings `clipsight.audit.*` that an audit is asked with. */
export interface AuditSettings {
  readonly expected: ExpectedConcepts;
  readonly nuisances: readonly string[];
  readonly margin: number;
  readonly level: number;
  readonly confirm: boolean;
}

const concept = z.string().min(1).max(1000);
const Settings = z.object({
  expected: z.record(z.string(), z.array(concept)),
  nuisances: z.array(concept),
  margin: z.number().min(0).max(1),
  level: z.number().gt(0).lt(1),
  confirm: z.boolean(),
});

/** @throws ClipsightError 'configuration' where one is not as it should be */
export function readAuditSettings(): AuditSettings {
  const settings = vscode.workspace.getConfiguration('clipsight.audit');
  const parsed = Settings.safeParse({
    expected: settings.get<unknown>('expected', {}),
    nuisances: settings.get<unknown>('nuisances', [...defaultNuisances]),
    margin: settings.get<unknown>('margin', defaultMargin),
    level: settings.get<unknown>('level', defaultLevel),
    confirm: settings.get<unknown>('confirm', true),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ClipsightError(
    'configuration',
    vscode.l10n.t(
      'The setting clipsight.audit.{0} is not as it should be: {1}',
      issue?.path.join('.') ?? '',
      issue?.message ?? '',
    ),
    vscode.l10n.t('Correct it in the settings.'),
  );
}

/** How findings that nobody decided about are shown; null where they are no Problems. */
export function findingSeverity(): vscode.DiagnosticSeverity | null {
  const severity = vscode.workspace.getConfiguration('clipsight.audit').get<string>('severity', 'warning');
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'information':
      return vscode.DiagnosticSeverity.Information;
    case 'hint':
      return vscode.DiagnosticSeverity.Hint;
    case 'none':
      return null;
    default:
      return vscode.DiagnosticSeverity.Warning;
  }
}
