import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { confidenceOf } from '../../shared/confidence';
import type { ErrorInfo } from '../../shared/errors';
import { toErrorInfo } from '../../shared/errors';
import type { PanelHostProtocol, PanelState } from '../../shared/panelProtocol';
import type { Remote } from '../../shared/rpc/protocol';
import { dropdown } from '../components/controls';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { counted, points, raw, signedPoints } from '../components/format';
import { icons } from '../components/icons';
import { page, theme } from '../components/theme';
import { Thumbnails } from '../components/thumbnails';
import { type Component, componentsOf } from './components';
import './componentTable';
import type { TableOptions } from './componentTable';
import type { Export } from './exportMenu';
import type { KnownComponents } from './identity';
import './faithfulnessPlot';
import './imageGallery';
import type { GalleryImage } from './imageGallery';
import { Previews } from './previews';
import { PromptEdits } from './promptEdits';
import { samePrompts } from './prompts';
import './promptTable';
import {
  type About,
  aboutStudy,
  imageKey,
  isFresh,
  promptScores,
  type Settled,
  type SettledImages,
  settle,
} from './results';
import './studyHeader';
import { componentInView, type Subject, subjectKey } from './subject';
import { contrast, opponents, type Versus } from './versus';
import { readViewState, type ViewState } from './viewState';
import type { MapOptions } from './whereView';
import './wordStrip';

/** Where the panel's own state outlives it. */
export interface Memory {
  getState(): unknown;
  setState(state: PanelMemory): void;
}

/** `panel` is how the extension finds the panel's images and prompts again after the window was reloaded. */
export interface PanelMemory {
  readonly panel: string;
  readonly view: ViewState;
}

/** What is shown of one prompt: its components, and whom it is compared with. */
interface Detail {
  readonly settled: Settled;
  /** Rows of `settled.prompts`. */
  readonly prompt: number;
  readonly against: readonly number[];
  readonly similarity: number;
  readonly components: readonly Component[];
}

/**
 * The attribution panel. It draws the host's state and asks the host for everything else; its own are only
 * the selection, the order of lists, and prompt edits that the host has not answered yet.
 */
@customElement('clipsight-attribution')
export class AttributionPanel extends LitElement {
  static override styles = [
    theme,
    errorNoticeStyles,
    css`
      :host {
        padding: 10px 16px 24px;
      }
      .notices {
        display: grid;
        gap: 6px;
        margin-block: 4px 8px;
      }
      main {
        display: grid;
        gap: 16px;
      }
      main > * {
        min-width: 0;
      }
      .scores {
        display: grid;
        gap: 18px;
        align-content: start;
      }
      .scores > * {
        min-width: 0;
      }
      .detail-title {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
      }
      .detail-title h2 {
        flex: 1 1 14em;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .versus {
        display: flex;
        align-items: center;
        gap: 6px;
        max-width: 100%;
        color: var(--muted);
      }
      .versus vscode-dropdown {
        width: 16em;
        min-width: 0;
        max-width: 100%;
      }
      .score-line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 16px;
        margin-top: 2px;
      }
      .explanation {
        flex: 1 1 38em;
        min-width: 0;
      }
      .explanation[open] {
        flex-basis: 100%;
      }
      .score b {
        font-size: 1.35em;
        font-weight: 600;
      }
      .explanation {
        color: var(--muted);
      }
      .explanation > p {
        max-width: 70ch;
        margin-block: 4px 2px;
        padding-inline-start: 20px;
      }
      sub {
        line-height: 0;
      }
      .message {
        padding: 20px 12px;
        color: var(--muted);
        text-align: center;
      }
      .remark {
        display: flex;
        gap: 6px;
        margin-block: 6px;
      }
      .waiting {
        display: grid;
        gap: 6px;
        margin-top: 10px;
      }
      .waiting > div {
        height: 18px;
      }
      @media (min-width: 860px) {
        main {
          grid-template-columns: minmax(240px, 30%) minmax(0, 1fr);
          gap: 24px;
          align-items: start;
        }
        main.alone {
          grid-template-columns: minmax(0, 1fr);
        }
        clipsight-image-gallery {
          position: sticky;
          top: 10px;
          max-height: calc(100vh - 20px);
          overflow-y: auto;
        }
      }
      @media (min-width: 1280px) {
        main {
          grid-template-columns: minmax(240px, 20%) minmax(0, 1fr);
        }
        .scores {
          grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
          gap: 24px;
        }
      }
    `,
  ];

  @property() panel = '';

  @state() private shown: PanelState | null = null;
  @state() private view: ViewState = readViewState(undefined);
  /** What the host refused last, until the person has seen it. */
  @state() private refusal: ErrorInfo | null = null;
  @state() private pictureCount = 0;
  @state() private spoken = '';

  private host!: Remote<PanelHostProtocol>;
  private memory: Memory | null = null;
  private settled: SettledImages = new Map();
  private about: About = { study: null, notes: [] };
  private detail: Detail | null = null;
  private subject: Subject | null = null;
  /** The component looked at last here; another one in the inspector takes its place. */
  @state() private lookedAt: number | null = null;
  private library: KnownComponents | null = null;
  private readonly edits = new PromptEdits(
    (prompts) => this.asked(this.host.setPrompts({ prompts })),
    () => this.requestUpdate(),
  );
  private readonly previews = new Previews(
    (image) => this.host.preview({ image }),
    () => {
      this.pictureCount += 1;
    },
  );
  private readonly thumbnails = new Thumbnails((request, options) => this.host.thumbnail(request, options));

  override connectedCallback(): void {
    super.connectedCallback();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet!];
    document.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== page.styleSheet);
    document.removeEventListener('keydown', this.onKey);
    this.previews.retain(new Set());
    this.thumbnails.clear();
  }

  /** Begins: remembers what it showed last, and takes the host's first state. */
  async connectTo(host: Remote<PanelHostProtocol>, memory: Memory): Promise<void> {
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
  show(state: PanelState): void {
    if (this.shown !== null && state.revision < this.shown.revision) return;
    this.shown = state;
    this.settled = settle(this.settled, state);
    this.about = aboutStudy(this.about, state);
    if (state.components?.selected !== this.library?.selected) this.lookedAt = null;
    this.library = state.components === null ? null : knownComponents(state.components);
    this.previews.retain(new Set(state.images.map(({ name }, index) => imageKey(index, name))));
    this.edits.hostShows(state.prompts);
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.detail = this.detailNow();
    this.subject = this.subjectNow();
    if (changed.has('view')) this.memory?.setState({ panel: this.panel, view: this.view });
    this.announce();
  }

  override render(): TemplateResult {
    const { shown } = this;
    return html`<clipsight-study-header
        .shown=${shown}
        .about=${this.about}
        ?exportable=${this.settled.size > 0}
        @cancel=${() => this.ask(this.host.cancel({}))}
        @export=${(event: CustomEvent<Export>) => this.ask(this.host.exportResults(event.detail))}
      ></clipsight-study-header>
      <div class="notices">${this.notices()}</div>
      ${shown === null ? (this.refusal === null ? waiting(8) : nothing) : this.content(shown)}
      <div class="unseen" role="status">${this.spoken}</div>`;
  }

  private notices(): TemplateResult[] {
    const logs = { label: 'Show Log', run: () => this.ask(this.host.showLogs({})) };
    const notices = [];
    const error = this.shown?.error;
    if (error) {
      const consent = error.code === 'poor-dictionary' ? [this.useAnyway] : [];
      notices.push(errorNotice(error, [...consent, this.retry, logs]));
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

  private content({ images }: PanelState): TemplateResult {
    const { prompts, canUndo, canRedo } = this.edits;
    const { study } = this.about;
    return html`<main
      class=${images.length === 0 ? 'alone' : ''}
      @component-look=${(event: CustomEvent<number>) => {
        this.lookedAt = event.detail;
      }}
      @component-open=${({ detail: component }: CustomEvent<number>) => {
        this.lookedAt = component;
        this.ask(this.host.inspect({ component, image: this.image }));
      }}
    >
      ${
        images.length === 0
          ? nothing
          : html`<clipsight-image-gallery
            .images=${this.galleryImages()}
            .selected=${this.image}
            .previews=${this.previews}
            .pictureCount=${this.pictureCount}
            .where=${{ host: this.host, subject: this.subject, options: this.view.map }}
            @map-options-change=${({ detail }: CustomEvent<Partial<MapOptions>>) =>
              this.look({ map: { ...this.view.map, ...detail } })}
            @image-select=${(event: CustomEvent<number>) => this.look({ image: event.detail })}
            @image-open=${(event: CustomEvent<number>) => this.ask(this.host.openImage({ image: event.detail }))}
          ></clipsight-image-gallery>`
      }
      <div class="scores">
        <clipsight-prompt-table
          .prompts=${prompts}
          .scores=${promptScores(prompts, this.settledHere)}
          .confidence=${study === null ? 'share' : confidenceOf(study.model)}
          .selected=${this.prompt}
          ?stale=${!this.fresh}
          ?waiting=${this.waiting}
          ?undoable=${canUndo}
          ?redoable=${canRedo}
          @prompt-select=${(event: CustomEvent<number>) => this.look({ prompt: event.detail })}
          @prompts-change=${(event: CustomEvent<readonly string[]>) => this.edits.edit(event.detail)}
          @prompts-undo=${() => this.edits.undo()}
          @prompts-redo=${() => this.edits.redo()}
          @prompts-pick=${() => this.ask(this.host.pickPrompts({}))}
        ></clipsight-prompt-table>
        ${this.components()}
      </div>
    </main>`;
  }

  private components(): TemplateResult | typeof nothing {
    const { shown, detail } = this;
    if (shown === null) return nothing;
    const outcome = shown.images[this.image]?.outcome;
    if (shown.images.length === 0)
      return message('No image. Right-click one in the explorer and choose “Attribute with CLIP…”.');
    if (outcome?.kind === 'failure') return errorNotice(outcome.error, [this.retry]);
    if (this.edits.prompts.length === 0) return nothing;
    if (detail === null) return this.waiting ? waiting(6) : this.notComputed(shown);
    return this.detailed(detail);
  }

  private notComputed({ error }: PanelState): TemplateResult | typeof nothing {
    if (error !== null) return nothing;
    return html`<div class="message">
      <p>This image was not computed.</p>
      <vscode-button appearance="secondary" @click=${this.retry.run}>${this.retry.label}</vscode-button>
    </div>`;
  }

  private detailed({ settled, prompt, against, similarity, components }: Detail): TemplateResult {
    const text = settled.prompts[prompt]!;
    const difference = against.length > 0;
    return html`<section aria-label="Components">
      <div class="detail-title">
        <h2>Components for <q dir="auto">${text}</q></h2>
        <div class="versus">versus ${this.versusChoice(settled.prompts, prompt)}</div>
      </div>
      <div class="score-line">
      <p class="score ${this.fresh ? '' : 'stale'}" title=${`${difference ? 'Difference of cosines' : 'Cosine'} ${raw(similarity)}`}>
        ${difference ? 'Difference of similarity' : 'Similarity'}
        <b>${difference ? signedPoints(similarity) : points(similarity)}</b> points
      </p>
      ${explanation(settled.analysis.directions[prompt]!.mode, difference)}
      </div>
      <clipsight-word-strip .host=${this.host} .subject=${this.subject}></clipsight-word-strip>
      ${this.componentList(components)}
      <clipsight-faithfulness .host=${this.host} .subject=${this.subject}></clipsight-faithfulness>
    </section>`;
  }

  private componentList(components: readonly Component[]): TemplateResult {
    if (components.length === 0) return message('No component of this dictionary is active in this image.');
    const numbers = components.every(({ attribution }) => Number.isFinite(attribution));
    if (!numbers) {
      return errorNotice(
        {
          code: 'internal',
          message: 'The engine gave attributions that are not numbers.',
          remedy: 'Show the log and retry.',
        },
        [this.retry],
      );
    }
    const zero = components.every(({ attribution }) => attribution === 0);
    const { ordering, limit, sign } = this.view;
    return html`${zero ? zeroRemark(this.about.study?.notes ?? []) : nothing}
      <clipsight-component-table
        .components=${components}
        .options=${{ ordering, limit, sign }}
        ?stale=${!this.fresh}
        .library=${this.library}
        .thumbnails=${this.thumbnails}
        @components-want=${({ detail }: CustomEvent<number[]>) =>
          this.ask(this.host.wantComponents({ components: detail }))}
        @options-change=${(event: CustomEvent<TableOptions>) => this.look(event.detail)}
      ></clipsight-component-table>`;
  }

  private versusChoice(prompts: readonly string[], prompt: number): TemplateResult {
    const { versus } = this.view;
    const others = [...new Set(prompts)].filter((text) => text !== prompts[prompt]);
    const choices: { readonly versus: Versus; readonly label: string }[] = [
      { versus: { kind: 'own' }, label: 'on its own' },
      ...(prompts.length > 2 ? [{ versus: { kind: 'others' } as const, label: 'mean of the others' }] : []),
      ...others.map((text) => ({ versus: { kind: 'prompt', text } as const, label: text })),
    ];
    const same = (a: Versus, b: Versus) =>
      a.kind === b.kind && (a.kind !== 'prompt' || b.kind !== 'prompt' || a.text === b.text);
    const chosen = Math.max(
      0,
      choices.findIndex((choice) => same(choice.versus, versus)),
    );
    return dropdown(
      'Compare with',
      choices.map(({ label }, index) => ({ value: String(index), label })),
      String(chosen),
      (value) => this.look({ versus: choices[Number(value)]!.versus }),
    );
  }

  private galleryImages(): GalleryImage[] {
    const images = this.shown?.images ?? [];
    return images.map(({ name, outcome }, index) => {
      const key = imageKey(index, name);
      return { key, name, outcome, crop: this.settled.get(key)?.analysis.crop ?? null };
    });
  }

  /** Selected image, as an index that exists while there are images. */
  private get image(): number {
    return Math.min(this.view.image, Math.max(0, (this.shown?.images.length ?? 0) - 1));
  }

  /** Selected prompt, as an index that exists while there are prompts. */
  private get prompt(): number {
    return Math.min(this.view.prompt, Math.max(0, this.edits.prompts.length - 1));
  }

  private get settledHere(): Settled | undefined {
    const name = this.shown?.images[this.image]?.name;
    return name === undefined ? undefined : this.settled.get(imageKey(this.image, name));
  }

  private get fresh(): boolean {
    return this.shown !== null && isFresh(this.shown, this.image, this.edits.prompts);
  }

  /** Whether the host is at work, or has yet to hear of an edit. */
  private get waiting(): boolean {
    const { shown } = this;
    return shown === null || shown.progress !== null || !samePrompts(shown.prompts, this.edits.prompts);
  }

  /** The same object as before as long as nothing in it changed: the table then keeps what it worked out. */
  private detailNow(): Detail | null {
    const settled = this.settledHere;
    const prompt = settled?.prompts.indexOf(this.edits.prompts[this.prompt] ?? '') ?? -1;
    if (settled === undefined || prompt < 0) return null;
    const { latents, activations, directions } = settled.analysis;
    const against = opponents(settled.prompts, prompt, this.view.versus);
    const before = this.detail;
    if (before?.settled === settled && before.prompt === prompt && before.against.join() === against.join()) {
      return before;
    }
    const { similarity, attributions } = contrast(
      directions[prompt]!,
      against.map((index) => directions[index]!),
    );
    return {
      settled,
      prompt,
      against,
      similarity,
      components: componentsOf(latents, activations, attributions),
    };
  }

  /** What the map, the words and the faithfulness are of; null where nothing is computed. */
  private subjectNow(): Subject | null {
    const { detail, library, about, shown } = this;
    const name = shown?.images[this.image]?.name;
    if (detail === null || about.study === null || name === undefined) return null;
    const { settled, prompt, against, components } = detail;
    return {
      image: this.image,
      name,
      images: shown?.images.length ?? 0,
      prompt: settled.prompts[prompt]!,
      against: against.map((index) => settled.prompts[index]!),
      study: about.study,
      components,
      component: componentInView(components, this.lookedAt, library?.selected ?? null),
      library,
      key: subjectKey(about.study, name, settled.analysis),
      ready: this.fresh,
    };
  }

  private readonly retry = {
    label: 'Retry',
    run: () => {
      this.previews.retry();
      this.thumbnails.retry();
      this.ask(this.host.retry({}));
    },
  };

  private readonly useAnyway = {
    label: 'Use Anyway',
    run: () => this.ask(this.host.acceptPoor({})),
  };

  private look(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
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
    const { detail } = this;
    if (detail === null || !this.fresh) return;
    const { settled, prompt, against, similarity, components } = detail;
    const compared =
      against.length === 0
        ? ''
        : against.length === 1
          ? ` versus ${settled.prompts[against[0]!]}`
          : ' versus the others';
    this.spoken = `${settled.prompts[prompt]}${compared}: ${points(similarity)} points, ${counted(components.length, 'active component')}`;
  }

  /** Undo and redo of prompt edits; inside a text field they are the field's own. */
  private readonly onKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.composedPath()[0] instanceof HTMLInputElement) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && !event.shiftKey) this.edits.undo();
    else if (key === 'y' || key === 'z') this.edits.redo();
    else return;
    event.preventDefault();
  };
}

type LibrarySays = NonNullable<PanelState['components']>;

function knownComponents({ judge, selected, known }: LibrarySays): KnownComponents {
  return { judge, selected, summaries: new Map(known.map((summary) => [summary.component, summary])) };
}

function message(text: string): TemplateResult {
  return html`<p class="message">${text}</p>`;
}

function waiting(rows: number): TemplateResult {
  return html`<div class="waiting" role="status" aria-label="Computing">
    ${Array.from({ length: rows }, () => html`<div class="skeleton"></div>`)}
  </div>`;
}

const A = html`<i>A<sub>j</sub></i>`;
const z = html`<i>z<sub>j</sub></i>`;

function explanation(mode: 'forward' | 'reverse', difference: boolean): TemplateResult {
  return html`<details class="explanation">
    <summary>
      ${icons.info}
      <span>${A} = ${z} · ∂y/∂${z}, in points; the attributions do not add up to the similarity.</span>
      ${icons.twistie}
    </summary>
    <p>
      ${z} is the activation of latent j and y the ${
        difference ? 'difference of similarities' : 'similarity, the cosine of image and prompt'
      }. A point is a hundredth of cosine.
      ${A} is what y would lose to first order without the component, the rest held as it is.
      Computed in ${mode} mode.
    </p>
  </details>`;
}

function zeroRemark(notes: readonly string[]): TemplateResult {
  return html`<div class="remark">
    ${icons.warning}
    <div>Every attribution is exactly zero. ${notes.join(' ')}</div>
  </div>`;
}
