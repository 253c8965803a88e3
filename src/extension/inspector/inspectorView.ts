import * as vscode from 'vscode';
import {
  type InspectorHostProtocol,
  inspectorHostProtocol,
  inspectorViewProtocol,
} from '../../shared/inspectorProtocol';
import { connect } from '../../shared/rpc/connect';
import type { Pipe } from '../../shared/rpc/pipe';
import type { Handlers } from '../../shared/rpc/protocol';
import { serve } from '../../shared/rpc/serve';
import type { SentPictures } from '../library/sentPictures';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { statePush } from '../views/statePush';
import { viewHtml, viewOptions } from '../views/viewPage';
import { inspectorViewType } from '../viewTypes';
import { webviewPipe } from '../webviewPipe';
import type { Inspector } from './inspector';

export interface InspectorViewServices {
  readonly extension: vscode.Uri;
  readonly inspector: Inspector;
  readonly library: WorkspaceLibrary;
  readonly pictures: SentPictures;
  readonly onError: (thrown: unknown) => void;
  readonly log: vscode.LogOutputChannel;
}

interface Page {
  readonly push: () => Promise<void>;
  readonly focusSearch: () => Promise<void>;
  readonly dispose: () => void;
}

/** The Latent inspector in the side bar: a page that shows the inspector's state, and all that it may ask. */
export class InspectorView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | null = null;
  private page: Page | null = null;
  /** The search field is to get the focus as soon as there is a page. */
  private wantsSearch = false;
  private readonly listener: vscode.Disposable;

  constructor(private readonly services: InspectorViewServices) {
    this.listener = services.inspector.onChange(() => void this.page?.push());
  }

  /** Called by VS Code when the view comes into sight, for the first time or again. */
  resolveWebviewView(view: vscode.WebviewView): void {
    const { extension, inspector } = this.services;
    const pipe = webviewPipe(view);
    const host = serve(pipe, 'inspector-host', inspectorHostProtocol, this.handlers(pipe));
    this.view = view;
    view.onDidDispose(() => {
      host.dispose();
      this.page?.dispose();
      this.page = null;
      this.view = null;
    });
    view.webview.options = viewOptions(extension);
    view.webview.html = viewHtml(view.webview, extension, {
      view: 'latent',
      element: 'clipsight-latent-inspector',
      title: vscode.l10n.t('Latent'),
      name: inspectorViewType,
    });
    inspector.wake();
  }

  /** Brings the view into sight; the focus stays where it is if it can. */
  async reveal(): Promise<void> {
    if (this.view === null) await vscode.commands.executeCommand(`${inspectorViewType}.focus`);
    else this.view.show(true);
  }

  async focusSearch(): Promise<void> {
    this.wantsSearch = true;
    await vscode.commands.executeCommand(`${inspectorViewType}.focus`);
    await this.giveFocus();
  }

  dispose(): void {
    this.listener.dispose();
    this.page?.dispose();
  }

  private handlers(pipe: Pipe): Handlers<InspectorHostProtocol> {
    const { inspector, library, pictures } = this.services;
    const command = (name: string, ...args: unknown[]) =>
      this.attempt(vscode.commands.executeCommand(`clipsight.${name}`, ...args));
    return {
      ready: () => {
        this.page?.dispose();
        this.page = this.connectPage(pipe);
        void this.giveFocus();
        return inspector.state;
      },
      select: ({ component }) => this.attempt(inspector.select(component)),
      back: () => this.attempt(inspector.back()),
      setOrder: (order) => this.attempt(inspector.setOrder(order)),
      showSamples: ({ most }) => this.attempt(inspector.showSamples(most)),
      thumbnail: ({ sha256, size }, job) => {
        pictures.path(sha256);
        return library.thumbnail(sha256, size, job.signal);
      },
      openImage: ({ sha256 }) => this.attempt(this.open(pictures.path(sha256))),
      attributeImage: ({ sha256 }) => command('attribute', vscode.Uri.file(pictures.path(sha256))),
      annotate: ({ component, change }) => inspector.annotate(component, change),
      search: ({ text }) => this.attempt(inspector.searchText(text)),
      searchImage: () => command('searchComponentsByImage'),
      clearSearch: () => inspector.clearSearch(),
      index: () => command(inspector.state.indexing?.kind === 'paused' ? 'resumeIndexing' : 'indexImages'),
      pauseIndexing: () => command('pauseIndexing'),
      cancelIndexing: () => command('cancelIndexing'),
      showFailures: () => command('showFailures'),
      openMap: () => command('openComponentMap'),
      chooseJudge: () => command('chooseJudge'),
      retry: () => {
        // The library may have been at fault, or have changed meanwhile.
        library.changed();
      },
      showLogs: () => this.services.log.show(),
    };
  }

  private connectPage(pipe: Pipe): Page {
    const { inspector, log } = this.services;
    const { remote, dispose } = connect(pipe, 'inspector-view', inspectorViewProtocol);
    const push = statePush(
      () => inspector.state,
      (state) => remote.show(state),
      log,
    );
    return {
      push,
      focusSearch: () => remote.focusSearch({}).catch((thrown) => log.debug(String(thrown))),
      dispose,
    };
  }

  private async giveFocus(): Promise<void> {
    if (!this.wantsSearch || this.page === null) return;
    this.wantsSearch = false;
    await this.page.focusSearch();
  }

  private async open(path: string): Promise<void> {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
  }

  /** What the page does not wait for: it may take as long as the person takes. */
  private attempt(work: Thenable<unknown>): void {
    work.then(undefined, this.services.onError);
  }
}
