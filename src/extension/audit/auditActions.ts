import * as vscode from 'vscode';
import type { FindingId, Verdict } from '../../shared/decisions';
import type { FoundDocuments } from '../prompts/editorPrompts';
import { problemSource } from './auditProblems';
import { findingOfLink, openAuditCommand } from './findingLink';
import { ignoreComment } from './ignoreHere';
import type { WorkspaceAudit } from './workspaceAudit';

/** Commands that only code actions call: they are in no menu, and in no palette. */
export const actionCommands = {
  decide: 'clipsight.decideFinding',
  reword: 'clipsight.tryRewordings',
} as const;

/** What can be done about a finding where it stands as a Problem. */
export class AuditActions implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  };

  constructor(
    private readonly audit: Pick<WorkspaceAudit, 'decisionOf'>,
    private readonly documents: Pick<FoundDocuments, 'known'>,
  ) {}

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics.flatMap((diagnostic) => {
      const id = findingOf(diagnostic);
      return id === null ? [] : this.actionsOn(document, diagnostic, id);
    });
  }

  private actionsOn(
    document: vscode.TextDocument,
    diagnostic: vscode.Diagnostic,
    id: FindingId,
  ): vscode.CodeAction[] {
    const verdict = this.audit.decisionOf(id)?.verdict ?? null;
    const action = (title: string, command: string, ...args: readonly unknown[]) => {
      const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      made.command = { title, command, arguments: [...args] };
      made.diagnostics = [diagnostic];
      return made;
    };
    const decide = (title: string, to: Verdict | null) =>
      to === verdict ? [] : [action(title, actionCommands.decide, id, to)];
    const { uri } = document;
    const offset = document.offsetAt(diagnostic.range.start);
    const ignored = this.ignore(document, diagnostic);
    return [
      action(vscode.l10n.t('Open Evidence'), openAuditCommand, id),
      action(vscode.l10n.t('Try Rewordings…'), actionCommands.reword, id, uri, offset),
      ...decide(vscode.l10n.t('Mark as Expected'), 'expected'),
      ...decide(vscode.l10n.t('Mark as Spurious'), 'spurious'),
      ...decide(vscode.l10n.t('Mark as To Do'), 'todo'),
      ...decide(vscode.l10n.t('Clear Decision'), null),
      ...(ignored === null ? [] : [ignored]),
    ];
  }

  /** By a comment in the file: what stands there is then no prompt for Clipsight at all. */
  private ignore(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): vscode.CodeAction | null {
    const found = this.documents.known(document);
    const start = document.offsetAt(diagnostic.range.start);
    const prompt = found?.found.prompts.find((one) => one.start === start);
    if (found === null || prompt === undefined) return null;
    const comment = ignoreComment(
      prompt,
      found.found.prompts.map((one) => one.start),
      (offset) => document.positionAt(offset).line,
      (line) => document.lineAt(line).text,
    );
    if (comment === null) return null;
    const title = comment.takesOthers
      ? vscode.l10n.t('Ignore the Prompts of This Line')
      : vscode.l10n.t('Ignore This Prompt Here');
    const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    made.diagnostics = [diagnostic];
    made.edit = new vscode.WorkspaceEdit();
    made.edit.insert(document.uri, new vscode.Position(comment.line, 0), `${comment.text}\n`);
    return made;
  }
}

function findingOf({ source, code }: vscode.Diagnostic): FindingId | null {
  if (source !== problemSource || typeof code !== 'object') return null;
  return findingOfLink(code.target);
}
