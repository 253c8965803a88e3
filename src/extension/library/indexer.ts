import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, hasCode } from '../../shared/errors';
import type { IndexingState } from '../../shared/inspectorProtocol';
import type { IndexReport, IndexRequest, Survey } from '../../shared/library';
import type { Remote } from '../../shared/rpc/protocol';
import { withPatience } from '../patience';
import { Changes } from './changes';
import { imageRoots } from './imageRoots';
import { readContributions } from './librarySettings';
import { NetworkFolders } from './networkFolders';
import { advance, indexingState, noPace, type Pace, paceLine } from './pace';
import { surveyLines, surveyQuestion } from './surveyQuestion';
import { withoutFolders } from './withoutFolders';
import type { WorkspaceLibrary } from './workspaceLibrary';

export interface IndexerServices {
  readonly library: WorkspaceLibrary;
  readonly engine: () => Remote<EngineProtocol>;
  /** Of this workspace. */
  readonly storage: vscode.Memento;
}

interface Run {
  readonly cancelled: AbortController;
  pace: Pace;
}

/** How a person is told of a run: by a notification of its own, or only in the status bar. */
type Manner = 'shown' | 'quiet';

const Remembered = z.enum(['running', 'paused']);

/** Brings the library up to date: one run at a time, which can be paused and goes on after a reload of the window. */
export class Indexer implements vscode.Disposable {
  private static readonly key = 'clipsight.indexing';
  private readonly change = new vscode.EventEmitter<void>();
  readonly onChange = this.change.event;
  private run: Run | null = null;
  private paused: Pace | null = null;
  /** What changed while a run was under way, which may have looked at it before. */
  private readonly missed = new Changes();
  private readonly network: NetworkFolders;
  private isClosing = false;

  constructor(private readonly services: IndexerServices) {
    this.network = new NetworkFolders(services.storage);
  }

  /** Null while nothing is indexed. */
  get state(): IndexingState | null {
    if (this.run !== null) return indexingState('running', this.run.pace);
    return this.paused === null ? null : indexingState('paused', this.paused);
  }

  /** Says what there is to index, asks where that takes much, and indexes it. Undefined where the person said no. */
  async index(): Promise<IndexReport | undefined> {
    demandTrust();
    if (this.run !== null) throw alreadyRunning();
    const request = await this.request();
    const survey = await this.survey(request);
    const most = request.contributions === 'none' ? null : request.contributions.most;
    const network = this.network.notAllowed(survey.network);
    const question = surveyQuestion({ ...survey, network: [...network] }, most);
    if (question === null) return this.begin(request, 'shown', surveyLines(survey, most).join(' '));
    const all = vscode.l10n.t('Index');
    const local = vscode.l10n.t('Without Network Drives');
    const { message, detail } = question;
    const choices = network.length > 0 && survey.files > 0 ? [all, local] : [all];
    const answer = await vscode.window.showInformationMessage(message, { modal: true, detail }, ...choices);
    if (answer === undefined) return undefined;
    if (answer === all) await this.network.allow(network);
    const roots = answer === all ? request.roots : withoutFolders(request.roots, network);
    return this.begin({ ...request, roots: [...roots] }, 'shown', '');
  }

  /** Goes on where it was paused. */
  async resume(): Promise<IndexReport | undefined> {
    demandTrust();
    if (this.run !== null) throw alreadyRunning();
    return this.begin(await this.permitted(await this.request()), 'shown', '');
  }

  /**
   * Looks at some files, or at all of them, without a notification: after the run that is under way. Where one is paused
   * it does nothing, because that looks at all when it goes on.
   */
  async update(only?: readonly string[]): Promise<void> {
    if (this.paused !== null || !vscode.workspace.isTrusted) return;
    if (this.run !== null) {
      this.missed.add(only);
      return;
    }
    const request = await this.request();
    const permitted = await this.permitted(only === undefined ? request : { ...request, only: [...only] });
    // Another run may have begun meanwhile: it looks at all.
    if (this.run === null) await this.begin(permitted, 'quiet', '');
    else this.missed.add(only);
  }

  /** Ends the run; what is done is kept, and `resume` goes on from there. */
  pause(): void {
    if (this.run === null) return;
    this.paused = this.run.pace;
    void this.remember('paused');
    this.run.cancelled.abort();
  }

  /** Ends the run, or gives up one that was paused; what is done is kept. */
  cancel(): void {
    this.paused = null;
    void this.remember(undefined);
    this.run?.cancelled.abort();
    this.change.fire();
  }

  /** What was under way in this workspace when the window went down. A paused one is shown as such again. */
  restore(): 'running' | 'paused' | null {
    const remembered = Remembered.safeParse(this.services.storage.get(Indexer.key));
    if (!remembered.success) return null;
    if (remembered.data === 'paused' && this.run === null) {
      this.paused = noPace;
      this.change.fire();
    }
    return remembered.data;
  }

  dispose(): void {
    // What is remembered stays: the run goes on when the window is back.
    this.isClosing = true;
    this.run?.cancelled.abort();
    this.change.dispose();
  }

  private survey(request: IndexRequest): Promise<Survey> {
    return withPatience(vscode.l10n.t('Looking for images'), (options) =>
      this.services.engine().surveyLibrary(request, options),
    );
  }

  /** The request without folders on network drives that the person did not allow. */
  private async permitted(request: IndexRequest): Promise<IndexRequest> {
    const { network } = await this.survey(request);
    return { ...request, roots: [...withoutFolders(request.roots, this.network.notAllowed(network))] };
  }

  private async request(): Promise<IndexRequest> {
    const { roots, leftOut } = imageRoots();
    if (roots.length === 0) throw nothingToIndex(leftOut);
    return {
      ...(await this.services.library.request()),
      roots: [...roots],
      others: 'remove',
      contributions: readContributions() ?? 'none',
    };
  }

  private async begin(request: IndexRequest, manner: Manner, said: string): Promise<IndexReport | undefined> {
    const run: Run = { cancelled: new AbortController(), pace: noPace };
    this.run = run;
    this.paused = null;
    if (request.only === undefined) void this.remember('running');
    this.change.fire();
    try {
      const report = await this.show(run, request, manner, said);
      if (request.only === undefined) void this.remember(undefined);
      return report;
    } catch (thrown) {
      // Whoever paused or cancelled it knows.
      if (run.cancelled.signal.aborted && hasCode(thrown, 'cancelled')) return undefined;
      // What failed half-way can go on from there.
      const isHalfDone = request.only === undefined && run.pace !== noPace;
      if (isHalfDone) this.paused = run.pace;
      if (request.only === undefined) void this.remember(isHalfDone ? 'paused' : undefined);
      throw thrown;
    } finally {
      this.run = null;
      if (!this.isClosing) {
        this.change.fire();
        this.services.library.changed();
        this.catchUp();
      }
    }
  }

  private catchUp(): void {
    const missed = this.missed.take();
    if (missed !== 'all' && missed.length === 0) return;
    // What comes of it is known by what is then in the library, or by the next run.
    this.update(missed === 'all' ? undefined : missed).catch(() => {});
  }

  private async show(run: Run, request: IndexRequest, manner: Manner, said: string): Promise<IndexReport> {
    const index = (report: (line: string, share: number) => void) =>
      this.services.engine().indexLibrary(
        { ...request, background: manner === 'quiet' },
        {
          signal: run.cancelled.signal,
          onProgress: (progress) => {
            run.pace = advance(run.pace, progress, performance.now());
            const { done, total } = progress;
            report(paceLine(indexingState('running', run.pace)), total > 0 ? Math.min(1, done / total) : 0);
            this.change.fire();
          },
        },
      );
    if (manner === 'quiet') return index(() => {});
    const options: vscode.ProgressOptions = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Indexing images'),
      cancellable: true,
    };
    return vscode.window.withProgress(options, (notification, token) => {
      token.onCancellationRequested(() => this.cancel());
      let shown = 0;
      if (said !== '') notification.report({ message: said });
      return index((message, share) => {
        notification.report({ message, increment: Math.max(0, share - shown) * 100 });
        shown = Math.max(shown, share);
      });
    });
  }

  private async remember(kind: z.output<typeof Remembered> | undefined): Promise<void> {
    if (!this.isClosing) await this.services.storage.update(Indexer.key, kind);
  }
}

function alreadyRunning(): ClipsightError {
  return new ClipsightError('library', vscode.l10n.t('The images are being indexed already.'));
}

function nothingToIndex(leftOut: readonly string[]): ClipsightError {
  return new ClipsightError(
    'configuration',
    leftOut.length === 0
      ? vscode.l10n.t('There is no folder open whose images could be indexed.')
      : vscode.l10n.t('Only folders on a disk are indexed, and {0} is none.', leftOut.join(', ')),
    vscode.l10n.t('Open a folder with images.'),
  );
}

/** @throws ClipsightError 'configuration' */
function demandTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ClipsightError(
    'configuration',
    vscode.l10n.t('This workspace is not trusted: its images are not indexed.'),
    vscode.l10n.t('Trust the workspace to index them.'),
  );
}
