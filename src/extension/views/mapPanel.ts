import * as vscode from 'vscode';
import { mapHostProtocol, mapViewProtocol } from '../../shared/mapProtocol';
import { connect } from '../../shared/rpc/connect';
import type { Pipe } from '../../shared/rpc/pipe';
import type { Progress } from '../../shared/rpc/protocol';
import { serve } from '../../shared/rpc/serve';
import { mapViewType } from '../viewTypes';
import { webviewPipe } from '../webviewPipe';
import { MapHost, type MapSources } from './mapHost';
import { seldom } from './seldom';
import { statePush } from './statePush';
import { viewHtml, viewOptions } from './viewPage';

export interface MapServices extends MapSources {
  readonly extension: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The library, the study, the vocabulary or a name has changed. */
  readonly onLibrary: vscode.Event<void>;
  readonly onPrompts: vscode.Event<void>;
  readonly onAnalysis: vscode.Event<void>;
  readonly onSelection: vscode.Event<void>;
}

/** The page that shows the map, from the moment that it is ready to. */
interface View {
  readonly push: () => void;
  readonly progress: (progress: Progress | null) => void;
  readonly dispose: () => void;
}

/** The component map: one panel, opened beside what is worked on. It is computed again after a reload. */
export class MapPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;

  constructor(private readonly services: MapServices) {}

  /** Opens the map, or brings it to the front. */
  show(): void {
    if (this.panel !== null) {
      this.panel.reveal();
      return;
    }
    const { extension } = this.services;
    const panel = vscode.window.createWebviewPanel(
      mapViewType,
      vscode.l10n.t('Component Map'),
      vscode.ViewColumn.Beside,
      {
        ...viewOptions(extension),
        // What is zoomed to and lassoed is worth more than the memory of the points.
        retainContextWhenHidden: true,
      },
    );
    panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    this.panel = panel;
    const served = serveMap(panel, this.services);
    panel.onDidDispose(() => {
      served.dispose();
      this.panel = null;
    });
    panel.webview.html = viewHtml(panel.webview, extension, {
      view: 'map',
      element: 'clipsight-component-map',
      title: panel.title,
      name: mapViewType,
    });
  }

  dispose(): void {
    this.panel?.dispose();
  }
}

function serveMap(panel: vscode.WebviewPanel, services: MapServices): vscode.Disposable {
  const pipe = webviewPipe(panel);
  let view: View | null = null;
  const map = new MapHost(services, {
    onState: () => view?.push(),
    onProgress: (progress) => view?.progress(progress),
  });
  const host = serve(pipe, 'map-host', mapHostProtocol, {
    ready: () => {
      view?.dispose();
      view = connectView(pipe, map, services.log);
      return map.state;
    },
    select: ({ component }) => map.select(component),
    summarise: ({ components }, { signal }) => map.summarise(components, signal),
    thumbnail: ({ sha256, size }, { signal }) => map.thumbnail(sha256, size, signal),
    setColour: (colour) => map.setColour(colour),
    retry: () => {
      void map.load();
    },
  });
  const events = [
    services.onLibrary(() => void map.load()),
    services.onPrompts(() => map.promptsChanged()),
    services.onAnalysis(() => map.analysisChanged()),
    services.onSelection(() => map.selectionChanged()),
  ];
  return {
    dispose: () => {
      for (const event of events) event.dispose();
      map.dispose();
      host.dispose();
      view?.dispose();
    },
  };
}

/** A page has come up, for the first time or again; it has the state of now. */
function connectView(pipe: Pipe, map: MapHost, log: vscode.LogOutputChannel): View {
  const { remote, dispose } = connect(pipe, 'map-view', mapViewProtocol);
  const push = statePush(
    // Sent whole, so only what is a new state counts: progress goes its own way.
    () => map.state.revision,
    () => remote.show(map.state),
    log,
  );
  return {
    push: () => void push(),
    progress: seldom((progress) => remote.progress({ progress }), log),
    dispose,
  };
}
