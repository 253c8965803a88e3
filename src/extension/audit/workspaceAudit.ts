import * as vscode from 'vscode';
import type { AuditReport, Finding } from '../../shared/audit';
import { promptOf } from '../../shared/auditProbe';
import type { Decision, FindingId, Verdict } from '../../shared/decisions';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, type ErrorInfo, hasCode, toErrorInfo } from '../../shared/errors';
import type { LibraryRequest } from '../../shared/library';
import type { CallOptions, Progress, Remote } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';
import type { StudyReader } from '../engine/studyRequests';
import type { Vocabularies } from '../library/vocabularies';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { progressMessage } from '../patience';
import { type AuditPlan, auditPlan, type PlacedPrompt, promptsOfProbe, promptsTyped } from './auditPlan';
import type { AuditOutcome, AuditScope, AuditSession } from './auditSession';
import { readAuditSettings } from './auditSettings';
import type { KeptAudit, KeptScope } from './keptAudit';
import type { OutcomeStore } from './outcomeStore';
import { promptsOfUnit, type UnitServices, unitAt } from './units';
import type { WorkspaceDecisions } from './workspaceDecisions';
import { workspacePrompts } from './workspacePrompts';

export interface AuditServices extends UnitServices {
  readonly engine: () => Pick<Remote<EngineProtocol>, 'audit' | 'classFolders' | 'readProbe'>;
  readonly library: Pick<WorkspaceLibrary, 'request' | 'status' | 'answeredFor' | 'onChange'>;
  readonly vocabularies: Pick<Vocabularies, 'current'>;
  readonly readStudy: StudyReader;
  readonly decisions: WorkspaceDecisions;
  readonly store: OutcomeStore;
  /** Asks whether images are to be indexed, and indexes them. */
  readonly offerToIndex: () => Promise<void>;
  /** Of what fails where nobody waits for it. */
  readonly onError: (thrown: unknown) => void;
}

interface Run {
  readonly scope: AuditScope | null;
  readonly cancelled: AbortController;
}

interface Asked {
  readonly request: LibraryRequest;
  readonly plan: AuditPlan;
  readonly keys: readonly string[];
  readonly notes: readonly string[];
}

/** As many as the engine takes (src/shared/audit.ts). */
const mostSubjects = 20_000;

/** The audit of a window. */
export class WorkspaceAudit implements AuditSession {
  private readonly change = new vscode.EventEmitter<void>();
  readonly onChange = this.change.event;
  private kept: KeptAudit | null = null;
  private beside: AuditOutcome | null = null;
  private running: Run | null = null;
  private state: { readonly progress: Progress | null; readonly error: ErrorInfo | null } = {
    progress: null,
    error: null,
  };
  private isOutdated: 'study' | 'library' | null = null;
  private writing: Promise<void> = Promise.resolve();
  private readonly listeners: vscode.Disposable;
  /** Fulfilled when the last outcome of the window before is known. */
  readonly restored: Promise<void>;

  constructor(private readonly services: AuditServices) {
    const look = () => void this.lookWhetherOutdated();
    this.listeners = vscode.Disposable.from(
      services.decisions.onChange(() => this.change.fire()),
      services.library.onChange(look),
    );
    this.restored = this.restore();
  }

  get outcome(): AuditOutcome | null {
    return this.kept?.outcome ?? null;
  }

  /** The outcome, and where its prompts stand. */
  get placed(): KeptAudit | null {
    return this.kept;
  }

  get other(): AuditOutcome | null {
    return this.beside;
  }

  get progress(): Progress | null {
    return this.state.progress;
  }

  get error(): ErrorInfo | null {
    return this.state.error;
  }

  get outdated(): 'study' | 'library' | null {
    return this.isOutdated;
  }

  get scope(): AuditScope | null {
    return this.running?.scope ?? (this.kept && scopeOf(this.kept.scope));
  }

  async run(scope: AuditScope): Promise<void> {
    await this.restored;
    await this.do(scope, vscode.l10n.t('Auditing prompts'), async (options) => {
      const { request, plan, keys, notes } = await this.asked(scope, options);
      const images = await this.demandIndexed();
      const report = await this.audit(request, plan, options);
      // It may have ended before it heard of that: what is asked for now is not replaced by it.
      if (options.signal?.aborted) return;
      const subjects = plan.subjects.map((subject, i) => {
        const [first] = plan.places[i]!;
        return { ...subject, place: first ? { file: first.file, start: first.start, end: first.end } : null };
      });
      this.kept = {
        outcome: {
          report: { ...report, notes: [...notes, ...report.notes] },
          subjects,
          ended: new Date().toISOString(),
        },
        places: plan.places,
        keys,
        rivals: plan.rivals,
        study: request.study,
        images,
        scope: keptScope(scope),
      };
      this.beside = null;
      this.isOutdated = null;
      await this.keep();
    });
  }

  async runBeside(study: StudyRequest): Promise<void> {
    await this.restored;
    const { kept } = this;
    if (kept === null) {
      throw new ClipsightError(
        'configuration',
        vscode.l10n.t('There is no audit that another one could stand beside.'),
        vscode.l10n.t('Audit prompts first.'),
      );
    }
    await this.do(null, vscode.l10n.t('Auditing by another model or dictionary'), async (options) => {
      const request = { ...(await this.services.library.request()), study };
      const subjects = kept.outcome.subjects.map(({ place: _, ...subject }) => subject);
      const report = await this.audit(request, { subjects, rivals: kept.rivals }, options);
      if (this.kept !== kept || options.signal?.aborted) return;
      this.beside = { report, subjects: kept.outcome.subjects, ended: new Date().toISOString() };
    });
  }

  clearBeside(): void {
    if (this.beside === null) return;
    this.beside = null;
    this.change.fire();
  }

  cancel(): void {
    this.running?.cancelled.abort();
  }

  idOf({ report, subjects }: AuditOutcome, { subject, component }: Finding): FindingId {
    return { prompt: promptOf(subjects[subject]!), key: report.study.key, component };
  }

  decisionOf(id: FindingId): Decision | null {
    return this.services.decisions.of(id);
  }

  async decide(id: FindingId, verdict: Verdict | null, note?: string): Promise<void> {
    const { decisions } = this.services;
    if (verdict === null) {
      await decisions.forget(id);
      return;
    }
    const { prompt, key, component } = id;
    const known = this.finding(id);
    const before = decisions.of(id);
    const label = known?.finding.label ?? before?.label;
    const { model, dictionary } = known?.outcome.report.study ?? {};
    const said = note ?? before?.note;
    await decisions.keep(
      {
        prompt,
        key,
        component,
        verdict,
        ...(said ? { note: said } : {}),
        ...(label ? { label } : {}),
        ...((model?.id ?? before?.model) ? { model: model?.id ?? before?.model } : {}),
        ...((dictionary?.id ?? before?.dictionary)
          ? { dictionary: dictionary?.id ?? before?.dictionary }
          : {}),
      },
      known?.uri ?? null,
    );
  }

  /** A finding of the outcome (or of the one beside) by what it is about. */
  finding(
    id: FindingId,
  ): { readonly outcome: AuditOutcome; readonly finding: Finding; readonly uri: vscode.Uri | null } | null {
    for (const outcome of [this.outcome, this.other]) {
      if (outcome === null || outcome.report.study.key !== id.key) continue;
      const finding = outcome.report.findings.find(
        (one) => one.component === id.component && promptOf(outcome.subjects[one.subject]!) === id.prompt,
      );
      if (finding === undefined) continue;
      const place = this.kept?.places[finding.subject]?.[0];
      return { outcome, finding, uri: place === undefined ? null : vscode.Uri.parse(place.uri) };
    }
    return null;
  }

  dispose(): void {
    this.running?.cancelled.abort();
    this.running = null;
    this.listeners.dispose();
    this.change.dispose();
  }

  /** One at a time: what is under way is given up for what is asked now. */
  private async do(
    scope: AuditScope | null,
    title: string,
    work: (options: Required<CallOptions>) => Promise<void>,
  ): Promise<void> {
    this.running?.cancelled.abort();
    const run: Run = { scope, cancelled: new AbortController() };
    const isCurrent = () => this.running === run;
    this.running = run;
    this.state = { progress: { stage: title, done: 0, total: 0 }, error: null };
    this.change.fire();
    const options: vscode.ProgressOptions = {
      location: vscode.ProgressLocation.Notification,
      title,
      cancellable: true,
    };
    let error: ErrorInfo | null = null;
    try {
      await vscode.window.withProgress(options, async (notification, token) => {
        token.onCancellationRequested(() => run.cancelled.abort());
        await work({
          signal: run.cancelled.signal,
          onProgress: (progress) => {
            if (!isCurrent()) return;
            this.state = { progress, error: null };
            notification.report({ message: progressMessage(progress) });
            this.change.fire();
          },
        });
      });
    } catch (thrown) {
      // Whoever cancelled it, or asked for another, knows.
      if (run.cancelled.signal.aborted) return;
      if (!hasCode(thrown, 'cancelled')) error = toErrorInfo(thrown);
      throw thrown;
    } finally {
      if (isCurrent()) {
        this.running = null;
        this.state = { progress: null, error };
        this.change.fire();
      }
    }
  }

  private async asked(scope: AuditScope, options: Required<CallOptions>): Promise<Asked> {
    const { library, engine } = this.services;
    await this.demandIndexed(true);
    const { prompts, notes } = await this.prompts(scope, options);
    if (prompts.length === 0) throw nothingFound(scope);
    const request = await library.request();
    const { folders } = await engine().classFolders(request, options);
    const plan = auditPlan(prompts, this.planSettings(folders.map(({ name }) => name)));
    if (plan.subjects.length > mostSubjects) throw tooMany(plan.subjects.length);
    return { request, plan, keys: [...new Set(prompts.map(({ key }) => key))], notes };
  }

  private planSettings(folders: readonly string[]) {
    return { folders, template: this.services.classTemplate(), expected: readAuditSettings().expected };
  }

  private async prompts(
    scope: AuditScope,
    options: Required<CallOptions>,
  ): Promise<{ readonly prompts: readonly PlacedPrompt[]; readonly notes: readonly string[] }> {
    const { engine, classTemplate } = this.services;
    switch (scope.kind) {
      case 'document':
        return { prompts: await promptsOfUnit(unitAt(scope.uri), this.services), notes: [] };
      case 'workspace':
        return workspacePrompts(this.services, options);
      case 'prompts':
        return { prompts: promptsTyped(scope.prompts), notes: [] };
      case 'probe': {
        const { probe, notes } = await engine().readProbe({ file: scope.file.fsPath }, options);
        return { prompts: promptsOfProbe(probe, probeName(scope.file), classTemplate()), notes };
      }
    }
  }

  private async audit(
    request: LibraryRequest,
    { subjects, rivals }: Pick<AuditPlan, 'subjects' | 'rivals'>,
    options: CallOptions,
  ): Promise<AuditReport> {
    const { engine, vocabularies, library } = this.services;
    const { nuisances, margin, level, confirm } = readAuditSettings();
    const report = await engine().audit(
      {
        ...request,
        subjects: [...subjects],
        rivals,
        vocabulary: await vocabularies.current(),
        nuisances: [...nuisances],
        margin,
        level,
        confirm,
      },
      options,
    );
    const status = await library.status().catch(() => null);
    const isInUse = sameStudy(request.study, (await library.request()).study);
    if (isInUse && status !== null && status.study.key !== report.study.key) {
      library.answeredFor(report.study.key);
    }
    return report;
  }

  /** How many images there are. @throws ClipsightError 'library' where none were indexed for the study */
  private async demandIndexed(offers = false): Promise<number> {
    const { library, offerToIndex } = this.services;
    // Where there can be no library, what is wrong is said by the request.
    await library.request();
    let status = await library.status();
    if ((status?.images ?? 0) === 0 && offers) {
      await offerToIndex();
      status = await library.status();
    }
    if (status !== null && status.images > 0) return status.images;
    throw new ClipsightError(
      'library',
      vscode.l10n.t('No images were indexed yet for this model and dictionary.'),
      vscode.l10n.t('Choose “Index Images” first.'),
    );
  }

  private async restore(): Promise<void> {
    const kept = await this.services.store.read().catch(() => null);
    if (kept === null || this.kept !== null) return;
    this.kept = kept;
    await this.lookAtStudy();
    this.change.fire();
  }

  private async keep(): Promise<void> {
    const { kept } = this;
    this.writing = this.writing.then(() => this.services.store.write(kept)).catch(this.services.onError);
    await this.writing;
  }

  private async lookWhetherOutdated(): Promise<void> {
    const before = this.isOutdated;
    await this.lookAtStudy();
    const { kept } = this;
    if (kept !== null && this.isOutdated !== 'study') {
      const status = await this.services.library.status().catch(() => null);
      if (this.kept !== kept) return;
      if (status === null || status.study.key !== kept.outcome.report.study.key) this.isOutdated = 'study';
      else this.isOutdated = status.images === kept.images ? null : 'library';
    }
    if (this.isOutdated !== before) this.change.fire();
  }

  /** As far as the settings tell: the engine does not start for it. */
  private async lookAtStudy(): Promise<void> {
    const { kept } = this;
    if (kept === null) return;
    const study = await this.services.readStudy().catch(() => null);
    if (this.kept !== kept) return;
    if (study === null || !sameStudy(study, kept.study)) this.isOutdated = 'study';
    else if (this.isOutdated === 'study') this.isOutdated = null;
  }
}

/** What decisions call a probe: they are shared, and no path of one machine is written into them. */
function probeName(file: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(file) === undefined
    ? (file.path.split('/').at(-1) ?? '')
    : vscode.workspace.asRelativePath(file, false);
}

/** Which pictures a dictionary is tested on, and that it is used though it is poor, changes no number. */
function sameStudy(a: StudyRequest, b: StudyRequest): boolean {
  return a.model === b.model && a.dictionary === b.dictionary && a.layer === b.layer && a.tokens === b.tokens;
}

function keptScope(scope: AuditScope): KeptScope {
  switch (scope.kind) {
    case 'document':
      return { kind: 'document', uri: scope.uri.toString() };
    case 'workspace':
      return scope;
    case 'prompts':
      return { kind: 'prompts', prompts: [...scope.prompts] };
    case 'probe':
      return { kind: 'probe', file: scope.file.toString() };
  }
}

function scopeOf(scope: KeptScope): AuditScope {
  switch (scope.kind) {
    case 'document':
      return { kind: 'document', uri: vscode.Uri.parse(scope.uri) };
    case 'workspace':
    case 'prompts':
      return scope;
    case 'probe':
      return { kind: 'probe', file: vscode.Uri.parse(scope.file) };
  }
}

function tooMany(count: number): ClipsightError {
  return new ClipsightError(
    'prompt',
    vscode.l10n.t('{0} different prompts are found: at most {1} are audited at once.', count, mostSubjects),
    vscode.l10n.t('Leave files out with the setting clipsight.prompts.ignore, or audit one file.'),
  );
}

function nothingFound(scope: AuditScope): ClipsightError {
  switch (scope.kind) {
    case 'document':
      return new ClipsightError(
        'prompt',
        vscode.l10n.t(
          'No prompts that can be audited are found in {0}.',
          vscode.workspace.asRelativePath(scope.uri),
        ),
        vscode.l10n.t('Write “clipsight: prompts” in a comment above them, or name them in the settings.'),
      );
    case 'workspace':
    case 'prompts':
    case 'probe':
      return new ClipsightError(
        'prompt',
        vscode.l10n.t('There are no prompts to audit.'),
        vscode.l10n.t('Write “clipsight: prompts” in a comment above them, or name them in the settings.'),
      );
  }
}
