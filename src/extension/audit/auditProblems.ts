import * as vscode from 'vscode';
import type { Finding } from '../../shared/audit';
import type { Verdict } from '../../shared/decisions';
import type { FoundDocuments } from '../prompts/editorPrompts';
import type { AuditOutcome } from './auditSession';
import { findingSeverity } from './auditSettings';
import { findingLink } from './findingLink';
import { findingMessage } from './findingText';
import { partsOf, type UnitServices, unitUriOf } from './units';
import type { WorkspaceAudit } from './workspaceAudit';

/** What the diagnostics of an audit say they are of. */
export const problemSource = 'Clipsight';
const mostImages = 3;

interface Shown {
  readonly subject: number;
  readonly findings: readonly Finding[];
}

/**
 * The findings of the last audit as Problems, where their prompts stand now: one whose text is changed has none. What a
 * person marked as expected is no Problem; spurious is known, and information; to do stays what it was. Findings of
 * another study than the one in use are not shown: its numbers would be taken for this one's.
 */
export class AuditProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('clipsight');
  /** By unit: the documents that have diagnostics of it. */
  private readonly filled = new Map<string, readonly vscode.Uri[]>();
  /** By unit: what was begun last. */
  private readonly turns = new Map<string, number>();
  private readonly listeners: vscode.Disposable;
  private all: Promise<void> = Promise.resolve();

  constructor(
    private readonly audit: Pick<
      WorkspaceAudit,
      'placed' | 'outdated' | 'onChange' | 'idOf' | 'decisionOf' | 'progress'
    >,
    private readonly services: UnitServices & {
      readonly documents: Pick<FoundDocuments, 'find' | 'onFound'>;
    },
  ) {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', true);
    const changed = (uri: vscode.Uri) => void this.refresh(uri.toString());
    let before = this.stamp();
    this.listeners = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidDelete(changed),
      audit.onChange(() => {
        // Progress changes nothing here, and comes often.
        const now = this.stamp();
        const isProgress = audit.progress !== null && now === before;
        before = now;
        if (!isProgress) this.refreshAll();
      }),
      services.documents.onFound((document) => void this.refresh(unitUriOf(document).toString())),
      // What was typed and not saved is gone with it.
      vscode.workspace.onDidCloseTextDocument(({ uri }) => changed(uri)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const affects = (name: string) => event.affectsConfiguration(`clipsight.${name}`);
        if (affects('audit.severity') || affects('prompts') || affects('classTemplate')) this.refreshAll();
      }),
    );
    this.refreshAll();
  }

  /** Fulfilled when what is known by now is shown. */
  async settled(): Promise<void> {
    await this.all;
  }

  dispose(): void {
    this.listeners.dispose();
    this.collection.dispose();
  }

  private stamp(): string {
    return `${this.audit.placed?.outcome.ended} ${this.audit.outdated}`;
  }

  private refreshAll(): void {
    const units = new Set([...this.filled.keys(), ...this.units()]);
    this.all = this.all.then(async () => {
      for (const unit of units) await this.refresh(unit);
    });
  }

  /** Files with a prompt that something was found about. */
  private units(): ReadonlySet<string> {
    const { placed } = this.audit;
    if (placed === null) return new Set();
    const subjects = new Set(placed.outcome.report.findings.map(({ subject }) => subject));
    return new Set([...subjects].flatMap((subject) => placed.places[subject]!.map(({ uri }) => uri)));
  }

  private async refresh(uri: string): Promise<void> {
    const isMeant = this.units().has(uri);
    if (!isMeant && !this.filled.has(uri)) return;
    const turn = (this.turns.get(uri) ?? 0) + 1;
    this.turns.set(uri, turn);
    const found = isMeant ? await this.diagnosticsOf(uri) : [];
    if (this.turns.get(uri) !== turn) return;
    const now = new Set(found.map(([document]) => document.toString()));
    for (const document of this.filled.get(uri) ?? []) {
      if (!now.has(document.toString())) this.collection.delete(document);
    }
    for (const [document, diagnostics] of found) this.collection.set(document, diagnostics);
    if (found.length === 0) this.filled.delete(uri);
    else
      this.filled.set(
        uri,
        found.map(([document]) => document),
      );
  }

  private async diagnosticsOf(uri: string): Promise<[vscode.Uri, vscode.Diagnostic[]][]> {
    const { placed, outdated } = this.audit;
    const severity = findingSeverity();
    if (placed === null || outdated === 'study' || severity === null) return [];
    const shown = byKey(placed.outcome, placed.keys);
    const all: [vscode.Uri, vscode.Diagnostic[]][] = [];
    for (const part of await partsOf(vscode.Uri.parse(uri), this.services)) {
      const diagnostics = part.subjects.flatMap(({ key, start, end }) => {
        const { subject = 0, findings = [] } = shown.get(key) ?? {};
        const range = new vscode.Range(part.positionAt(start), part.positionAt(end));
        return findings.flatMap((finding) =>
          this.diagnostic(placed.outcome, subject, finding, range, severity),
        );
      });
      if (diagnostics.length > 0) all.push([part.uri, diagnostics]);
    }
    return all;
  }

  /** None of what is expected. */
  private diagnostic(
    outcome: AuditOutcome,
    subject: number,
    finding: Finding,
    range: vscode.Range,
    severity: vscode.DiagnosticSeverity,
  ): vscode.Diagnostic[] {
    const id = this.audit.idOf(outcome, finding);
    const decision = this.audit.decisionOf(id);
    const verdict = decision?.verdict ?? null;
    if (verdict === 'expected') return [];
    const message = findingMessage(outcome.subjects[subject]!, finding, {
      verdict,
      note: decision?.note ?? null,
      isOld: this.audit.outdated === 'library',
    });
    const diagnostic = new vscode.Diagnostic(range, message, severityOf(verdict, severity));
    diagnostic.source = problemSource;
    diagnostic.code = { value: finding.kind, target: vscode.Uri.parse(findingLink(id)) };
    diagnostic.relatedInformation = finding.samples
      .slice(0, mostImages)
      .map(
        ({ path, share }) =>
          new vscode.DiagnosticRelatedInformation(
            new vscode.Location(vscode.Uri.file(path), new vscode.Position(0, 0)),
            vscode.l10n.t(
              '{0} of what switching components off costs in this image',
              `${(share * 100).toFixed(1)}\u00a0%`,
            ),
          ),
      );
    return [diagnostic];
  }
}

function severityOf(verdict: Verdict | null, severity: vscode.DiagnosticSeverity): vscode.DiagnosticSeverity {
  return verdict === 'spurious' ? Math.max(severity, vscode.DiagnosticSeverity.Information) : severity;
}

/** The subjects that something was found about, by the key of their direction. */
function byKey({ report }: AuditOutcome, keys: readonly string[]): ReadonlyMap<string, Shown> {
  const shown = new Map<string, Shown>();
  for (const finding of report.findings) {
    const { subject } = finding;
    const key = keys[subject]!;
    shown.set(key, { subject, findings: [...(shown.get(key)?.findings ?? []), finding] });
  }
  return shown;
}
