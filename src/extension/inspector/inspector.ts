import * as vscode from 'vscode';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, type ErrorInfo, hasCode, toErrorInfo } from '../../shared/errors';
import type { ImageSource } from '../../shared/image';
import type { InspectorState, ShownOrder } from '../../shared/inspectorProtocol';
import type { Grounds, LibraryStatus, SampleOrder, SearchQuery } from '../../shared/library';
import type { Remote } from '../../shared/rpc/protocol';
import { Latest } from '../latest';
import type { ComponentSummaries } from '../library/componentSummaries';
import type { Indexer } from '../library/indexer';
import type { SentPictures } from '../library/sentPictures';
import type { Vocabularies } from '../library/vocabularies';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { withPatience } from '../patience';
import type { PanelInUse, StatefulPanel } from '../views/panelInUse';
import { annotated } from './annotated';
import { type History, pop, push } from './history';
import type { InspectorMemory } from './inspectorMemory';
import { selectionImage } from './selectionImage';

export interface InspectorServices {
  readonly engine: () => Remote<EngineProtocol>;
  readonly library: WorkspaceLibrary;
  readonly vocabularies: Vocabularies;
  readonly summaries: ComponentSummaries;
  readonly indexer: Pick<Indexer, 'state' | 'onChange'>;
  readonly pictures: SentPictures;
  readonly memory: InspectorMemory;
  readonly panelInUse: PanelInUse;
}

/** Where a component was selected. */
interface Place {
  readonly component: number;
  /** Null where it was found elsewhere. */
  readonly panel: StatefulPanel | null;
  /** Index of the image in the panel. */
  readonly image: number;
}

type Selection = NonNullable<InspectorState['selection']>;
type Search = NonNullable<InspectorState['search']>;

/** What of an annotation is another; the rest stays. */
type AnnotationChange = Parameters<Remote<EngineProtocol>['annotate']>[0]['change'];

const firstSamples = 24;
const mostHits = 100;

/** What the inspector shows, and all that can be done there. The page is a picture of its state and may come and go. */
export class Inspector implements vscode.Disposable {
  private readonly change = new vscode.EventEmitter<void>();
  /** The state is another object than before. */
  readonly onChange = this.change.event;
  private readonly selectionChange = new vscode.EventEmitter<void>();
  readonly onSelection = this.selectionChange.event;
  private readonly listeners: vscode.Disposable;
  private readonly refreshing = new Latest();
  private readonly examining = new Latest();
  private readonly searching = new Latest();
  private shown: InspectorState;
  private place: Place | null = null;
  private history: History<Place> = [];
  private samples = firstSamples;
  /** AnalysisKey of the study that all of this is about; null while it is not known. */
  private study: string | null = null;
  private searched: SearchQuery | null = null;
  /** Whether the study is that of now: else what the engine says may be of another. */
  private isCurrent = false;
  /** Nobody looks at it, so nothing is looked up: true from the first time that somebody does. */
  private isAwake = false;

  constructor(private readonly services: InspectorServices) {
    const { library, vocabularies, indexer, panelInUse } = services;
    this.shown = { ...nothing, prompts: [...panelInUse.prompts], indexing: indexer.state };
    this.listeners = vscode.Disposable.from(
      library.onChange(() => this.refreshIfAwake()),
      vocabularies.onChange(() => this.refreshIfAwake()),
      indexer.onChange(() => this.update({ indexing: indexer.state })),
      panelInUse.onChange(() => this.takePanel()),
    );
  }

  get state(): InspectorState {
    return this.shown;
  }

  /** The component that is shown; null if none is. */
  get selected(): number | null {
    return this.place?.component ?? null;
  }

  /** Somebody looks: from now on it is kept up to date. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    void this.refresh();
  }

  /** Shows a component, as seen in an image of a panel where it was found there. */
  async select(component: number, panel: StatefulPanel | null = null, image = 0): Promise<void> {
    if (this.place?.component !== component) this.history = push(this.history, this.place);
    await this.goTo({ component, panel, image });
  }

  async back(): Promise<void> {
    const last = pop(this.history);
    if (last === null) return;
    this.history = last.rest;
    await this.goTo(last.entry);
  }

  async setOrder(order: ShownOrder): Promise<void> {
    if (this.shown.selection === null) return;
    this.show({ ...this.shown.selection, order: this.possible(order), card: null, grounds: null });
    await this.examine();
  }

  async showSamples(most: number): Promise<void> {
    this.samples = most;
    await this.examine();
  }

  /** Rejects where it cannot be written: another window may own the library. */
  async annotate(component: number, change: AnnotationChange): Promise<void> {
    const { engine, library } = this.services;
    const annotation = await engine().annotate({ ...(await library.request()), component, change });
    this.update(annotated(this.shown, component, annotation));
    // Whoever shows the component is told, this inspector too.
    library.changed();
  }

  async searchText(text: string): Promise<void> {
    const query = text.trim();
    if (query === '') this.clearSearch();
    else await this.search({ kind: 'text', text: query }, query);
  }

  /** @param name of the image, for people */
  async searchImage(image: ImageSource, name: string): Promise<void> {
    await this.search({ kind: 'image', image }, name);
  }

  clearSearch(): void {
    this.searching.cancel();
    this.searched = null;
    this.update({ search: null });
    void this.remember();
  }

  /** Reads everything again that is shown. */
  async refresh(): Promise<void> {
    const { library } = this.services;
    this.isAwake = true;
    this.isCurrent = false;
    this.examining.cancel();
    this.searching.cancel();
    this.update({ error: null });
    if (library.file === null) {
      this.update({ library: { kind: 'no-folder' }, study: null });
      return;
    }
    await this.attempt(async () => {
      const status = await this.refreshing.run(() => library.status());
      if (status === undefined) return;
      this.takeStatus(status);
      this.isCurrent = true;
      if (status === null || status.images === 0) return;
      await Promise.all([this.readPinned(), this.examine(), this.searchAgain()]);
    });
  }

  dispose(): void {
    this.listeners.dispose();
    for (const work of [this.refreshing, this.examining, this.searching]) work.cancel();
    this.change.dispose();
    this.selectionChange.dispose();
  }

  private refreshIfAwake(): void {
    if (this.isAwake) void this.refresh();
  }

  /** The panel that was used last is another, or has other prompts, or has computed something. */
  private takePanel(): void {
    const { selection } = this.shown;
    const prompts = [...this.services.panelInUse.prompts];
    if (selection === null) this.update({ prompts });
    else this.update({ prompts, selection: this.inPanel(selection, prompts) });
  }

  /** A number of a prompt is good for the prompts that it was chosen from. */
  private inPanel(selection: Selection, prompts: readonly string[]): Selection {
    const { order } = selection;
    const image = this.imageOf(prompts);
    if (order.kind !== 'relevance' || prompts[order.prompt] === this.shown.prompts[order.prompt]) {
      return { ...selection, image };
    }
    return { ...selection, image, order: byMax, card: null, grounds: null };
  }

  private takeStatus(status: LibraryStatus | null): void {
    if (status === null) {
      this.update({ library: emptyLibrary, study: null });
      return;
    }
    const { study, access, images, judged, live, failures } = status;
    const state = { kind: 'open' as const, access, images, judged, live };
    if (study.key !== this.study) this.beginStudy(study.key);
    this.update({ study, library: { ...state, failures: failures.map((failure) => labelled(failure)) } });
  }

  /** Components of another study are others: what is shown goes, and what was shown of this one before comes back. */
  private beginStudy(key: string): void {
    const wasKnown = this.study !== null;
    this.study = key;
    const remembered = this.services.memory.recall(key);
    // What was selected before the study was known is of this one.
    if (this.place !== null && !wasKnown) return;
    const placed = (component: number): Place => ({ component, panel: null, image: 0 });
    this.place = remembered?.component == null ? null : placed(remembered.component);
    this.history = (remembered?.history ?? []).map(placed);
    this.samples = remembered?.samples ?? firstSamples;
    this.searched = remembered?.search ? { kind: 'text', text: remembered.search } : null;
    const search = this.searched?.kind === 'text' ? pendingSearch('text', this.searched.text) : null;
    this.update({ pinned: [], search, selection: null, canGoBack: this.history.length > 0 });
    if (this.place !== null) this.show(this.pending(this.place, remembered?.order ?? byMax));
    this.selectionChange.fire();
  }

  private async goTo(place: Place): Promise<void> {
    this.place = place;
    this.show(this.pending(place, this.shown.selection?.order ?? byMax));
    this.selectionChange.fire();
    await this.remember();
    // What is being read anew is read with the new selection.
    if (this.isAwake) await this.examine();
  }

  private pending(place: Place, order: ShownOrder): Selection {
    const { component } = place;
    const image = this.imageOf(this.shown.prompts);
    return { component, order: this.possible(order), card: null, grounds: null, image };
  }

  private imageOf(prompts: readonly string[]): Selection['image'] {
    if (this.place === null || this.place.panel === null) return null;
    const { panel, image, component } = this.place;
    return selectionImage(panel.state, image, component, prompts);
  }

  /** By relevance only to a prompt that there is. */
  private possible(order: ShownOrder): ShownOrder {
    return order.kind === 'relevance' && order.prompt >= this.shown.prompts.length ? byMax : order;
  }

  private async examine(): Promise<void> {
    const { selection, library: state } = this.shown;
    if (!this.isCurrent || selection === null || state.kind !== 'open' || state.images === 0) return;
    const { engine, library, vocabularies, pictures } = this.services;
    const prompts = this.shown.prompts;
    const order = sampleOrder(selection.order, prompts);
    await this.attempt(async () => {
      const answer = await this.examining.run(async (signal) => {
        const [request, vocabulary] = [await library.request(), await vocabularies.current()];
        const { component } = selection;
        const samples = { order, most: this.samples };
        const title = vscode.l10n.t('Reading component {0}', component);
        return withPatience(
          title,
          (options) => engine().examine({ ...request, vocabulary, component, prompts, samples }, options),
          signal,
        );
      });
      const now = this.shown.selection;
      if (answer === undefined || !this.isOfStudy(answer.grounds)) return;
      if (now === null || now.component !== selection.component) return;
      this.show({ ...now, card: pictures.card(answer.card), grounds: answer.grounds });
      await this.remember();
    });
  }

  /** Whether an answer is of the study that is shown. What is of another is dropped, and everything read anew. */
  private isOfStudy({ key }: Grounds): boolean {
    if (key === this.study) return true;
    if (this.services.library.answeredFor(key)) return false;
    throw new ClipsightError(
      'checkpoint',
      vscode.l10n.t('The engine answered for another model or dictionary than the one shown.'),
      vscode.l10n.t('They may be changing on disk: refresh the inspector when they are complete.'),
    );
  }

  private async readPinned(): Promise<void> {
    const { engine, library, summaries, pictures } = this.services;
    const annotations = await engine().annotations(await library.request());
    const pinned = annotations.filter(({ annotation }) => annotation.pinned);
    const components = pinned.map(({ component }) => component);
    const known = components.length === 0 ? null : await summaries.of(components, this.study, unending);
    this.update({ pinned: (known?.known ?? []).map((summary) => pictures.summary(summary)) });
  }

  private async searchAgain(): Promise<void> {
    const { search } = this.shown;
    if (this.searched !== null && search !== null) await this.search(this.searched, search.query);
  }

  private async search(query: SearchQuery, name: string): Promise<void> {
    const { engine, library, vocabularies, pictures } = this.services;
    const isSame = this.searched === query && this.shown.search !== null;
    this.searched = query;
    // What was found before stays until it is found anew.
    if (!isSame) this.update({ search: pendingSearch(query.kind, name), error: null });
    if (!this.isCurrent) return;
    await this.attempt(
      async () => {
        const answer = await this.searching.run(async (signal) => {
          const [request, vocabulary] = [await library.request(), await vocabularies.current()];
          return withPatience(
            vscode.l10n.t('Searching components for {0}', name),
            (options) =>
              engine().searchComponents({ ...request, vocabulary, query, most: mostHits }, options),
            signal,
          );
        });
        if (answer === undefined || !this.isOfStudy(answer.grounds)) return;
        const hits = answer.hits.map((hit) => pictures.hit(hit));
        this.update({ search: { query: name, kind: query.kind, hits, grounds: answer.grounds } });
        await this.remember();
      },
      () => this.clearSearch(),
    );
  }

  private async remember(): Promise<void> {
    if (this.study === null) return;
    const { searched } = this;
    await this.services.memory.keep({
      study: this.study,
      component: this.selected,
      history: this.history.map(({ component }) => component),
      order: this.shown.selection?.order ?? byMax,
      samples: this.samples,
      search: searched?.kind === 'text' ? searched.text : null,
    });
  }

  private show(selection: Selection): void {
    this.update({ selection, canGoBack: this.history.length > 0 });
  }

  private update(change: Partial<InspectorState>): void {
    this.shown = { ...this.shown, ...change, revision: this.shown.revision + 1 };
    this.change.fire();
  }

  /** What goes wrong is shown in the inspector. What the person cancelled is no error, but may be tried again. */
  private async attempt(work: () => Promise<void>, onFailure: () => void = () => {}): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      onFailure();
      this.update({ error: hasCode(thrown, 'cancelled') ? cancelled() : toErrorInfo(thrown) });
    }
  }
}

const byMax: ShownOrder = { kind: 'max' };

const unending = new AbortController().signal;

const nothing: InspectorState = {
  revision: 0,
  study: null,
  library: { kind: 'opening' },
  indexing: null,
  prompts: [],
  selection: null,
  canGoBack: false,
  pinned: [],
  search: null,
  error: null,
};

const emptyLibrary: InspectorState['library'] = {
  kind: 'open',
  access: { kind: 'owner' },
  images: 0,
  judged: 0,
  live: 0,
  failures: [],
};

function pendingSearch(kind: Search['kind'], query: string): Search {
  return { query, kind, hits: null, grounds: null };
}

function cancelled(): ErrorInfo {
  return { code: 'cancelled', message: vscode.l10n.t('It was cancelled.') };
}

function labelled<Named extends { readonly path: string }>(named: Named): Named {
  return { ...named, path: vscode.workspace.asRelativePath(named.path) };
}

function sampleOrder(order: ShownOrder, prompts: readonly string[]): SampleOrder {
  switch (order.kind) {
    case 'max':
    case 'mean':
      return { kind: order.kind };
    case 'relevance':
      return { kind: 'relevance', direction: { kind: 'prompt', text: prompts[order.prompt]! } };
  }
}
