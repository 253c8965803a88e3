import * as vscode from 'vscode';
import {
  type AuditHostProtocol,
  auditHostProtocol,
  auditViewProtocol,
  type FindingRef,
} from '../../shared/auditProtocol';
import { FindingId } from '../../shared/decisions';
import type { EngineInfo, Preview } from '../../shared/engineProtocol';
import { ClipsightError, errorLine, toErrorInfo } from '../../shared/errors';
import { connect } from '../../shared/rpc/connect';
import type { Pipe } from '../../shared/rpc/pipe';
import type { Handlers, Progress } from '../../shared/rpc/protocol';
import { serve } from '../../shared/rpc/serve';
import type { ComponentSummaries } from '../library/componentSummaries';
import { SentPictures } from '../library/sentPictures';
import { seldom } from '../views/seldom';
import { statePush } from '../views/statePush';
import { viewHtml, viewOptions } from '../views/viewPage';
import { auditViewType } from '../viewTypes';
import { webviewPipe } from '../webviewPipe';
import { AuditHost } from './auditHost';
import type { AuditScope, AuditSession } from './auditSession';
import { exportAudit } from './exportAudit';
import { openPrompt } from './openPrompt';
import { evidenceOf } from './shownAudit';

export interface AuditPanelServices {
  readonly extension: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly session: AuditSession;
  /** What runs the model; starts it where nothing runs. */
  readonly describe: () => Promise<EngineInfo>;
  readonly summaries: Pick<ComponentSummaries, 'of'>;
  /** What is said of components is out of date. */
  readonly onComponents: vscode.Event<void>;
  readonly thumbnail: (sha256: string, size: number, signal: AbortSignal) => Promise<Preview>;
  readonly inspect: (component: number) => Promise<void>;
  /** Opens the attribution panel. */
  readonly attribute: (image: vscode.Uri, prompt: string) => void;
  /** Uses the dictionary of the settings though it reconstructs the model badly. */
  readonly acceptPoor: () => Promise<void>;
  readonly onError: (thrown: unknown) => void;
  /** Remembers the folder of reports. */
  readonly storage: vscode.Memento;
}

/** The page, from the moment that it is ready to show something. */
interface View {
  readonly push: () => Promise<void>;
  readonly progress: (progress: Progress | null) => void;
  readonly reveal: (finding: FindingRef) => Promise<void>;
  readonly dispose: () => void;
}

/** The audit: one panel, which comes back after a reload with what the session keeps. */
export class AuditPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private view: View | null = null;
  /** The finding to be chosen as soon as there is a page that shows it. */
  private wanted: FindingId | null = null;
  private readonly host: AuditHost;
  private readonly pictures = new SentPictures((path) => vscode.workspace.asRelativePath(path));
  private readonly listeners: vscode.Disposable;
  /** The file that the person worked in last: a panel that has the focus is none. */
  private document: vscode.Uri | null = vscode.window.activeTextEditor?.document.uri ?? null;

  constructor(private readonly services: AuditPanelServices) {
    const { session, log } = services;
    this.host = new AuditHost(
      session,
      {
        scope: () => (session.scope === null ? null : scopeText(session.scope)),
        document: () => (this.document === null ? null : baseName(this.document)),
      },
      {
        onState: () => void this.view?.push(),
        onProgress: (progress) => this.view?.progress(progress),
      },
    );
    this.listeners = vscode.Disposable.from(
      session.onChange(() => {
        const { audit: before, progress } = this.host.state;
        this.host.follow();
        const isNew = this.host.state.audit?.id !== before?.id;
        // What ran it is told; nothing is started for it.
        if (isNew && progress !== null) this.describe(log);
        if (isNew) void this.chooseWanted();
      }),
      services.onComponents(() => this.host.componentsChanged()),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        const uri = editor?.document.uri;
        if (uri === undefined || (uri.scheme !== 'file' && uri.scheme !== 'vscode-vfs')) return;
        this.document = uri;
        this.host.follow();
      }),
    );
  }

  /** Opens the audit, or brings it to the front; at a finding, where one is named. */
  async show(argument?: unknown): Promise<void> {
    const finding = FindingId.safeParse(argument);
    this.wanted = finding.success ? finding.data : null;
    if (this.panel === null) {
      this.fill(
        vscode.window.createWebviewPanel(auditViewType, vscode.l10n.t('Audit'), vscode.ViewColumn.Beside, {
          ...viewOptions(this.services.extension),
          // What is filtered, scrolled to and typed is worth more than the memory of some pictures.
          retainContextWhenHidden: true,
          enableFindWidget: true,
        }),
      );
      return;
    }
    this.panel.reveal();
    await this.chooseWanted();
  }

  /** Called by VS Code where the audit was open when the window went down. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.panel === null) this.fill(panel);
    else panel.dispose();
  }

  /** What is shown: for tests, which cannot see into the page. */
  get state(): AuditHost['state'] {
    return this.host.state;
  }

  dispose(): void {
    this.listeners.dispose();
    this.panel?.dispose();
  }

  private fill(panel: vscode.WebviewPanel): void {
    const { extension } = this.services;
    const pipe = webviewPipe(panel);
    const served = serve(pipe, 'audit-host', auditHostProtocol, this.handlers(pipe));
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    panel.onDidDispose(() => {
      served.dispose();
      this.view?.dispose();
      this.view = null;
      this.panel = null;
    });
    panel.webview.options = viewOptions(extension);
    panel.webview.html = viewHtml(panel.webview, extension, {
      view: 'audit',
      element: 'clipsight-audit',
      title: panel.title,
      name: auditViewType,
    });
  }

  private handlers(pipe: Pipe): Handlers<AuditHostProtocol> {
    const { host, pictures, services } = this;
    const { session, summaries, log } = services;
    const command = (name: string, ...args: unknown[]) =>
      this.attempt(vscode.commands.executeCommand(`clipsight.${name}`, ...args));
    return {
      ready: () => {
        this.view?.dispose();
        this.view = this.connectView(pipe);
        void this.chooseWanted();
        return host.state;
      },
      run: ({ scope }) => {
        switch (scope) {
          case 'again':
            if (session.scope !== null) this.quietly(session.run(session.scope));
            return;
          case 'document':
            if (this.document !== null) command('auditFile', this.document);
            return;
          case 'workspace':
            command('auditWorkspace');
            return;
          case 'prompts':
            command('auditPrompts');
            return;
          case 'probe':
            command('auditProbe');
        }
      },
      cancel: () => session.cancel(),
      acceptPoor: () => {
        this.attempt(
          services.acceptPoor().then(async () => {
            if (session.scope !== null) await session.run(session.scope);
          }),
        );
      },
      showLogs: () => log.show(),
      indexImages: () => command('indexImages'),
      chooseJudge: () => command('chooseJudge'),
      compare: () => command('auditBeside'),
      endComparison: () => session.clearBeside(),
      decide: ({ verdict, note, ...of }) => host.decide(of, verdict, note),
      undo: () => host.undo(),
      evidence: (of) => {
        const { outcome, finding } = host.finding(of);
        return evidenceOf(outcome, finding, (samples) => pictures.pictures(samples));
      },
      summarise: async ({ audit, components }, { signal }) => {
        const { key } = host.outcome(audit).report.study;
        const known = await summaries.of(components, key, signal);
        return known === null ? null : known.known.map((summary) => pictures.summary(summary));
      },
      thumbnail: ({ sha256, size }, { signal }) => {
        pictures.path(sha256);
        return services.thumbnail(sha256, size, signal);
      },
      inspect: ({ component }) => this.attempt(services.inspect(component)),
      openPrompt: (of) => {
        const { outcome, finding } = host.finding(of);
        this.attempt(openPrompt(outcome.subjects[finding.subject]!));
      },
      openImage: ({ list, image, ...of }) => {
        const { outcome, finding } = host.finding(of);
        const sample = finding[list][image];
        if (sample === undefined) throw new ClipsightError('protocol', `The finding has no image ${image}.`);
        const { direction, text } = outcome.subjects[finding.subject]!;
        services.attribute(vscode.Uri.file(sample.path), direction.kind === 'prompt' ? direction.text : text);
      },
      exportReport: ({ format }) => {
        const { describe: engine, thumbnail, storage } = services;
        this.attempt(exportAudit(format, { session, engine, thumbnail, storage }));
      },
    };
  }

  private connectView(pipe: Pipe): View {
    const { log } = this.services;
    const { remote, dispose } = connect(pipe, 'audit-view', auditViewProtocol);
    return {
      push: statePush(
        // Sent whole, so only what is a new state counts: progress goes its own way.
        () => this.host.state.revision,
        () => remote.show(this.host.state),
        log,
      ),
      progress: seldom((progress) => remote.progress({ progress }), log),
      reveal: (finding) => remote.reveal(finding).catch((thrown) => log.debug(String(thrown))),
      dispose,
    };
  }

  /** Shows the finding that was asked for, once there is a page and a run that has it. */
  private async chooseWanted(): Promise<void> {
    const { wanted, view } = this;
    const place = wanted === null ? null : this.host.place(wanted);
    if (place === null || view === null) return;
    this.wanted = null;
    await view.push();
    await view.reveal(place);
  }

  private describe(log: vscode.LogOutputChannel): void {
    this.services.describe().then(
      (engine) => this.host.runsOn(engine),
      (thrown) => log.debug(String(thrown)),
    );
  }

  /** What the page does not wait for: it may take as long as the person takes. */
  private attempt(work: Thenable<unknown>): void {
    work.then(undefined, this.services.onError);
  }

  /** What goes wrong stands on the page already. */
  private quietly(work: Promise<void>): void {
    work.catch((thrown) => this.services.log.warn(errorLine(toErrorInfo(thrown))));
  }
}

function scopeText(scope: AuditScope): string {
  switch (scope.kind) {
    case 'document':
      return vscode.l10n.t('prompts of {0}', vscode.workspace.asRelativePath(scope.uri));
    case 'workspace':
      return vscode.l10n.t('prompts of the workspace');
    case 'prompts':
      return scope.prompts.length === 1
        ? `“${scope.prompts[0]}”`
        : vscode.l10n.t('{0} chosen prompts', scope.prompts.length);
    case 'probe':
      return vscode.l10n.t('classes of {0}', vscode.workspace.asRelativePath(scope.file));
  }
}

function baseName(uri: vscode.Uri): string {
  return uri.path.split('/').pop() ?? uri.path;
}
