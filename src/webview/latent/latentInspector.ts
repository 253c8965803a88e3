import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { ErrorInfo } from '../../shared/errors';
import { toErrorInfo } from '../../shared/errors';
import type { InspectorHostProtocol, InspectorState, ShownOrder } from '../../shared/inspectorProtocol';
import {
  type ComponentCard,
  type ComponentSummary,
  type Grounds,
  noAnnotation,
  type Sample,
} from '../../shared/library';
import type { Remote } from '../../shared/rpc/protocol';
import { barStyles } from '../components/bars';
import { dropdown } from '../components/controls';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { activation, count, counted } from '../components/format';
import { icons } from '../components/icons';
import { namingOf } from '../components/naming';
import { page, theme } from '../components/theme';
import { Thumbnails } from '../components/thumbnails';
import { type AnnotationChange, AnnotationEdits } from './annotationEdits';
import { chartStyles, histogram, tokenMap } from './charts';
import './componentHeader';
import type { ComponentHeader } from './componentHeader';
import './componentList';
import type { ComponentList, ListedComponent } from './componentList';
import './componentNote';
import type { WrittenNote } from './componentNote';
import './componentSearch';
import type { ComponentSearch } from './componentSearch';
import {
  indexingNotice,
  type LibraryActions,
  libraryFooter,
  libraryNoticeStyles,
  noFolder,
  notIndexed,
  snapshotNotice,
} from './libraryNotice';
import { relianceList, relianceStyles } from './relianceList';
import './sampleGrid';
import { scoreList, scoreStyles } from './scoreList';
import { section, sectionStyles } from './section';
import { readViewState, type SectionName, type ViewState, withSection } from './viewState';
import { alignment, reasons } from './words';

/** Where the view's own state outlives it. */
export interface Memory {
  getState(): unknown;
  setState(state: { readonly view: ViewState }): void;
}

type Selection = NonNullable<InspectorState['selection']>;

/** The last card of the component that is shown: it stays until the next is there. */
interface Held {
  readonly study: string | null;
  readonly component: number;
  readonly card: ComponentCard;
  readonly grounds: Grounds | null;
  readonly order: ShownOrder;
  /** Its samples by largest activation, where they were shown before. */
  readonly byActivation: readonly Sample[] | null;
}

/** A side bar has its own colour, which is not the editor's. */
const sideBar = css`
  body {
    background: var(--vscode-sideBar-background, transparent);
  }
`;

/** Samples that are asked for beyond those shown. */
const moreSamples = 48;
const mostSamples = 500;

/**
 * The Latent inspector. It draws the host's state and asks the host for everything else; its own are only which
 * sections are closed, and what the person wrote and the host has not answered yet.
 */
@customElement('clipsight-latent-inspector')
export class LatentInspector extends LitElement {
  static override styles = [
    theme,
    barStyles,
    errorNoticeStyles,
    sectionStyles,
    libraryNoticeStyles,
    scoreStyles,
    relianceStyles,
    chartStyles,
    css`
      :host {
        --edge: 12px;
        --section-line: var(
          --vscode-sideBarSectionHeader-border,
          var(--vscode-contrastBorder, rgb(128 128 128 / 25%))
        );
        min-height: 100vh;
        color: var(--vscode-sideBar-foreground, var(--vscode-foreground));
      }
      .notices {
        display: grid;
        gap: 6px;
        padding-inline: 8px;
      }
      .notices > :first-child {
        margin-top: 4px;
      }
      .notices > :last-child {
        margin-bottom: 6px;
      }
      .progress {
        border-top: 1px solid var(--section-line);
      }
      .results {
        max-height: min(46vh, 380px);
        margin: -2px 0 -12px;
        margin-inline: calc(-1 * var(--edge));
        overflow: hidden auto;
      }
      .list {
        margin-inline: calc(-1 * var(--edge));
      }
      .empty {
        color: var(--muted);
      }
      .row-skeleton {
        height: 34px;
        margin: 4px var(--edge);
      }
      .order {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-bottom: 8px;
      }
      .order vscode-dropdown {
        flex: 1;
        width: 0;
        min-width: 0;
        max-width: 320px;
      }
      .more-samples {
        margin-top: 10px;
      }
      .more-samples vscode-button {
        width: 100%;
        max-width: 300px;
      }
      .searched {
        margin-top: 6px;
        font-size: 0.92em;
      }
      h3 {
        margin: 8px 0 2px;
        color: var(--muted);
        font-size: 0.92em;
        font-weight: normal;
      }
      h3:first-child {
        margin-top: 0;
      }
      .lines > .skeleton {
        height: 14px;
        margin-block: 5px;
      }
      .notes {
        display: grid;
        gap: 4px;
        margin: 6px 0 0;
        padding-inline-start: 16px;
      }
      .hint {
        padding: 12px var(--edge) 16px;
        max-width: 46ch;
        color: var(--muted);
      }
      @media (max-width: 219px) {
        :host {
          --edge: 8px;
        }
      }
      @media (min-width: 700px) {
        .columns {
          display: grid;
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          column-gap: 12px;
          align-items: start;
        }
      }
    `,
  ];

  @state() private shown: InspectorState | null = null;
  @state() private view: ViewState = readViewState(undefined);
  /** What the host refused last, until the person has seen it. */
  @state() private refusal: ErrorInfo | null = null;
  /** More samples were asked for than these. */
  @state() private askedBeyond = 0;
  @state() private spoken = '';
  @query('clipsight-component-search') private search!: ComponentSearch | null;
  @query('clipsight-component-header') private header!: ComponentHeader | null;
  @query('.results clipsight-component-list') private results!: ComponentList | null;

  private host!: Remote<InspectorHostProtocol>;
  private memory: Memory | null = null;
  private held: Held | null = null;
  /** The component that a screen reader was told of last. */
  private announced: number | null = null;
  private thumbnails = new Thumbnails((request, options) => this.host.thumbnail(request, options));
  private readonly edits = new AnnotationEdits(
    (component, change) => this.asked(this.host.annotate({ component, change })),
    () => this.requestUpdate(),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet!, sideBar.styleSheet!];
    document.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    const ours = [page.styleSheet, sideBar.styleSheet];
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !ours.includes(sheet));
    document.removeEventListener('keydown', this.onKey);
    this.thumbnails.clear();
  }

  /** Begins: remembers what it showed last, and takes the host's first state. */
  async connectTo(host: Remote<InspectorHostProtocol>, memory: Memory): Promise<void> {
    this.host = host;
    this.memory = memory;
    this.view = readViewState(memory.getState());
    try {
      this.show(await host.ready({}));
    } catch (thrown) {
      this.refusal = toErrorInfo(thrown);
    }
  }

  /** Draws a state, unless a newer one was drawn already. */
  show(state: InspectorState): void {
    if (this.shown !== null && state.revision < this.shown.revision) return;
    const before = this.shown;
    if (before?.study && state.study && before.study.key !== state.study.key) this.edits.clear();
    if (before?.selection?.component !== state.selection?.component) this.askedBeyond = 0;
    this.held = heldNow(this.held, state);
    for (const { component, annotation } of [...state.pinned, ...summaryIn(state)]) {
      this.edits.hostShows(component, annotation);
    }
    this.shown = state;
  }

  async focusSearch(): Promise<void> {
    await this.updateComplete;
    this.search?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('view')) this.memory?.setState({ view: this.view });
    this.announce();
  }

  override render(): TemplateResult {
    const { shown } = this;
    return html`${this.searchField(shown)}
      <div class="notices">${this.notices(shown?.error ?? null)}</div>
      ${shown === null ? (this.refusal === null ? waiting : nothing) : this.content(shown)}
      <div class="unseen" role="status">${this.spoken}</div>`;
  }

  private searchField(shown: InspectorState | null): TemplateResult | typeof nothing {
    if (shown?.library.kind === 'no-folder') return nothing;
    const empty = shown === null || shown.library.kind !== 'open' || shown.library.images === 0;
    return html`<clipsight-component-search
      .search=${shown?.search ?? null}
      ?disabled=${empty}
      @search-text=${(event: CustomEvent<string>) => this.ask(this.host.search({ text: event.detail }))}
      @search-image=${() => this.ask(this.host.searchImage({}))}
      @search-clear=${() => this.ask(this.host.clearSearch({}))}
      @search-leave=${() => this.results?.focus()}
      @map-open=${() => this.ask(this.host.openMap({}))}
    ></clipsight-component-search>`;
  }

  private notices(error: ErrorInfo | null): TemplateResult[] {
    const logs = { label: 'Show Log', run: () => this.ask(this.host.showLogs({})) };
    const notices = [];
    if (error !== null) {
      notices.push(errorNotice(error, [{ label: 'Retry', run: this.actions.retry }, logs]));
    }
    if (this.refusal !== null) {
      const dismiss = {
        label: 'Dismiss',
        run: () => {
          this.refusal = null;
        },
      };
      notices.push(errorNotice(this.refusal, [dismiss, logs]));
    }
    return notices;
  }

  private content(shown: InspectorState): TemplateResult {
    const { library, indexing } = shown;
    switch (library.kind) {
      case 'no-folder':
        return noFolder;
      case 'opening':
        return shown.error === null ? waiting : html``;
      case 'open': {
        if (library.images === 0) {
          return indexing === null
            ? notIndexed(library, this.actions)
            : indexingNotice(indexing, this.actions, true);
        }
        return html`${
          indexing === null
            ? nothing
            : html`<div class="progress">${indexingNotice(indexing, this.actions, false)}</div>`
        }
          ${snapshotNotice(library.access)} ${this.found(shown)} ${this.selected(shown)} ${this.pinned(shown)}
          ${libraryFooter(
            library,
            shown.selection?.grounds?.judge ?? null,
            shown.study?.dictionary.size ?? null,
            indexing !== null,
            this.actions,
          )}`;
      }
    }
  }

  private found({ search, selection }: InspectorState): TemplateResult | typeof nothing {
    if (search === null) return nothing;
    const { hits, kind, query: text, grounds } = search;
    const number = hits === null ? '' : `${count(hits.length)} `;
    const what = kind === 'image' ? `firing in ${text}` : `for “${text}”`;
    const clear = html`<button
      class="icon"
      title="Clear the search"
      aria-label="Close the results"
      @click=${() => this.ask(this.host.clearSearch({}))}
    >
      ${icons.close}
    </button>`;
    const content =
      hits === null
        ? html`<div role="status" aria-label="Searching">${rowSkeletons}</div>`
        : hits.length === 0
          ? html`<p class="empty" role="status">
            ${
              kind === 'image'
                ? 'No component that the library knows fires in this image.'
                : 'No component means this or is called so. Try another word, or a number.'
            }
          </p>`
          : html`<div class="results">
            <clipsight-component-list
              label="Search results"
              .components=${hits.map(listedHit)}
              .selected=${selection?.component ?? null}
              .thumbnails=${this.thumbnails}
              @component-select=${this.select}
            ></clipsight-component-list>
          </div>`;
    const self = grounds !== null && grounds.judge === null && kind === 'text' ? ' · self-judged' : '';
    return this.section('results', 'Results', `${number}${what}${self}`, content, clear);
  }

  private selected(shown: InspectorState): TemplateResult {
    const { selection } = shown;
    if (selection === null) {
      return html`<p class="hint">
        Select a component to see what it means: a bar in the attribution panel, a point on the map, or one that a search
        finds.
      </p>`;
    }
    const held = this.held;
    const card = held?.card ?? null;
    const grounds = held?.grounds ?? null;
    const annotation = this.edits.shown(selection.component, card?.summary.annotation ?? noAnnotation);
    const annotate = (change: AnnotationChange) => {
      if (card !== null) this.edits.edit(selection.component, annotation, change);
    };
    return html`<div class="section" role="region" aria-label=${`Component ${selection.component}`}>
        <clipsight-component-header
          .component=${selection.component}
          .size=${shown.study?.dictionary.size ?? null}
          .summary=${card?.summary ?? null}
          .annotation=${annotation}
          .grounds=${grounds}
          .image=${selection.image}
          .prompts=${shown.prompts}
          ?canGoBack=${shown.canGoBack}
          ?canUndo=${this.edits.canUndo && !this.readOnly}
          ?canRedo=${this.edits.canRedo && !this.readOnly}
          ?readOnly=${this.readOnly}
          @annotate=${(event: CustomEvent<AnnotationChange>) => annotate(event.detail)}
          @go-back=${() => this.goBack()}
          @annotations-undo=${() => this.undo()}
          @annotations-redo=${() => this.redo()}
          @judge-choose=${() => this.ask(this.host.chooseJudge({}))}
        ></clipsight-component-header>
      </div>
      ${this.section('note', 'Note', annotation.note === null ? undefined : firstLine(annotation.note), this.note(selection, annotation.note))}
      ${this.pictures(selection, card, shown.prompts)}
      ${card === null || grounds === null ? this.waitingSections() : this.details(card, grounds)}`;
  }

  private note(selection: Selection, note: string | null): TemplateResult {
    return html`<clipsight-component-note
      .component=${selection.component}
      .note=${note}
      ?readOnly=${this.readOnly || this.held === null}
      @note-write=${(event: CustomEvent<WrittenNote>) => this.writeNote(event.detail)}
    ></clipsight-component-note>`;
  }

  private pictures(
    selection: Selection,
    card: ComponentCard | null,
    prompts: readonly string[],
  ): TemplateResult {
    const { order } = selection;
    const stale = selection.card === null || (this.held !== null && !sameOrder(this.held.order, order));
    const samples = card?.samples ?? null;
    const note = card === null ? undefined : `${count(card.samples.length)} of ${count(card.fired)}`;
    if (card !== null && card.fired === 0) {
      return this.section(
        'pictures',
        'Pictures',
        undefined,
        html`<p class="empty">It fires in no indexed image.</p>`,
      );
    }
    return this.section(
      'pictures',
      'Pictures',
      note,
      html`<div class="order">
          <span class="muted" aria-hidden="true">By</span>
          ${dropdown('Order of the pictures', orderChoices(prompts), orderKey(order), (key) => this.setOrder(key))}
        </div>
        <clipsight-sample-grid
          .samples=${samples}
          .thumbnails=${this.thumbnails}
          .order=${stale ? (this.held?.order ?? order) : order}
          ?stale=${stale && samples !== null}
          @sample-open=${(event: CustomEvent<Sample>) => this.ask(this.host.openImage({ sha256: event.detail.sha256 }))}
          @sample-attribute=${(event: CustomEvent<Sample>) => this.ask(this.host.attributeImage({ sha256: event.detail.sha256 }))}
        ></clipsight-sample-grid>
        ${card === null ? nothing : this.moreSamples(card, order)}`,
    );
  }

  private moreSamples(card: ComponentCard, order: ShownOrder): TemplateResult {
    const { samples, fired, searched } = card;
    const left = Math.min(fired, mostSamples) - samples.length;
    const loading = this.askedBeyond > 0 && samples.length <= this.askedBeyond;
    return html`${
      order.kind !== 'relevance' || searched.all
        ? nothing
        : html`<p class="muted searched">
          Found among the ${counted(searched.images, 'image')} in which it fires most, of ${count(fired)}.
        </p>`
    }
    ${
      left <= 0
        ? nothing
        : html`<div class="more-samples">
          <vscode-button
            appearance="secondary"
            ?disabled=${loading}
            @click=${() => {
              this.askedBeyond = samples.length;
              this.ask(this.host.showSamples({ most: Math.min(mostSamples, samples.length + moreSamples) }));
            }}
            >${loading ? 'Loading…' : 'Show More'}</vscode-button
          >
        </div>`
    }`;
  }

  private details(card: ComponentCard, grounds: Grounds): TemplateResult {
    const { summary, reliance, where, nearest, fired, maxActivation } = card;
    const near = nearest.inMeaning.length + nearest.inActivation.length > 0;
    return html`${
      reliance.length === 0
        ? nothing
        : this.section('prompts', 'Prompts', `n\u00a0=\u00a0${summary.n}`, relianceList(reliance))
    }
      <div class="columns">
        ${this.section(
          'scores',
          'Scores',
          undefined,
          html`${scoreList(card, grounds, this.held?.byActivation ?? null, this.thumbnails)}
          ${
            grounds.notes.length === 0
              ? nothing
              : html`<ul class="notes muted">
                ${grounds.notes.map((text) => html`<li>${text}</li>`)}
              </ul>`
          }`,
        )}
        <div>
          ${
            fired === 0
              ? nothing
              : this.section(
                  'activations',
                  'Activations',
                  `${counted(fired, 'image')}${maxActivation === null ? '' : `, up to ${activation(maxActivation)}`}`,
                  histogram(card.histogram),
                )
          }
          ${where === null || fired === 0 ? nothing : this.section('where', 'Where it fires', undefined, tokenMap(where))}
        </div>
      </div>
      ${near ? this.section('similar', 'Most similar', undefined, this.similar(nearest)) : nothing}`;
  }

  private similar({ inMeaning, inActivation }: ComponentCard['nearest']): TemplateResult {
    const lists = [
      {
        title: 'In meaning',
        neighbours: inMeaning,
        what: 'Cosine of what their pictures show',
      },
      {
        title: 'In activation: they fire in the same images',
        neighbours: inActivation,
        what: 'Cosine of their activations over all images',
      },
    ];
    return html`<div class="columns">
      ${lists
        .filter(({ neighbours }) => neighbours.length > 0)
        .map(
          ({ title, neighbours, what }) =>
            html`<div>
              <h3>${title}</h3>
              <clipsight-component-list
                class="list"
                label=${`Most similar: ${title}`}
                .components=${neighbours.map(({ component, cosine }) => ({
                  summary: component,
                  score: cosine.toFixed(2),
                  scoreTitle: what,
                }))}
                .thumbnails=${this.thumbnails}
                @component-select=${this.select}
              ></clipsight-component-list>
            </div>`,
        )}
    </div>`;
  }

  private waitingSections(): TemplateResult {
    return html`${(
      [
        ['prompts', 'Prompts'],
        ['scores', 'Scores'],
      ] as const
    ).map(([name, title]) => this.section(name, title, undefined, lineSkeletons))}`;
  }

  private pinned({ pinned, selection }: InspectorState): TemplateResult | typeof nothing {
    if (pinned.length === 0) return nothing;
    const content = html`<clipsight-component-list
      class="list"
      label="Pinned components"
      .components=${pinned.map((summary) => ({
        summary: { ...summary, annotation: this.edits.shown(summary.component, summary.annotation) },
        score: null,
        scoreTitle: '',
      }))}
      .selected=${selection?.component ?? null}
      .thumbnails=${this.thumbnails}
      @component-select=${this.select}
    ></clipsight-component-list>`;
    return this.section('pinned', 'Pinned', count(pinned.length), content);
  }

  private section(
    name: SectionName,
    title: string,
    note: string | undefined,
    content: TemplateResult,
    actions?: TemplateResult,
  ): TemplateResult {
    return section(
      {
        title,
        ...(note !== undefined && { note }),
        ...(actions !== undefined && { actions }),
        open: !this.view.closed.includes(name),
        onToggle: (open) => {
          this.view = withSection(this.view, name, open);
        },
      },
      content,
    );
  }

  private readonly actions: LibraryActions = {
    index: () => this.ask(this.host.index({})),
    pause: () => this.ask(this.host.pauseIndexing({})),
    cancel: () => this.ask(this.host.cancelIndexing({})),
    showFailures: () => this.ask(this.host.showFailures({})),
    retry: () => {
      this.thumbnails.retry();
      this.ask(this.host.retry({}));
    },
  };

  private readonly select = (event: CustomEvent<number>): void => {
    this.ask(this.host.select({ component: event.detail }));
  };

  private get readOnly(): boolean {
    const library = this.shown?.library;
    return library?.kind === 'open' && library.access.kind === 'snapshot';
  }

  private goBack(): void {
    if (this.shown?.canGoBack) this.ask(this.host.back({}));
  }

  private setOrder(key: string): void {
    this.askedBeyond = 0;
    this.ask(this.host.setOrder(orderOf(key)));
  }

  private writeNote({ component, before, note }: WrittenNote): void {
    this.edits.edit(component, { ...noAnnotation, note: before }, { note });
  }

  private undo(): void {
    this.reveal(this.edits.undo(), 'taken back');
  }

  private redo(): void {
    this.reveal(this.edits.redo(), 'made again');
  }

  /** Shows the component whose change was taken back or made again: nothing changes unseen. */
  private reveal(component: number | null, what: string): void {
    if (component === null) return;
    this.spoken = `Change of component ${component} ${what}`;
    if (this.shown?.selection?.component !== component) this.ask(this.host.select({ component }));
  }

  private ask(answer: Promise<unknown>): void {
    this.asked(answer).catch(() => undefined);
  }

  /** Shows a refusal, and passes it on. */
  private async asked(answer: Promise<unknown>): Promise<void> {
    try {
      await answer;
    } catch (thrown) {
      this.refusal = toErrorInfo(thrown);
      throw thrown;
    }
  }

  private announce(): void {
    const card = this.held?.card;
    if (card === undefined) return;
    const { component } = card.summary;
    if (component === this.announced) return;
    this.announced = component;
    this.spoken = `Component ${component}: ${namingOf(card.summary).text}`;
  }

  /** Undo and redo, the way back, and renaming; inside a text field the keys are the field's own. */
  private readonly onKey = (event: KeyboardEvent): void => {
    const inside = event.composedPath()[0];
    if (inside instanceof HTMLTextAreaElement) return;
    if (inside instanceof HTMLInputElement && inside.type !== 'radio') return;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    const key = event.key.toLowerCase();
    if (command && (key === 'z' || key === 'y') && this.readOnly) return;
    if (command && key === 'z' && !event.shiftKey) this.undo();
    else if (command && (key === 'y' || key === 'z')) this.redo();
    else if (event.altKey && event.key === 'ArrowLeft') this.goBack();
    else if (event.key === 'F2' && !command && !event.altKey) void this.header?.rename();
    else return;
    event.preventDefault();
  };
}

/** What is drawn of the selection: its card, or while the next one is looked up the last of the same component. */
function heldNow(before: Held | null, { study, selection }: InspectorState): Held | null {
  if (selection === null) return null;
  const { component, card, grounds, order } = selection;
  const key = study?.key ?? null;
  const same = before !== null && before.component === component && before.study === key ? before : null;
  if (card === null) return same;
  const byActivation = order.kind === 'max' ? card.samples : (same?.byActivation ?? null);
  return { study: key, component, card, grounds: grounds ?? same?.grounds ?? null, order, byActivation };
}

function summaryIn({ selection }: InspectorState): readonly ComponentSummary[] {
  return selection?.card ? [selection.card.summary] : [];
}

function listedHit({
  component: summary,
  by,
  score,
}: NonNullable<NonNullable<InspectorState['search']>['hits']>[number]): ListedComponent {
  const fires = by === 'activation';
  return {
    summary,
    why: reasons[by],
    score: score === null ? null : fires ? activation(score) : alignment(score),
    scoreTitle: fires ? 'Activation in the image' : 'Alignment with the text',
  };
}

function orderChoices(prompts: readonly string[]) {
  return [
    { value: 'max', label: 'Largest activation' },
    { value: 'mean', label: 'Mean activation' },
    ...prompts.map((prompt, index) => ({ value: `relevance ${index}`, label: `Relevance to “${prompt}”` })),
  ];
}

function orderKey(order: ShownOrder): string {
  return order.kind === 'relevance' ? `relevance ${order.prompt}` : order.kind;
}

function orderOf(key: string): ShownOrder {
  if (key === 'max' || key === 'mean') return { kind: key };
  return { kind: 'relevance', prompt: Number(key.split(' ')[1]) };
}

function sameOrder(one: ShownOrder, other: ShownOrder): boolean {
  return orderKey(one) === orderKey(other);
}

function firstLine(note: string): string {
  return note.trim().split('\n')[0] ?? '';
}

const rowSkeletons = html`${[0, 1, 2].map(() => html`<div class="skeleton row-skeleton"></div>`)}`;
const lineSkeletons = html`<div class="lines" aria-hidden="true">
  ${[0, 1, 2, 3].map(() => html`<div class="skeleton"></div>`)}
</div>`;
const waiting = html`<div role="status" aria-label="Opening the library">${rowSkeletons}</div>`;
