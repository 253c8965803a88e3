import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { ImageAnalysis } from '../../shared/analysis';
import { confidenceOf } from '../../shared/confidence';
import type { ErrorInfo } from '../../shared/errors';
import { toErrorInfo } from '../../shared/errors';
import type { Intervention } from '../../shared/intervention';
import type { Method } from '../../shared/measurement';
import type { PanelHostProtocol, PanelState } from '../../shared/panelProtocol';
import { points, signedPoints } from '../../shared/points';
import type { Remote } from '../../shared/rpc/protocol';
import { dropdown } from '../components/controls';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { counted, raw } from '../components/format';
import { icons } from '../components/icons';
import { page, theme } from '../components/theme';
import { Thumbnails } from '../components/thumbnails';
import type { Asked } from './asked';
import { Changes } from './changes';
import { type Component, componentsOf } from './components';
import './componentTable';
import type { ComponentTable, MeasuredState, Scaled, TableOptions } from './componentTable';
import { type Detail, detailOf, isQuick, type Sources, wholeOf } from './detail';
import type { Export } from './exportMenu';
import { type Factors, factorsOf, interventionOf, noFactors, sameFactors } from './factors';
import type { KnownComponents } from './identity';
import './faithfulnessPlot';
import './imageGallery';
import type { GalleryImage } from './imageGallery';
import './interventionBar';
import './libraryOutcome';
import { Lateness } from './lateness';
import { LibraryRun } from './libraryRun';
import { LiveAnswer } from './liveAnswer';
import { Measurements, type Want } from './measurements';
import { methodTexts } from './methods';
import { Previews } from './previews';
import { PromptEdits } from './promptEdits';
import { samePrompts } from './prompts';
import './promptTable';
import {
  type About,
  aboutStudy,
  comparedScores,
  imageKey,
  isFresh,
  promptScores,
  type Settled,
  type SettledImages,
  settle,
} from './results';
import type { SavedIntervention } from './savedMenu';
import './studyHeader';
import { componentInView, type Subject, subjectKey } from './subject';
import { contrast, opponents, type Versus } from './versus';
import { readViewState, type ViewState } from './viewState';
import type { MapOptions } from './whereView';
import { explanation, wholeLine, wholeStyles } from './whole';
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

/** What is shown of one prompt, and what that is made of. */
interface Shown {
  readonly settled: Settled;
  readonly sources: Sources;
  readonly detail: Detail;
}

/**
 * The attribution panel. It draws the host's state and asks the host for everything else; its own are only
 * the selection, the order of lists, prompt edits that the host has not answered yet, and what is changed in the model.
 */
@customElement('clipsight-attribution')
export class AttributionPanel extends LitElement {
  static override styles = [
    theme,
    errorNoticeStyles,
    wholeStyles,
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
      .score > span {
        white-space: nowrap;
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
          grid-template-columns: minmax(240px, 26%) minmax(0, 1fr);
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
  private detail: Shown | null = null;
  private subject: Subject | null = null;
  /** The component looked at last here; another one in the inspector takes its place. */
  @state() private lookedAt: number | null = null;
  private library: KnownComponents | null = null;
  private studyKey: string | null = null;
  /** Where the table was on the page. */
  private tableTop: number | null = null;
  private readonly scoresLate = new Lateness(() => this.requestUpdate());
  private readonly measuresLate = new Lateness(() => this.requestUpdate());
  private readonly edits = new PromptEdits(
    (prompts) => this.asked(this.host.setPrompts({ prompts })),
    () => this.requestUpdate(),
  );
  private readonly changes = new Changes(() => this.look({ changes: this.changes.kept }));
  private readonly live = new LiveAnswer<ImageAnalysis>(
    ({ image, prompts, intervention }, signal) =>
      this.host.intervene({ image, prompts: [...prompts], intervention }, { signal }),
    () => this.requestUpdate(),
  );
  private readonly measurements = new Measurements(
    ({ asked: { image, prompts, intervention }, methods }, signal) =>
      this.host.measure({ image, prompts: [...prompts], methods: [...methods], intervention }, { signal }),
    () => this.requestUpdate(),
  );
  private readonly libraryRun = new LibraryRun(
    (intervention, options) => this.host.applyIntervention({ intervention }, options),
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
    this.resized.observe(document.body);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== page.styleSheet);
    document.removeEventListener('keydown', this.onKey);
    this.resized.disconnect();
    this.previews.retain(new Set());
    this.thumbnails.clear();
    this.live.want(null);
    this.measurements.want([]);
    this.libraryRun.close();
    this.scoresLate.wait(false);
    this.measuresLate.wait(false);
  }

  /** Begins: remembers what it showed last, and takes the host's first state. */
  async connectTo(host: Remote<PanelHostProtocol>, memory: Memory): Promise<void> {
    this.host = host;
    this.memory = memory;
    this.view = readViewState(memory.getState());
    this.changes.restore(this.view.changes);
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
    this.takeStudy();
    const compared = this.detail !== null && this.detail.sources.changed !== null;
    this.follow();
    this.detail = this.detailNow();
    this.subject = this.subjectNow();
    // A drag asks for nothing else: what is measured is of the model that it comes to.
    this.measurements.want(this.changes.dragging ? [] : this.wants());
    if (compared !== (this.detail !== null && this.detail.sources.changed !== null)) void this.stay();
    if (changed.has('view')) this.memory?.setState({ panel: this.panel, view: this.view });
    this.watchTime();
    this.announce();
  }

  protected override updated(): void {
    // Of a table that is gone nothing is dragged any more, and it can no longer say so.
    if (this.changes.dragging && this.table?.dragging !== true) this.changes.drop();
  }

  override render(): TemplateResult {
    const { shown } = this;
    return html`<clipsight-study-header
        .shown=${shown}
        .about=${this.about}
        ?exportable=${this.settled.size > 0}
        @cancel=${() => this.ask(this.host.cancel({}))}
        @export=${({ detail }: CustomEvent<Export>) =>
          this.ask(
            this.host.exportResults({ ...detail, intervention: this.changes.kept?.intervention ?? [] }),
          )}
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
          .scores=${this.scores(prompts)}
          .confidence=${study === null ? 'share' : confidenceOf(study.model)}
          .selected=${this.prompt}
          ?stale=${!this.fresh}
          ?behind=${this.behind}
          ?late=${this.scoresLate.late}
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

  private detailed({ settled, sources, detail }: Shown): TemplateResult {
    const { prompt, against, analysis } = sources;
    const text = settled.prompts[prompt]!;
    const difference = against.length > 0;
    const { mode } = analysis.directions[prompt]!;
    return html`<section aria-label="Components" @keydown=${this.onChangesKey}>
      <div class="detail-title">
        <h2>Components for <q dir="auto">${text}</q></h2>
        <div class="versus">versus ${this.versusChoice(settled.prompts, prompt)}</div>
      </div>
      <div class="score-line">
      ${this.score(detail, difference)}
      ${explanation(this.method, mode, difference)}
      </div>
      <clipsight-word-strip .host=${this.host} .subject=${this.subject}></clipsight-word-strip>
      ${this.whole(difference)}
      ${detail.components?.length === 0 ? nothing : this.changesBar(analysis)}
      ${this.componentList(detail, difference)}
      <clipsight-faithfulness .host=${this.host} .subject=${this.subject}></clipsight-faithfulness>
    </section>`;
  }

  private score({ similarity, before }: Detail, difference: boolean): TemplateResult {
    const number = difference ? signedPoints : points;
    const exact = `${difference ? 'Difference of cosines' : 'Cosine'} ${raw(similarity)}`;
    return html`<p
      class="score ${this.fresh && !this.scoresLate.late ? '' : 'stale'}"
      title=${before === null ? exact : `${exact}\nWithout the changes ${raw(before)}`}
    >
      ${difference ? 'Difference of similarity' : 'Similarity'}
      ${before === null ? nothing : html`<span class="muted">${number(before)} →</span>`}
      <b>${number(similarity)}</b> points
      ${before === null ? nothing : html`<span class="muted">Δ ${signedPoints(similarity - before)}</span>`}
    </p>`;
  }

  private whole(difference: boolean): TemplateResult | typeof nothing {
    const asked = this.askedNow();
    if (!this.measuring || asked === null) return nothing;
    const failed = this.measurements.failure(asked, ['integrated-gradients']) !== null;
    const known = failed ? undefined : this.measurements.nearest(asked, ['integrated-gradients']);
    const behind = known !== this.measurements.get(asked);
    return wholeLine(
      known === undefined ? null : wholeOf(known),
      { waiting: !failed, late: behind && this.measuresLate.late },
      difference,
    );
  }

  private changesBar({ latents }: ImageAnalysis): TemplateResult {
    const { factors, canUndo, canRedo, leftBehind } = this.changes;
    const { state } = this.libraryRun;
    const active = new Set(latents);
    return html`<clipsight-intervention-bar
        .factors=${factors}
        .silent=${new Set([...factors.keys()].filter((component) => !active.has(component)))}
        .library=${this.library}
        .saved=${this.shown?.interventions ?? []}
        .savedError=${this.shown?.interventionsError ?? null}
        ?undoable=${canUndo}
        ?redoable=${canRedo}
        ?busy=${this.behind}
        .failure=${this.live.failure}
        .leftBehind=${leftBehind}
        ?applying=${state?.kind === 'running'}
        @factor-set=${this.onFactor}
        @factors-reset=${() => this.changes.replace(noFactors)}
        @factors-undo=${() => this.changes.undo()}
        @factors-redo=${() => this.changes.redo()}
        @factors-dismiss=${() => this.changes.dismiss()}
        @factors-retry=${() => {
          this.live.retry();
          this.requestUpdate();
        }}
        @factors-save=${() => this.ask(this.host.saveIntervention({ intervention: interventionOf(factors) }))}
        @factors-apply=${() => this.libraryRun.start(interventionOf(factors))}
        @saved-apply=${({ detail: { intervention } }: CustomEvent<SavedIntervention>) =>
          this.changes.replace(factorsOf(intervention))}
        @saved-forget=${({ detail: name }: CustomEvent<string>) => this.ask(this.host.forgetIntervention({ name }))}
        @chip-open=${({ detail: component }: CustomEvent<number>) => {
          this.lookedAt = component;
          void this.reveal(component);
        }}
      ></clipsight-intervention-bar>
      <clipsight-library-outcome
        .run=${state}
        .library=${this.library}
        ?outdated=${state !== null && !sameFactors(factorsOf(state.intervention), factors)}
        .thumbnails=${this.thumbnails}
        @library-close=${() => this.libraryRun.close()}
        @library-again=${() => state !== null && this.libraryRun.start(state.intervention)}
      ></clipsight-library-outcome>`;
  }

  private componentList({ components }: Detail, difference: boolean): TemplateResult {
    if (components?.length === 0) return message('No component of this dictionary is active in this image.');
    const numbers = components?.every(({ attribution }) => Number.isFinite(attribution)) ?? true;
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
    const zero = components?.every(({ attribution }) => attribution === 0) ?? false;
    const { ordering, limit, sign } = this.view;
    const { method } = this;
    const { study } = this.settledHere ?? { study: null };
    // A drag of a component goes with the table that it is in: another study's is another.
    return html`${zero ? zeroRemark(this.about.study?.notes ?? []) : nothing}
      ${
        method === this.view.method
          ? nothing
          : html`<div class="remark">${icons.info}<div>Bars show activation × gradient: ${methodTexts[this.view.method].label} has no difference of prompts.</div></div>`
      }
      ${keyed(
        study,
        html`<clipsight-component-table
        .components=${components ?? none}
        .options=${{ ordering, limit, sign }}
        ?stale=${!this.fresh}
        .library=${this.library}
        .thumbnails=${this.thumbnails}
        .factors=${this.changes.factors}
        ?behind=${this.behind || this.valuesBehind}
        ?late=${this.scoresLate.late || (this.valuesBehind && this.measuresLate.late)}
        ?measuredLate=${this.measuresLate.late}
        .method=${method}
        ?versus=${difference}
        .absent=${components === null ? this.absent(method) : null}
        .measured=${this.measuredState()}
        @components-want=${({ detail }: CustomEvent<number[]>) =>
          this.ask(this.host.wantComponents({ components: detail }))}
        @options-change=${(event: CustomEvent<TableOptions>) => this.look(event.detail)}
        @factor-set=${(event: CustomEvent<Scaled>) => {
          this.lookedAt = event.detail.component;
          this.onFactor(event);
        }}
        @factor-hold=${({ detail: { component, factor } }: CustomEvent<Scaled>) => {
          this.changes.hold(component, factor);
          this.follow();
        }}
        @factor-release=${({ detail: component }: CustomEvent<number>) => {
          // Not before it is let go: the engine has enough to do while something is dragged.
          this.lookedAt = component;
          this.changes.release();
        }}
        @factor-drop=${() => this.changes.drop()}
        @method-choose=${({ detail }: CustomEvent<Method>) => this.look({ method: detail })}
        @measured-want=${({ detail }: CustomEvent<boolean>) => this.look({ measured: detail })}
        @measured-retry=${() => this.measurements.retry()}
      ></clipsight-component-table>`,
      )}`;
  }

  /** What stands in place of the rows while a method's values are not there. */
  private absent(method: Method): TemplateResult {
    const asked = this.askedNow();
    const failure = asked === null ? null : this.measurements.failure(asked, [method]);
    if (failure === null) return waiting(6);
    return errorNotice(failure, [{ label: 'Retry', run: () => this.measurements.retry() }]);
  }

  private measuredState(): MeasuredState {
    const asked = this.askedNow();
    if (!this.measuring || asked === null) return { kind: 'off' };
    const failure = this.measurements.failure(asked, ['ablation']);
    if (failure !== null) return { kind: 'failed', message: failure.message };
    const known = this.measurements.nearest(asked, ['ablation']);
    if (known === undefined) return { kind: 'waiting' };
    return { kind: known === this.measurements.get(asked) ? 'there' : 'behind' };
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
  private detailNow(): Shown | null {
    const settled = this.settledHere;
    const prompt = settled?.prompts.indexOf(this.edits.prompts[this.prompt] ?? '') ?? -1;
    if (settled === undefined || prompt < 0) return null;
    const against = opponents(settled.prompts, prompt, this.view.versus);
    const before = this.detail?.sources;
    const sources: Sources = {
      prompt,
      against: before?.against.join() === against.join() ? before.against : against,
      method: this.method,
      analysis: settled.analysis,
      changed: this.changedAnalysis,
      ...this.measuredSources(),
    };
    if (this.detail?.settled === settled && before !== undefined && sameSources(before, sources))
      return this.detail;
    return { settled, sources, detail: detailOf(sources) };
  }

  private measuredSources(): Pick<Sources, 'values' | 'valuesBefore' | 'effects'> {
    const { method, measurements } = this;
    const asked = this.askedNow();
    if (asked === null) return { values: null, valuesBefore: null, effects: null };
    const bars = method !== 'activation-gradient';
    return {
      values: (bars ? measurements.nearest(asked, [method]) : null) ?? null,
      valuesBefore: (bars ? measurements.get({ ...asked, intervention: [] }) : null) ?? null,
      effects: (this.measuring ? measurements.nearest(asked, ['ablation']) : null) ?? null,
    };
  }

  /**
   * What the map, the words and the faithfulness are of: the model as it is, whatever is changed in it. Null where nothing
   * is computed.
   */
  private subjectNow(): Subject | null {
    const { detail, library, about, shown } = this;
    const name = shown?.images[this.image]?.name;
    if (detail === null || about.study === null || name === undefined) return null;
    const { settled, sources } = detail;
    const { analysis, prompts } = settled;
    const of = contrast(
      analysis.directions[sources.prompt]!,
      sources.against.map((index) => analysis.directions[index]!),
    );
    const components = componentsOf(analysis.latents, analysis.activations, of.attributions);
    return {
      image: this.image,
      name,
      images: shown?.images.length ?? 0,
      prompt: prompts[sources.prompt]!,
      against: sources.against.map((index) => prompts[index]!),
      study: about.study,
      components,
      component: componentInView(components, this.lookedAt, library?.selected ?? null),
      library,
      key: subjectKey(about.study, name, analysis),
      ready: this.fresh,
      changed: this.changes.factors.size > 0,
    };
  }

  /** What there is to measure, most urgent first: what bars show, with and without the changes; then every effect. */
  private wants(): Want[] {
    const { method } = this;
    const asked = this.askedNow();
    if (asked === null || !this.fresh) return [];
    const changed = asked.intervention.length > 0;
    return [
      ...(method === 'activation-gradient' ? [] : [{ asked, methods: [method] }]),
      ...(method === 'activation-gradient' || !changed
        ? []
        : [{ asked: { ...asked, intervention: [] }, methods: [method] }]),
      ...(this.measuring ? [{ asked, methods: ['ablation', 'integrated-gradients'] as const }] : []),
    ];
  }

  /** What measurements of the prompt and its opponents belong to; null while there is nothing to measure. */
  private askedNow(): Asked | null {
    const settled = this.settledHere;
    const prompt = settled?.prompts.indexOf(this.edits.prompts[this.prompt] ?? '') ?? -1;
    if (settled === undefined || prompt < 0) return null;
    const against = opponents(settled.prompts, prompt, this.view.versus);
    return this.askedOf(
      settled,
      [prompt, ...against].map((index) => settled.prompts[index]!),
      // Where the changed model cannot be had, the numbers shown are of the one as it is.
      this.live.failure === null ? this.effective(this.changes.factors, settled) : [],
    );
  }

  private askedOf({ study }: Settled, prompts: readonly string[], intervention: Intervention): Asked {
    const name = this.shown?.images[this.image]?.name ?? '';
    return { study, image: this.image, name, prompts, intervention };
  }

  /** The changes that do something in this image: those of components that are active in it. */
  private effective(factors: Factors, { analysis: { latents } }: Settled): Intervention {
    return factors.size === 0
      ? []
      : interventionOf(factors).filter(({ component }) => latents.includes(component));
  }

  /** Asks for the scores with the changes, as fast as the host can answer. */
  private follow(): void {
    const settled = this.settledHere;
    const { factors } = this.changes;
    if (settled === undefined || factors.size === 0) {
      this.live.want(null);
      return;
    }
    // While the host computes the image anew what it was asked before stays.
    if (this.shown?.images[this.image]?.outcome?.kind !== 'analysis') return;
    const intervention = this.effective(factors, settled);
    this.live.want(intervention.length === 0 ? null : this.askedOf(settled, settled.prompts, intervention));
  }

  /** The selected image with the newest changes that were answered; null where there is no answer, or nothing changed. */
  private get changedAnalysis(): ImageAnalysis | null {
    const settled = this.settledHere;
    const { shown, failure } = this.live;
    if (settled === undefined || shown === null || failure !== null) return null;
    const { asked, answer } = shown;
    const ofThis = asked.study === settled.study && asked.image === this.image;
    return ofThis &&
      samePrompts(asked.prompts, settled.prompts) &&
      answer.directions.length === settled.prompts.length
      ? answer
      : null;
  }

  private scores(prompts: readonly string[]) {
    const settled = this.settledHere;
    const scores = promptScores(prompts, settled);
    const analysis = this.changedAnalysis;
    if (settled === undefined || analysis === null) return scores;
    return comparedScores(promptScores(prompts, { ...settled, analysis }), scores);
  }

  /** Whether the numbers with the newest changes are yet to come. */
  private get behind(): boolean {
    return !this.live.settled && this.live.failure === null;
  }

  /** Whether the bars' values are of an earlier change. */
  private get valuesBehind(): boolean {
    const asked = this.askedNow();
    const values = this.detail?.sources.values ?? null;
    return asked !== null && values !== null && values !== this.measurements.get(asked);
  }

  /** What bars show: not every method has a difference of prompts. */
  private get method(): Method {
    const settled = this.settledHere;
    const { method, versus } = this.view;
    const prompt = settled?.prompts.indexOf(this.edits.prompts[this.prompt] ?? '') ?? -1;
    const difference =
      settled !== undefined && prompt >= 0 && opponents(settled.prompts, prompt, versus).length > 0;
    return difference && methodTexts[method].notVersus !== null ? 'activation-gradient' : method;
  }

  /** Whether every component's effect is measured: as the person said, or else where that is quick. */
  private get measuring(): boolean {
    const settled = this.settledHere;
    const { study } = this.about;
    if (settled === undefined || study === null || settled.analysis.latents.length === 0) return false;
    return this.view.measured ?? isQuick(study, settled.analysis.latents.length);
  }

  private watchTime(): void {
    this.scoresLate.wait(this.behind);
    this.measuresLate.wait(this.valuesBehind || this.measuredState().kind === 'behind');
  }

  private takeStudy(): void {
    const key = this.shown?.study?.key;
    if (key === undefined) return;
    if (this.studyKey !== null && this.studyKey !== key) this.libraryRun.close();
    this.studyKey = key;
    this.changes.study(key);
  }

  /** Keeps the table where it is while lines of the changes come or go above it. */
  private async stay(): Promise<void> {
    await this.updateComplete;
    await this.renderRoot.querySelector<LitElement>('clipsight-prompt-table')?.updateComplete;
    this.holdTable(true);
  }

  /** Scrolls by as much as the table has moved on the page since this was asked last, if it is to stay where it is. */
  private holdTable(stays: boolean): void {
    const { table, tableTop } = this;
    const top = table === null ? null : table.getBoundingClientRect().top + window.scrollY;
    this.tableTop = top;
    if (stays && top !== null && tableTop !== null && top !== tableTop) window.scrollBy(0, top - tableTop);
  }

  /** While a person is at work in the table whatever comes above it late, such as the words, must not move it. */
  private readonly resized = new ResizeObserver(() => {
    this.holdTable(
      this.table !== null &&
        this.renderRoot instanceof ShadowRoot &&
        this.renderRoot.activeElement === this.table,
    );
  });

  private get table(): ComponentTable | null {
    return this.renderRoot.querySelector<ComponentTable>('clipsight-component-table');
  }

  private async reveal(component: number): Promise<void> {
    if (this.table?.reveal(component) !== false) return;
    if (!this.detail?.sources.analysis.latents.includes(component)) return;
    // Not among those listed: now it is.
    this.table.clearFilters();
    this.look({ limit: 'all', sign: 'any' });
    await this.updateComplete;
    await this.table.updateComplete;
    this.table.reveal(component);
  }

  private readonly onFactor = ({ detail: { component, factor } }: CustomEvent<Scaled>): void =>
    this.changes.set(component, factor);

  /** Undo and redo of changes, where they are made. */
  private readonly onChangesKey = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.composedPath()[0] instanceof HTMLInputElement) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && !event.shiftKey) this.changes.undo();
    else if (key === 'y' || key === 'z') this.changes.redo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private readonly retry = {
    label: 'Retry',
    run: () => {
      this.previews.retry();
      this.thumbnails.retry();
      this.measurements.retry();
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
    if (detail === null || !this.fresh || this.behind || this.changes.dragging) return;
    const { settled, sources, detail: numbers } = detail;
    const { prompt, against, analysis } = sources;
    const { similarity, before } = numbers;
    const compared =
      against.length === 0
        ? ''
        : against.length === 1
          ? ` versus ${settled.prompts[against[0]!]}`
          : ' versus the others';
    const changed =
      before === null
        ? ''
        : `, ${points(before)} without the changes of ${counted(this.changes.factors.size, 'component')}`;
    this.spoken = `${settled.prompts[prompt]}${compared}: ${points(similarity)} points${changed}, ${counted(analysis.latents.length, 'active component')}`;
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

const none: readonly Component[] = [];

function sameSources(a: Sources, b: Sources): boolean {
  return (Object.keys(a) as (keyof Sources)[]).every((key) => a[key] === b[key]);
}

function zeroRemark(notes: readonly string[]): TemplateResult {
  return html`<div class="remark">
    ${icons.warning}
    <div>Every attribution is exactly zero. ${notes.join(' ')}</div>
  </div>`;
}
