import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { CompareHostProtocol, CompareState } from '../../shared/compareProtocol';
import { confidenceOf } from '../../shared/confidence';
import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import type { ComponentSummary } from '../../shared/library';
import type { Remote } from '../../shared/rpc/protocol';
import { dropdown } from '../components/controls';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import type { Export } from '../components/exportMenu';
import { count, counted } from '../components/format';
import { icons } from '../components/icons';
import { judgement } from '../components/naming';
import { Previews } from '../components/previews';
import '../components/studyHeader';
import type { About } from '../components/studyHeader';
import { page, theme } from '../components/theme';
import { Thumbnails } from '../components/thumbnails';
import type { Summaries } from './componentName';
import { heatCellStyles } from './heatCell';
import './heatTable';
import './pairView';
import type { PairChoice } from './pairView';
import type { PromptActions } from './promptEditor';
import { promptLabelStyles } from './promptLabel';
import './scoreTable';
import type { HeaderImage, ScoreTable } from './scoreTable';
import { similarityMatrix, similarityMatrixStyles } from './similarityMatrix';
import { cosineRows, promptScores, type ShownPrompt, shownPrompts } from './tables';
import { type Ordering, readViewState, type ViewState } from './viewState';

/** Where the page's own state outlives it. */
export interface Memory {
  getState(): unknown;
  setState(state: { readonly panel: string; readonly view: ViewState }): void;
}

/** So long it may take until components that come one after the other are asked for, in milliseconds. */
const patience = 60;

/**
 * Prompts side by side. It draws the host's state and asks the host for everything else; its own are only the order of
 * lists and how much of them is shown.
 */
@customElement('clipsight-compare')
export class ComparePage extends LitElement {
  static override styles = [
    theme,
    errorNoticeStyles,
    promptLabelStyles,
    heatCellStyles,
    similarityMatrixStyles,
    css`
      :host {
        padding: 10px 16px 24px;
      }
      .notices {
        display: grid;
        gap: 6px;
        margin-block: 4px 8px;
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 14px;
        margin-bottom: 6px;
      }
      h1 {
        margin: 0;
        font-size: 1.15em;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .title .end {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
        margin-inline-start: auto;
      }
      .choice {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
        max-width: 100%;
        color: var(--muted);
      }
      .choice vscode-dropdown {
        width: 15em;
        min-width: 0;
        max-width: 100%;
      }
      main {
        display: grid;
        gap: 22px;
      }
      section {
        min-width: 0;
      }
      .section-head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 12px;
        margin-bottom: 2px;
      }
      .hint {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
        margin-block: 6px;
        color: var(--muted);
      }
      .reasons {
        display: grid;
        gap: 22px;
        align-items: start;
      }
      .waiting {
        display: grid;
        gap: 6px;
        margin-top: 10px;
      }
      .waiting > div {
        height: 18px;
      }
      @media (max-width: 419px) {
        :host {
          padding-inline: 8px;
        }
      }
      @media (min-width: 1300px) {
        .reasons.few {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          gap: 28px;
        }
      }
    `,
  ];

  @state() private shown: CompareState | null = null;
  @state() private view: ViewState = readViewState(undefined);
  /** What the host refused last, until the person has seen it. */
  @state() private refusal: ErrorInfo | null = null;
  @state() private pictureCount = 0;
  @state() private spoken = '';
  @query('clipsight-score-table') private table!: ScoreTable | null;

  private host!: Remote<CompareHostProtocol>;
  private memory: Memory | null = null;
  private summaries: Summaries = null;
  private prompts: readonly ShownPrompt[] = [];
  /** Components that parts of the page show, by part. */
  private readonly wanted = new Map<string, readonly number[]>();
  private asking: ReturnType<typeof setTimeout> | undefined;
  private readonly previews = new Previews(
    (image) => this.host.preview({ image }),
    () => {
      this.pictureCount += 1;
    },
  );
  private readonly thumbnails = new Thumbnails((request, options) => this.host.thumbnail(request, options));
  private readonly actions: PromptActions = {
    rewrite: (column, text, before) => this.host.rewrite({ column, text, before }),
    tryText: (column, text) => this.host.tryText({ column, text }),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet!];
    document.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== page.styleSheet);
    document.removeEventListener('keydown', this.onKey);
    clearTimeout(this.asking);
    this.previews.retain(new Set());
    this.thumbnails.clear();
  }

  /** Begins: remembers how it was looked at last, and takes the host's first state. */
  async connectTo(host: Remote<CompareHostProtocol>, memory: Memory): Promise<void> {
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
  show(state: CompareState): void {
    if (this.shown !== null && state.revision < this.shown.revision) return;
    if (state.components !== this.shown?.components) this.summaries = summariesOf(state.components?.known);
    this.shown = state;
    this.prompts = shownPrompts(state.columns);
    this.previews.retain(new Set(state.images.map((name, index) => `${index}:${name}`)));
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('view') && this.memory !== null) {
      this.memory.setState({ panel: this.getAttribute('panel') ?? '', view: this.view });
    }
    this.announce();
  }

  override render(): TemplateResult {
    const { shown } = this;
    const about: About = {
      study: shown?.study ?? null,
      notes: [...new Set([...(shown?.notes ?? []), ...(shown?.study?.notes ?? [])])],
    };
    return html`<clipsight-study-header
        .shown=${shown}
        .about=${about}
        ?exportable=${shown?.scores != null}
        @cancel=${() => this.ask(this.host.cancel({}))}
        @export=${({ detail }: CustomEvent<Export>) => this.ask(this.host.exportResults(detail))}
      ></clipsight-study-header>
      <div class="notices">${this.notices()}</div>
      ${shown === null ? (this.refusal === null ? waiting : nothing) : this.content(shown)}
      <div class="unseen" role="status">${this.spoken}</div>`;
  }

  private notices(): TemplateResult[] {
    const logs = { label: 'Show Log', run: () => this.ask(this.host.showLogs({})) };
    const notices = [];
    const error = this.shown?.error;
    if (error) {
      const retry = {
        label: 'Retry',
        run: () => {
          this.previews.retry();
          this.thumbnails.retry();
          this.ask(this.host.retry({}));
        },
      };
      const consent = { label: 'Use Anyway', run: () => this.ask(this.host.acceptPoor({})) };
      notices.push(errorNotice(error, [...(error.code === 'poor-dictionary' ? [consent] : []), retry, logs]));
    }
    if (this.refusal !== null) {
      const dismiss = {
        label: 'Dismiss',
        run: () => {
          this.refusal = null;
        },
      };
      notices.push(errorNotice(this.refusal, [dismiss]));
    }
    return notices;
  }

  private content(shown: CompareState): TemplateResult {
    return html`${this.heading(shown)}
      <main
        @component-open=${({ detail }: CustomEvent<number>) => this.ask(this.host.inspect({ component: detail }))}
        @components-want=${(event: CustomEvent<readonly number[]>) => this.want(event)}
      >
        ${this.scores(shown)}
        ${
          shown.images.length === 0 || this.prompts.length === 0
            ? nothing
            : html`<div class="reasons ${this.prompts.length > 4 ? '' : 'few'}">
              ${this.prompts.length < 2 ? nothing : this.separates(shown)} ${this.components(shown)}
            </div>`
        }
        ${this.prompts.length < 2 ? nothing : this.similarity(shown)}
      </main>`;
  }

  private heading({ title, part, templates, classes, undo, columns }: CompareState): TemplateResult {
    const own = columns.filter(({ draftOf }) => draftOf === null).length;
    return html`<div class="title">
      <h1 dir="auto">${title}</h1>
      ${
        part === null
          ? html`<span class="muted">${counted(own, 'prompt')}</span>`
          : html`<span class="muted">${partText(part, own)}</span>
            ${
              part.known
                ? html`<button class="plain link" @click=${() => this.ask(this.host.pickColumns({}))}>
                  Choose…
                </button>`
                : nothing
            }`
      }
      ${templates === null ? nothing : this.templateChoice(templates)}
      ${classes === null ? nothing : this.classChoice(classes)}
      <span class="end">
        ${
          undo === null
            ? nothing
            : html`<vscode-button
              appearance="secondary"
              title=${`Write “${undo.text}” into ${undo.file} again (Ctrl+Z)`}
              @click=${() => this.undo()}
              >Undo in ${undo.file}</vscode-button
            >`
        }
        <vscode-button appearance="secondary" @click=${() => this.ask(this.host.chooseImages({}))}
          >Choose Image…</vscode-button
        >
      </span>
    </div>`;
  }

  private templateChoice({ texts, chosen }: NonNullable<CompareState['templates']>): TemplateResult {
    const all = { value: 'all', label: `Mean of ${count(texts.length)} templates` };
    const each = texts.map((text, index) => ({ value: String(index), label: text }));
    return html`<label class="choice"
      >Templates
      ${dropdown('Templates', [all, ...each], chosen === null ? 'all' : String(chosen), (value) =>
        this.ask(this.host.setTemplate({ template: value === 'all' ? null : Number(value) })),
      )}</label
    >`;
  }

  private classChoice({ texts, chosen }: NonNullable<CompareState['classes']>): TemplateResult {
    const each = texts.map((text, index) => ({ value: String(index), label: text }));
    return html`<label class="choice"
      >Filled with
      ${dropdown('Class', each, String(chosen ?? 0), (value) =>
        this.ask(this.host.setClass({ name: Number(value) })),
      )}</label
    >`;
  }

  private scores(shown: CompareState): TemplateResult {
    const { images, scores, study, progress } = shown;
    return html`<section aria-label="Scores">
      <div class="section-head">
        <h2>Scores</h2>
        ${
          images.length === 0
            ? nothing
            : html`<span class="muted"
              >in points, ${images.length === 1 ? html`on ${images[0]}` : `on ${count(images.length)} images`}</span
            >`
        }
      </div>
      ${
        images.length === 0
          ? html`<p class="hint" role="status">
            ${icons.image} No image is pinned: prompts are scored against pinned images.
            <vscode-button @click=${() => this.ask(this.host.chooseImages({}))}>Choose Image…</vscode-button>
          </p>`
          : nothing
      }
      ${
        this.prompts.length === 1
          ? html`<p class="hint">${icons.info} Add another prompt to compare it with.</p>`
          : this.prompts.length === 0
            ? html`<p class="hint">${icons.info} No prompt is left. Add some below.</p>`
            : nothing
      }
      <clipsight-score-table
        .prompts=${this.prompts}
        .scores=${promptScores(shown)}
        .images=${images.map((name, index): HeaderImage => ({ key: `${index}:${name}`, name, failure: scores?.failures[index] ?? null }))}
        .previews=${this.previews}
        .pictureCount=${this.pictureCount}
        .confidence=${study === null ? 'share' : confidenceOf(study.model)}
        .actions=${this.actions}
        ?computing=${progress !== null && images.length > 0}
        @prompt-open=${({ detail }: CustomEvent<number>) => this.ask(this.host.openPlace({ column: detail }))}
        @prompt-remove=${({ detail }: CustomEvent<number>) => this.ask(this.host.removeColumn({ column: detail }))}
        @draft-write=${({ detail }: CustomEvent<number>) => this.ask(this.host.writeDraft({ column: detail }))}
        @prompt-add=${({ detail }: CustomEvent<string>) => this.add(detail)}
        @prompts-pick=${() => this.ask(this.host.pickPrompts({}))}
        @image-open=${({ detail }: CustomEvent<number>) => this.ask(this.host.openImage({ image: detail }))}
      ></clipsight-score-table>
    </section>`;
  }

  private judge({ components }: CompareState): TemplateResult | typeof nothing {
    if (components === null) return nothing;
    const { text, tooltip } = judgement(components.judge);
    return html`, labels <span title=${tooltip}>${text}</span>`;
  }

  private library({ components, heat, progress }: CompareState): TemplateResult | typeof nothing {
    if (components !== null || heat === null || progress !== null) return nothing;
    return html`<p class="hint">
      ${icons.library} What these components mean is not known: no images are indexed for this model and dictionary.
      <button class="plain link" @click=${() => this.ask(this.host.indexImages({}))}>Index images</button>
    </p>`;
  }

  private components(shown: CompareState): TemplateResult {
    return html`<section aria-label="Components">
              <div class="section-head">
                <h2>Components</h2>
                <span class="muted">mean attribution in points${this.judge(shown)}</span>
              </div>
              ${this.library(shown)}
              <clipsight-heat-table
                class="wants"
                .prompts=${this.prompts.filter(({ column }) => column.direction !== '')}
                .heat=${shown.heat}
                .poor=${shown.poor}
                .summaries=${this.summaries}
                .thumbnails=${this.thumbnails}
                .ordering=${this.view.ordering}
                .rows=${this.view.rows}
                ?computing=${shown.progress !== null}
                @ordering-change=${({ detail }: CustomEvent<Ordering>) => this.look({ ordering: detail })}
                @rows-change=${({ detail }: CustomEvent<number>) => this.look({ rows: detail })}
              ></clipsight-heat-table>
            </section>`;
  }

  private separates(shown: CompareState): TemplateResult {
    return html`<section aria-label="What separates two prompts">
      <div class="section-head">
        <h2>What separates two</h2>
        ${shown.pair?.chosen === false ? html`<span class="muted">the two best</span>` : nothing}
      </div>
      <clipsight-pair-view
        class="wants"
        .prompts=${this.prompts}
        .pair=${shown.pair}
        .difference=${shown.difference}
        .summaries=${this.summaries}
        .thumbnails=${this.thumbnails}
        .rows=${this.view.differenceRows}
        ?computing=${shown.progress !== null}
        ?scored=${shown.scores !== null}
        @pair-change=${({ detail }: CustomEvent<PairChoice>) => this.ask(this.host.setPair(detail))}
        @rows-change=${({ detail }: CustomEvent<number>) => this.look({ differenceRows: detail })}
      ></clipsight-pair-view>
    </section>`;
  }

  private similarity({ relation, progress }: CompareState): TemplateResult {
    const prompts = this.prompts.filter(({ column }) => column.direction !== '');
    return html`<section aria-label="Similarity among the prompts">
      <div class="section-head">
        <h2>Similarity among the prompts</h2>
        <span class="muted">cosines of their embeddings</span>
      </div>
      ${
        relation === null
          ? progress === null
            ? html`<p class="muted">Not computed.</p>`
            : waiting
          : similarityMatrix(
              prompts,
              cosineRows(
                prompts.map(({ column }) => column),
                relation,
              ),
            )
      }
    </section>`;
  }

  private want({ target, detail }: CustomEvent<readonly number[]>): void {
    this.wanted.set((target as Element).localName, detail);
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      const components = [...new Set([...this.wanted.values()].flat())].slice(0, 1000);
      this.ask(this.host.wantComponents({ components }));
    }, patience);
  }

  private async add(text: string): Promise<void> {
    try {
      await this.host.addText({ text });
      this.table?.clearAdded();
    } catch (thrown) {
      this.refusal = toErrorInfo(thrown);
    }
  }

  private undo(): void {
    if (this.shown?.undo != null) this.ask(this.host.undo({}));
  }

  private look(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
  }

  private ask(answer: Promise<unknown>): void {
    this.refusal = null;
    answer.catch((thrown) => {
      this.refusal = toErrorInfo(thrown);
    });
  }

  private announce(): void {
    const { shown } = this;
    if (shown === null || shown.progress !== null || shown.scores === null) return;
    const scores = promptScores(shown);
    const best = this.prompts.reduce<{ text: string; y: number } | null>((most, { column }, i) => {
      const y = scores[i]?.similarity ?? null;
      return y === null || column.draftOf !== null || (most !== null && most.y >= y)
        ? most
        : { text: column.text, y };
    }, null);
    if (best !== null) this.spoken = `${counted(this.prompts.length, 'prompt')}, the best is ${best.text}`;
  }

  /** Undo of what was written to files; inside a text field it is the field's own. */
  private readonly onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== 'z') return;
    const [target] = event.composedPath();
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
    this.undo();
    event.preventDefault();
  };
}

function summariesOf(known: readonly ComponentSummary[] | undefined): Summaries {
  return known === undefined ? null : new Map(known.map((summary) => [summary.component, summary]));
}

function partText({ of, by }: NonNullable<CompareState['part']>, shown: number): string {
  const some = `${count(shown)} of ${counted(of, 'prompt')}`;
  switch (by) {
    case 'score':
      return `${some}: those that score best`;
    case 'cursor':
      return `${some}: those nearest to the cursor`;
    case 'first':
      return `${some}: the first`;
    case 'person':
      return `${some}, chosen by you`;
  }
}

const waiting = html`<div class="waiting" role="status" aria-label="Computing">
  ${Array.from({ length: 6 }, () => html`<div class="skeleton"></div>`)}
</div>`;
