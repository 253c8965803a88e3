import * as vscode from 'vscode';
import * as z from 'zod';
import { FindingId, Verdict } from '../../shared/decisions';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Remote } from '../../shared/rpc/protocol';
import type { Rewriter } from '../compare/rewriter';
import type { SourceServices } from '../models/sourceServices';
import type { FoundDocuments } from '../prompts/editorPrompts';
import { AuditActions } from './auditActions';
import { createAuditItem, pickAuditAction } from './auditItem';
import { AuditProblems } from './auditProblems';
import type { AuditScope, AuditSession } from './auditSession';
import { chooseBeside } from './chooseBeside';
import { OutcomeStore } from './outcomeStore';
import { tryRewordings } from './tryRewordings';
import { type AuditServices, WorkspaceAudit } from './workspaceAudit';
import { WorkspaceDecisions } from './workspaceDecisions';

export interface AuditFeatureServices
  extends Pick<
    AuditServices,
    'vocabularies' | 'finder' | 'readStudy' | 'classTemplate' | 'library' | 'onError'
  > {
  readonly engine: () => Remote<EngineProtocol>;
  /** Of the workspace; undefined where no folder is open. */
  readonly storage: vscode.Uri | undefined;
  readonly documents: FoundDocuments;
  readonly rewriter: Pick<Rewriter, 'write' | 'undo'>;
  readonly pickPrompts: () => Promise<readonly string[] | undefined>;
  readonly sources: SourceServices;
}

/** The audit in the editor: its session, Problems, code actions and commands. */
export interface AuditFeatures extends vscode.Disposable {
  readonly session: AuditSession;
  readonly problems: Pick<AuditProblems, 'settled'>;
  readonly commands: Readonly<Record<string, (...args: unknown[]) => unknown>>;
}

/** What a lens names, and what menus give. */
const FileArgument = z.union([
  z.custom<vscode.Uri>((value) => value instanceof vscode.Uri),
  z.object({ uri: z.string() }).transform(({ uri }) => vscode.Uri.parse(uri)),
]);
const uriArgument = z.custom<vscode.Uri>((value) => value instanceof vscode.Uri);
const DecideArguments = z.tuple([FindingId, Verdict.nullable()]);
const RewordArguments = z.tuple([FindingId, uriArgument, z.int().nonnegative()]);

export function auditFeatures(services: AuditFeatureServices): AuditFeatures {
  const { engine, documents, onError, pickPrompts } = services;
  const decisions = new WorkspaceDecisions(onError);
  const session = new WorkspaceAudit({
    ...services,
    decisions,
    store: new OutcomeStore(services.storage),
    offerToIndex,
  });
  const problems = new AuditProblems(session, services);
  const actions = new AuditActions(session, documents);

  const commands = {
    auditFile: async (argument?: unknown) => {
      const named = FileArgument.safeParse(argument);
      const uri = named.success ? named.data : vscode.window.activeTextEditor?.document.uri;
      if (uri === undefined) {
        throw new ClipsightError(
          'configuration',
          vscode.l10n.t('There is no file whose prompts could be audited.'),
          vscode.l10n.t('Open a file with prompts.'),
        );
      }
      await runAndSay(session, { kind: 'document', uri });
    },
    auditWorkspace: () => runAndSay(session, { kind: 'workspace' }),
    auditPrompts: async () => {
      const prompts = await pickPrompts();
      if (prompts !== undefined && prompts.length > 0) await runAndSay(session, { kind: 'prompts', prompts });
    },
    auditProbe: async (argument?: unknown) => {
      const file = argument instanceof vscode.Uri ? argument : await chooseProbe();
      if (file !== undefined) await runAndSay(session, { kind: 'probe', file });
    },
    auditBeside: async () => {
      const study = await chooseBeside(services.sources);
      if (study !== undefined) await session.runBeside(study);
    },
    cancelAudit: () => session.cancel(),
    auditActions: () => pickAuditAction(session),
    decideFinding: async (...args: readonly unknown[]) => {
      const [id, verdict] = checked(DecideArguments, args);
      await decideAndSay(session, id, verdict, onError);
    },
    tryRewordings: (...args: readonly unknown[]) => {
      const [id, uri, offset] = checked(RewordArguments, args);
      return tryRewordings(id, uri, offset, { ...services, audit: session, engine });
    },
  } satisfies Record<string, (...args: unknown[]) => unknown>;
  const disposables = [
    problems,
    vscode.languages.registerCodeActionsProvider('*', actions, AuditActions.metadata),
    createAuditItem(session),
    session,
    decisions,
  ];
  return {
    session,
    problems,
    commands,
    dispose: () => vscode.Disposable.from(...disposables).dispose(),
  };
}

async function runAndSay(session: AuditSession, scope: AuditScope): Promise<void> {
  const before = session.outcome;
  await session.run(scope);
  const { outcome } = session;
  // Cancelled, or another one was asked for.
  if (outcome === null || outcome === before) return;
  const { findings, pairs, subjects } = outcome.report;
  const open = vscode.l10n.t('Show Audit');
  const said =
    findings.length === 0
      ? vscode.l10n.t(
          '{0} prompts were audited, {1} components of them tested: none is relied on more than expected.',
          subjects.length,
          pairs,
        )
      : vscode.l10n.t('{0} prompts were audited: {1} findings.', subjects.length, findings.length);
  void vscode.window.showInformationMessage(said, open).then(async (chosen) => {
    if (chosen === open) await vscode.commands.executeCommand('clipsight.openAudit');
  });
}

async function decideAndSay(
  session: AuditSession,
  id: FindingId,
  verdict: Verdict | null,
  onError: (thrown: unknown) => void,
): Promise<void> {
  const before = session.decisionOf(id);
  await session.decide(id, verdict);
  const undo = vscode.l10n.t('Undo');
  const note = vscode.l10n.t('Add Note…');
  const choices = verdict === null ? [undo] : [undo, note];
  void vscode.window.showInformationMessage(decided(id, verdict), ...choices).then(async (chosen) => {
    try {
      if (chosen === undo) await session.decide(id, before?.verdict ?? null, before?.note ?? '');
      if (chosen !== note) return;
      const title = vscode.l10n.t('Why?');
      const value = session.decisionOf(id)?.note ?? '';
      const typed = await vscode.window.showInputBox({ title, value });
      if (typed !== undefined) await session.decide(id, verdict, typed.trim());
    } catch (thrown) {
      onError(thrown);
    }
  });
}

function decided({ prompt, component }: FindingId, verdict: Verdict | null): string {
  switch (verdict) {
    case 'expected':
      return vscode.l10n.t('“{0}” may rely on component {1}.', prompt, component);
    case 'spurious':
      return vscode.l10n.t('That “{0}” relies on component {1} is marked as spurious.', prompt, component);
    case 'todo':
      return vscode.l10n.t('That “{0}” relies on component {1} is marked as to do.', prompt, component);
    case null:
      return vscode.l10n.t('Nothing is decided about “{0}” and component {1}.', prompt, component);
  }
}

async function offerToIndex(): Promise<void> {
  const index = vscode.l10n.t('Index Images');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('No images were indexed yet for this model and dictionary.'),
    {
      modal: true,
      detail: vscode.l10n.t('An audit looks at what prompts rely on in the indexed images of the workspace.'),
    },
    index,
  );
  if (chosen !== index) throw new ClipsightError('cancelled', vscode.l10n.t('The audit was cancelled.'));
  await vscode.commands.executeCommand('clipsight.indexImages');
}

async function chooseProbe(): Promise<vscode.Uri | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Linear Probe to Audit'),
      openLabel: vscode.l10n.t('Audit'),
      filters: { [vscode.l10n.t('Linear probes')]: ['safetensors', 'npz', 'json'] },
    })) ?? [];
  return file;
}

/** @throws ClipsightError 'protocol' */
function checked<Schema extends z.ZodType>(schema: Schema, args: readonly unknown[]): z.output<Schema> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  throw new ClipsightError('protocol', 'A command about a finding was called with something else.');
}
