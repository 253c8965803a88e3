import type { Finding } from '../../shared/audit';
import { promptOf } from '../../shared/auditProbe';
import type { AuditState, FindingRef, ShownAudit, ShownComparison } from '../../shared/auditProtocol';
import type { Decision, FindingId, Verdict } from '../../shared/decisions';
import type { EngineInfo } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Progress } from '../../shared/rpc/protocol';
import type { AuditOutcome, AuditSession } from './auditSession';
import { shownAudit } from './shownAudit';
import { shownComparison } from './shownComparison';

/** Who is told of what is shown now; progress comes often, so it comes alone. */
export interface AuditListener {
  readonly onState: () => void;
  readonly onProgress: (progress: Progress | null) => void;
}

/** What the page shows beside the session: read whenever the state is made anew. */
export interface AuditSurroundings {
  /** What was audited, or is, in words; null before anything was. */
  readonly scope: () => string | null;
  /** Name of the file whose prompts can be audited; null where there is none. */
  readonly document: () => string | null;
}

/** A decision as it was before the person changed it here. */
interface Change {
  readonly id: FindingId;
  readonly before: Decision | null;
}

interface Known {
  readonly outcome: AuditOutcome;
  /** Decisions of the findings, in order: where none has changed the audit is shown as it was. */
  readonly decisions: readonly (Decision | null)[];
  readonly shown: ShownAudit;
}

interface KnownComparison {
  readonly left: AuditOutcome;
  readonly right: AuditOutcome;
  readonly shown: ShownComparison;
}

/** The state of the audit's page, made of the session, and what the page may change in it. */
export class AuditHost {
  private current: AuditState;
  private known: readonly Known[] = [];
  private compared: KnownComparison | null = null;
  private changes: readonly Change[] = [];
  private readonly ids = new WeakMap<AuditOutcome, number>();
  private nextId = 1;

  constructor(
    private readonly session: AuditSession,
    private readonly surroundings: AuditSurroundings,
    private readonly listener: AuditListener,
  ) {
    this.current = this.make(0, null, 0);
  }

  get state(): AuditState {
    return this.current;
  }

  /** Something of the session or around it has changed: told as progress where it is only that. */
  follow(): void {
    const { revision, engine, components } = this.current;
    const next = this.make(revision + 1, engine, components);
    const isSame = (Object.keys(next) as (keyof AuditState)[]).every(
      (key) => key === 'revision' || key === 'progress' || next[key] === this.current[key],
    );
    if (isSame) {
      if (next.progress === this.current.progress) return;
      // Kept for a page that comes up later.
      this.current = { ...this.current, progress: next.progress };
      this.listener.onProgress(next.progress);
      return;
    }
    this.current = next;
    this.listener.onState();
  }

  /** What runs the model; null where that is not known. */
  runsOn(engine: EngineInfo | null): void {
    this.change({ engine });
  }

  /** What is said of components is out of date. */
  componentsChanged(): void {
    this.change({ components: this.current.components + 1 });
  }

  /** @throws ClipsightError 'protocol' where the page speaks of what is no longer shown */
  outcome(audit: number): AuditOutcome {
    const known = this.known.find(({ shown }) => shown.id === audit);
    if (known === undefined) throw new ClipsightError('protocol', 'The audit has changed meanwhile.');
    return known.outcome;
  }

  /** @throws ClipsightError 'protocol' where the page speaks of what is no longer shown */
  finding({ audit, finding }: FindingRef): { readonly outcome: AuditOutcome; readonly finding: Finding } {
    const outcome = this.outcome(audit);
    const found = outcome.report.findings[finding];
    if (found === undefined) throw new ClipsightError('protocol', `The audit has no finding ${finding}.`);
    return { outcome, finding: found };
  }

  /** Where a finding stands on the page; null where no run that is shown has it. */
  place({ prompt, key, component }: FindingId): FindingRef | null {
    for (const { outcome, shown } of this.known) {
      const { report, subjects } = outcome;
      if (report.study.key !== key) continue;
      const finding = report.findings.findIndex(
        (one) => one.component === component && promptOf(subjects[one.subject]!) === prompt,
      );
      if (finding >= 0) return { audit: shown.id, finding };
    }
    return null;
  }

  async decide(of: FindingRef, verdict: Verdict | null, note: string | null): Promise<void> {
    const { outcome, finding } = this.finding(of);
    const id = this.session.idOf(outcome, finding);
    const before = this.session.decisionOf(id);
    // An empty note takes out what was written before; none at all would leave it.
    await this.session.decide(id, verdict, note ?? '');
    this.changes = [...this.changes, { id, before }];
    this.follow();
  }

  /** Takes the last decision that was made here back. */
  async undo(): Promise<void> {
    const last = this.changes.at(-1);
    if (last === undefined) return;
    this.changes = this.changes.slice(0, -1);
    try {
      await this.session.decide(last.id, last.before?.verdict ?? null, last.before?.note ?? '');
    } catch (thrown) {
      this.changes = [...this.changes, last];
      throw thrown;
    } finally {
      this.follow();
    }
  }

  private make(revision: number, engine: EngineInfo | null, components: number): AuditState {
    const { outcome, other, progress, error, outdated } = this.session;
    const known = [outcome, other].flatMap((one) => (one === null ? [] : [this.know(one)]));
    this.known = known;
    const shown = (one: AuditOutcome | null) =>
      known.find((candidate) => candidate.outcome === one)?.shown ?? null;
    const last = this.changes.at(-1);
    return {
      revision,
      audit: shown(outcome),
      other: shown(other),
      comparison: outcome === null || other === null ? null : this.compare(outcome, other),
      outdated: outcome === null ? null : outdated,
      engine,
      scope: this.surroundings.scope(),
      document: this.surroundings.document(),
      progress,
      error,
      undo: last === undefined ? null : `decision on “${last.id.prompt}” and latent ${last.id.component}`,
      components,
    };
  }

  /** The same object as before where nothing of it has changed. */
  private know(outcome: AuditOutcome): Known {
    const decisions = outcome.report.findings.map((finding) =>
      this.session.decisionOf(this.session.idOf(outcome, finding)),
    );
    const before = this.known.find((known) => known.outcome === outcome);
    if (before?.decisions.every((one, i) => sameDecision(one, decisions[i]!))) {
      return before;
    }
    const places = new Map(outcome.report.findings.map((finding, i) => [finding, i]));
    const shown = shownAudit(
      this.idOf(outcome),
      outcome,
      (finding) => decisions[places.get(finding)!] ?? null,
    );
    return { outcome, decisions, shown };
  }

  /** The same object as before where neither of the two has changed: decisions have no part in it. */
  private compare(left: AuditOutcome, right: AuditOutcome): ShownComparison {
    if (this.compared?.left !== left || this.compared.right !== right) {
      this.compared = { left, right, shown: shownComparison(left, right) };
    }
    return this.compared.shown;
  }

  private idOf(outcome: AuditOutcome): number {
    const id = this.ids.get(outcome) ?? this.nextId++;
    this.ids.set(outcome, id);
    return id;
  }

  private change(change: Partial<AuditState>): void {
    this.current = { ...this.current, ...change, revision: this.current.revision + 1 };
    this.listener.onState();
  }
}

function sameDecision(a: Decision | null, b: Decision | null): boolean {
  return a?.verdict === b?.verdict && a?.note === b?.note;
}
