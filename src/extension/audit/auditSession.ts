import type { Disposable, Event, Uri } from 'vscode';
import type { AuditReport, AuditSubject, Finding } from '../../shared/audit';
import type { PromptPlace } from '../../shared/auditProtocol';
import type { Decision, FindingId, Verdict } from '../../shared/decisions';
import type { ErrorInfo } from '../../shared/errors';
import type { Progress } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';

/** What a person asked to be audited. */
export type AuditScope =
  | { readonly kind: 'document'; readonly uri: Uri }
  /** All prompts that are found in the workspace. */
  | { readonly kind: 'workspace' }
  | { readonly kind: 'prompts'; readonly prompts: readonly string[] }
  /** The classes of a probe, each beside the prompt of its class. */
  | { readonly kind: 'probe'; readonly file: Uri };

/** A subject as it was audited, and where it stands in the workspace. */
export interface AuditedPrompt extends AuditSubject {
  /** Path of its file, relative to the workspace, and the range at the time; null where it stands in none. */
  readonly place: PromptPlace | null;
}

/** What the last run found. Kept from one window to the next. */
export interface AuditOutcome {
  readonly report: AuditReport;
  readonly subjects: readonly AuditedPrompt[];
  /** ISO 8601. */
  readonly ended: string;
}

/** The audit of a window: one run at a time, what it found, and what the person decided about it. */
export interface AuditSession extends Disposable {
  readonly outcome: AuditOutcome | null;
  /** The same prompts by another model or dictionary, side by side with `outcome`; null where none was asked for. */
  readonly other: AuditOutcome | null;
  readonly progress: Progress | null;
  readonly error: ErrorInfo | null;
  /** Why `outcome` may no longer hold: another study is in use, or the library has changed since; null where neither. */
  readonly outdated: 'study' | 'library' | null;
  /** What was asked for last: of the run under way, else of `outcome`. Null before anything was. */
  readonly scope: AuditScope | null;
  /** Anything of the above changed, or a decision. */
  readonly onChange: Event<void>;
  run(scope: AuditScope): Promise<void>;
  /** Audits the subjects of `outcome` once more by another study. */
  runBeside(study: StudyRequest): Promise<void>;
  clearBeside(): void;
  cancel(): void;
  idOf(outcome: AuditOutcome, finding: Finding): FindingId;
  decisionOf(id: FindingId): Decision | null;
  /** Writes the decision to `.clipsight/decisions.json`; null takes it out. */
  decide(id: FindingId, verdict: Verdict | null, note?: string): Promise<void>;
}
