import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ClipsightError, errorLine, toErrorInfo } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import {
  type PanelHostProtocol,
  type PanelState,
  panelHostProtocol,
  panelViewProtocol,
} from '../../shared/panelProtocol';
import { connect } from '../../shared/rpc/connect';
import type { Pipe } from '../../shared/rpc/pipe';
import type { Handlers } from '../../shared/rpc/protocol';
import { serve } from '../../shared/rpc/serve';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import type { EngineClient } from '../engine/engineClient';
import { studyNotes } from '../engine/settings';
import type { StudyReader } from '../engine/studyRequests';
import { imageLabel, imageSource } from '../images/imageSource';
import type { WorkspaceInterventions } from '../interventions/workspaceInterventions';
import { Latest } from '../latest';

import type { ComponentSummaries } from '../library/componentSummaries';
import { readClassTemplate } from '../library/librarySettings';
import { SentPictures } from '../library/sentPictures';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { showError } from '../notify';
import { withPatience } from '../patience';
import { distinctPrompts } from '../prompts/promptList';
import type { PromptMemory } from '../prompts/promptMemory';
import { webviewPipe } from '../webviewPipe';
import { runAttribution } from './attributionRun';
import { changedResults } from './changedResults';
import { copyResults, saveResults } from './exportResults';
import { panelInterventions } from './panelInterventions';
import type { PanelInUse, StatefulPanel } from './panelInUse';
import { panelMeasurements } from './panelMeasurements';
import {
  openPanel,
  type PanelModel,
  report,
  startRun,
  withComponents,
  withInterventions,
  withoutInterventions,
} from './panelModel';
import type { PanelStore } from './panelStore';
import { savePicture } from './savePicture';
import { statePush } from './statePush';
import { viewHtml } from './viewPage';

/** The longer side of the pictures in the panel, in pixels. */
const previewSize = 768;

export interface PanelServices {
  readonly extension: vscode.Uri;
  readonly engine: EngineClient;
  readonly readStudy: StudyReader;
  /** Told of every study that a panel shows. */
  readonly onStudy: (asked: StudyRequest, study: StudyInfo) => void;
  /** Uses the dictionary of a study though it reconstructs the model badly; the panels compute again. */
  readonly acceptPoor: (asked: StudyRequest) => Promise<void>;
  readonly memory: PromptMemory;
  readonly store: PanelStore;
  /** Remembers the folder of exports. */
  readonly storage: vscode.Memento;
  /** Asks for prompts; undefined when the person leaves without a choice. */
  readonly pickPrompts: (chosen: readonly string[]) => Promise<readonly string[] | undefined>;
  /** Told of what becomes of this panel. */
  readonly inUse: PanelInUse;
  readonly library: Pick<WorkspaceLibrary, 'thumbnail' | 'indexedSubject' | 'answeredFor'>;
  readonly interventions: Pick<WorkspaceInterventions, 'at' | 'of' | 'onChange'>;
  readonly components: PanelComponents;
}

/** What panels need to know of components. */
export interface PanelComponents extends Pick<ComponentSummaries, 'of'> {
  /** What is said of components is out of date, or another one is in the inspector. */
  readonly onChange: vscode.Event<void>;
  /** The component in the inspector; null if there is none. */
  readonly selected: () => number | null;
  /** Opens a component in the inspector, as seen in an image of a panel. */
  readonly inspect: (component: number, panel: StatefulPanel, image: number) => Promise<void>;
}

/** The page that shows the state, from the moment that it is ready to. */
interface View {
  /** Call it after a change of the state. */
  readonly push: () => Promise<void>;
  readonly dispose: () => void;
}

export interface PanelContent {
  /** Names the panel across reloads of the window. */
  readonly name: string;
  readonly images: readonly vscode.Uri[];
  readonly prompts: readonly string[];
}

export function panelOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: ['dist/webview', 'media'].map((folder) => vscode.Uri.joinPath(extension, folder)),
  };
}

/**
 * One panel: the images and prompts it was opened for, their state, and the run that computes it. The page is
 * a picture of that state and may come and go; everything it may ask is served here.
 */
export class AttributionPanel implements StatefulPanel {
  private model: PanelModel;
  private running = new AbortController();
  /** What the run under way, or the last one, was about. */
  private asked: StudyRequest | null = null;
  private readonly pipe: Pipe;
  private view: View | null = null;
  private readonly pictures = new SentPictures((path) => vscode.workspace.asRelativePath(path));
  private readonly summarising = new Latest();
  /** The components that the page shows now. */
  private wanted: readonly number[] = [];

  constructor(
    panel: vscode.WebviewPanel,
    private readonly content: PanelContent,
    private readonly services: PanelServices,
  ) {
    const { images, prompts } = content;
    this.model = openPanel(images.map(imageLabel), prompts);
    this.pipe = webviewPipe(panel);
    const host = serve(this.pipe, 'panel-host', panelHostProtocol, this.handlers());
    panel.title = title(images);
    panel.iconPath = vscode.Uri.joinPath(services.extension, 'media', 'icon.svg');
    const listener = vscode.Disposable.from(
      services.components.onChange(() => this.summarise()),
      services.interventions.onChange(() => this.listInterventions()),
      panel.onDidChangeViewState(() => panel.active && services.inUse.use(this)),
    );
    panel.onDidDispose(() => {
      listener.dispose();
      host.dispose();
      this.close();
    });
    panel.webview.options = panelOptions(services.extension);
    panel.webview.html = viewHtml(panel.webview, services.extension, {
      view: 'attribution',
      element: 'clipsight-attribution',
      title: panel.title,
      name: content.name,
    });
    if (panel.active || services.inUse.state === null) services.inUse.use(this);
    this.start(prompts);
  }

  get state(): PanelState {
    return this.model.state;
  }

  /** Computes everything again, with the settings of now. */
  recompute(): void {
    this.start(this.model.state.prompts);
  }

  /** Cancels the run under way and begins one with these prompts. */
  private start(prompts: readonly string[]): void {
    const { engine, readStudy, onStudy, store } = this.services;
    const { name, images } = this.content;
    this.running.abort();
    this.running = new AbortController();
    this.summarising.cancel();
    this.show(startRun(this.model, prompts, studyNotes()));
    void store.keep(name, { images: images.map(String), prompts: [...prompts] });
    if (prompts.length === 0) return;
    const { run } = this.model;
    const input = {
      engine: () => engine.remote,
      study: async () => {
        const asked = await readStudy();
        if (run === this.model.run) this.asked = asked;
        return asked;
      },
      images: images.map((uri) => () => imageSource(uri)),
      prompts,
      signal: this.running.signal,
    };
    void runAttribution(input, (event) => {
      const isCurrent = run === this.model.run;
      if (isCurrent && event.kind === 'outcomes' && this.asked !== null) {
        onStudy(this.asked, event.response.study);
      }
      this.show(report(this.model, run, event));
      if (isCurrent && event.kind === 'outcomes' && event.first === 0) this.listInterventions();
      if (isCurrent && event.kind === 'finished') this.summarise();
    });
  }

  private show(model: PanelModel): void {
    if (model === this.model) return;
    this.model = model;
    this.services.inUse.changed(this);
    void this.view?.push();
  }

  /** Says what the library knows of the components that are shown; without a library the panel stays as it is. */
  private summarise(): void {
    const { components, engine } = this.services;
    const { study } = this.model.state;
    const { run } = this.model;
    if (study === null) return;
    const work = async () => {
      const known = await this.summarising.run((signal) => components.of(this.wanted, study.key, signal));
      if (known === undefined || run !== this.model.run) return;
      const shown = known && {
        judge: known.judge,
        known: known.known.map((summary) => this.pictures.summary(summary)),
        selected: components.selected(),
      };
      this.show(withComponents(this.model, shown));
    };
    // The attributions do not depend on it.
    work().catch((thrown) => engine.log.warn(errorLine(toErrorInfo(thrown))));
  }

  /** Shows the interventions that are kept for the study; the numbers do not depend on them. */
  private listInterventions(): void {
    const { interventions, engine } = this.services;
    const { study } = this.model.state;
    const { run } = this.model;
    if (study === null) return;
    interventions.of(this.content.images[0], study.key).then(
      (kept) => {
        if (run === this.model.run) this.show(withInterventions(this.model, kept));
      },
      (thrown) => {
        const error = toErrorInfo(thrown);
        engine.log.warn(errorLine(error));
        if (run === this.model.run) this.show(withoutInterventions(this.model, error));
      },
    );
  }

  private handlers(): Handlers<PanelHostProtocol> {
    const { engine, storage } = this.services;
    return {
      ...panelMeasurements({
        engine: () => engine.remote,
        shown: () => this.computed(),
        images: () => this.content.images.map((uri) => () => imageSource(uri)),
      }),
      ...panelInterventions({
        engine: () => engine.remote,
        library: this.services.library,
        classTemplate: readClassTemplate,
        prompts: () => this.model.state.prompts,
        study: () => this.computed().study,
        kept: () => this.services.interventions.at(this.content.images[0]),
        pictures: this.pictures,
        attempt: (work) => this.attempt(work),
      }),
      savePicture: (picture) => {
        this.attempt(savePicture(picture, storage));
      },
      ready: () => {
        this.view?.dispose();
        this.view = this.connectView();
        return this.model.state;
      },
      setPrompts: ({ prompts }) => {
        this.setPrompts(distinctPrompts(prompts));
      },
      pickPrompts: () => {
        this.attempt(this.pickPrompts());
      },
      preview: async ({ image }, job) =>
        engine.remote.preview(
          { image: await imageSource(this.image(image)), size: previewSize },
          { signal: job.signal },
        ),
      openImage: ({ image }) => {
        this.attempt(vscode.commands.executeCommand('vscode.open', this.image(image)));
      },
      wantComponents: ({ components }) => {
        this.wanted = components;
        this.summarise();
      },
      inspect: ({ component, image }) => {
        this.image(image);
        this.attempt(this.services.components.inspect(component, this, image));
      },
      thumbnail: ({ sha256, size }, job) => {
        this.pictures.path(sha256);
        return this.services.library.thumbnail(sha256, size, job.signal);
      },
      cancel: () => {
        this.running.abort();
      },
      retry: () => {
        this.recompute();
      },
      acceptPoor: () => {
        const { asked } = this;
        if (asked !== null) this.attempt(this.services.acceptPoor(asked));
      },
      showLogs: () => {
        engine.log.show();
      },
      exportResults: ({ format, to, intervention }) => {
        const give = async () => {
          const results = { state: await this.results(intervention), intervention };
          await (to === 'file' ? saveResults(results, format, storage) : copyResults(results, format));
        };
        this.attempt(give());
      },
    };
  }

  /** A page has come up, for the first time or again; it has the state of now. */
  private connectView(): View {
    const { remote, dispose } = connect(this.pipe, 'panel-view', panelViewProtocol);
    const push = statePush(
      () => this.model.state,
      (state) => remote.show(state),
      this.services.engine.log,
    );
    return {
      push,
      dispose,
    };
  }

  private setPrompts(prompts: readonly string[]): void {
    this.start(prompts);
    this.attempt(this.services.memory.use(prompts));
  }

  private async pickPrompts(): Promise<void> {
    const prompts = await this.services.pickPrompts(this.model.state.prompts);
    if (prompts !== undefined) this.setPrompts(prompts);
  }

  /** What is shown, in the model with an intervention. @throws as `changedResults` */
  private async results(intervention: Intervention): Promise<PanelState> {
    const { state } = this.model;
    if (intervention.length === 0 || state.study === null) return state;
    const { asked } = this.computed();
    return withPatience(vscode.l10n.t('Computing the results with the changes'), (options) =>
      changedResults(
        state,
        {
          engine: () => this.services.engine.remote,
          study: async () => asked,
          images: this.content.images.map((uri) => () => imageSource(uri)),
          intervention,
        },
        options,
      ),
    );
  }

  /** What was computed. @throws ClipsightError 'protocol' */
  private computed(): { readonly asked: StudyRequest; readonly study: StudyInfo } {
    const { asked } = this;
    const { study } = this.model.state;
    if (asked === null || study === null) throw new ClipsightError('protocol', 'Nothing is computed yet.');
    return { asked, study };
  }

  /** @throws ClipsightError 'protocol' */
  private image(index: number): vscode.Uri {
    const uri = this.content.images[index];
    if (uri === undefined) throw new ClipsightError('protocol', `The panel has no image ${index}.`);
    return uri;
  }

  /** What the page does not wait for: it may take as long as the person takes. */
  private attempt(work: Thenable<unknown>): void {
    work.then(undefined, (thrown) => showError(this.services.engine.log, thrown));
  }

  private close(): void {
    this.running.abort();
    this.summarising.cancel();
    this.services.inUse.closed(this);
    this.view?.dispose();
    void this.services.store.drop(this.content.name);
  }
}

function title(images: readonly vscode.Uri[]): string {
  const [first] = images;
  return images.length === 1 && first !== undefined
    ? vscode.l10n.t('{0} — CLIP', basename(first.path))
    : vscode.l10n.t('{0} images — CLIP', images.length);
}
