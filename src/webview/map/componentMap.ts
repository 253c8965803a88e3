import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import type { ComponentMap } from '../../shared/library';
import type { MapColour, MapHostProtocol, MapState } from '../../shared/mapProtocol';
import { percent, signedPoints } from '../../shared/points';
import type { Progress, Remote } from '../../shared/rpc/protocol';
import { dropdown } from '../components/controls';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { count, counted } from '../components/format';
import { icons } from '../components/icons';
import { judgement } from '../components/naming';
import { page, theme } from '../components/theme';
import { Thumbnails } from '../components/thumbnails';
import './componentList';
import { componentCard, componentCardStyles } from './componentCard';
import { legend, legendStyles } from './legend';
import { type ColouredLook, lookOf, type Sizing } from './look';
import './mapCanvas';
import { Summaries } from '../components/summaries';
import type { Layout, MapCanvas, Pointed } from './mapCanvas';
import { type Palette, paletteOf } from './palette';
import { readTheme, watchTheme } from './readTheme';

/** Components that the list shows, at most. */
const mostListed = 200;
const mapZoom = 1.5;

/** Which components the list is of. */
type Listed =
  | { readonly kind: 'all' | 'found'; readonly points: readonly number[] }
  | { readonly kind: 'lasso'; readonly points: readonly number[] };

/**
 * All components as points. It draws the host's state and asks the host for everything else; its own are only what is
 * seen of the map, the lasso, the text looked for and whether the list is open.
 */
@customElement('clipsight-component-map')
export class ComponentMapView extends LitElement {
  static override styles = [
    theme,
    errorNoticeStyles,
    legendStyles,
    componentCardStyles,
    css`
      :host {
        display: grid;
        grid-template-rows: auto auto minmax(0, 1fr) auto;
        height: 100vh;
        overflow: hidden;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
        padding: 8px 12px;
        border-bottom: 1px solid var(--line);
      }
      .tools > label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
      }
      .tools > label > span {
        color: var(--muted);
      }
      .colour vscode-dropdown {
        width: 210px;
        min-width: 0;
      }
      .prompt vscode-dropdown {
        width: 190px;
        min-width: 0;
      }
      .size vscode-dropdown {
        width: 130px;
        min-width: 0;
      }
      .tools vscode-text-field {
        flex: 0 1 170px;
        --input-min-width: 0;
      }
      .matches {
        color: var(--muted);
        white-space: nowrap;
      }
      .buttons {
        display: inline-flex;
        gap: 2px;
        margin-inline-start: auto;
      }
      button.icon[aria-pressed='true'] {
        color: var(--vscode-inputOption-activeForeground, inherit);
        background: var(--vscode-inputOption-activeBackground, var(--vscode-list-inactiveSelectionBackground));
        border-color: var(--vscode-inputOption-activeBorder, var(--contrast-active));
      }
      .notices:not(:empty) {
        padding: 8px 12px 0;
      }
      .content {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        min-height: 0;
      }
      .content.with-list {
        grid-template-columns: minmax(0, 1fr) minmax(200px, 280px);
      }
      .stage {
        position: relative;
        min-width: 0;
        min-height: 0;
        overflow: hidden;
      }
      clipsight-map-canvas {
        position: absolute;
        inset: 0;
      }
      .corner {
        position: absolute;
        left: 10px;
        bottom: 8px;
        padding: 4px 6px;
        border-radius: 4px;
        background: color-mix(in srgb, var(--vscode-editor-background) 82%, transparent);
        pointer-events: none;
      }
      .message {
        position: absolute;
        inset: 0;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 8px;
        padding: 24px;
        text-align: center;
        pointer-events: none;
      }
      .message p {
        max-width: 52ch;
      }
      .card {
        position: absolute;
        z-index: 1;
        top: 0;
        left: 0;
        pointer-events: none;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 16px;
        min-height: 24px;
        padding: 2px 12px;
        border-top: 1px solid var(--line);
        color: var(--muted);
        font-size: 0.92em;
      }
      .foot .layout {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        margin-inline-start: auto;
      }
      .foot progress {
        width: 90px;
        height: 4px;
        border: none;
        border-radius: 2px;
        appearance: none;
        background: color-mix(in srgb, var(--vscode-foreground) 18%, transparent);
      }
      .foot progress::-webkit-progress-bar {
        border-radius: 2px;
        background: transparent;
      }
      .foot progress::-webkit-progress-value {
        border-radius: 2px;
        background: var(--vscode-progressBar-background);
      }
      @media (max-width: 620px) {
        .content.with-list {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: minmax(0, 1fr) minmax(120px, 42%);
        }
        .tools .caption {
          display: none;
        }
      }
      @media (forced-colors: active) {
        button.icon[aria-pressed='true'] {
          border-color: Highlight;
        }
        .foot progress {
          border: 1px solid CanvasText;
        }
        .foot progress::-webkit-progress-value {
          background: Highlight;
        }
      }
    `,
  ];

  @property({ attribute: false }) progress: Progress | null = null;
  @state() private shown: MapState | null = null;
  @state() private refusal: ErrorInfo | null = null;
  @state() private palette: Palette | null = null;
  @state() private sizing: Sizing = 'same';
  @state() private sought = '';
  @state() private lassoing = false;
  @state() private lasso: readonly number[] | null = null;
  @state() private listOpen = false;
  @state() private hovered: Pointed | null = null;
  @state() private pointed: number | null = null;
  @state() private spoken = '';

  @query('clipsight-map-canvas') private readonly canvas!: MapCanvas | null;
  @query('.corner') private readonly corner!: HTMLElement | null;
  @query('.card') private readonly card!: HTMLElement | null;

  private host!: Remote<MapHostProtocol>;
  private readonly thumbnails = new Thumbnails((request, options) => this.host.thumbnail(request, options));
  private readonly summaries = new Summaries(
    (components) => this.host.summarise({ components }),
    () => this.requestUpdate(),
  );
  private unwatch: (() => void) | null = null;
  private layout: Layout | null = null;
  private coloured: ColouredLook | null = null;
  private emphasis: Uint8Array | null = null;
  private points: ReadonlyMap<number, number> = new Map();
  private listed: Listed = { kind: 'all', points: [] };

  override connectedCallback(): void {
    super.connectedCallback();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, page.styleSheet!];
    this.unwatch = watchTheme(() => this.readTheme());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    this.thumbnails.clear();
  }

  connectTo(host: Remote<MapHostProtocol>): void {
    this.host = host;
    host.ready({}).then(
      (first) => this.show(first),
      (thrown: unknown) => {
        this.refusal = toErrorInfo(thrown);
      },
    );
  }

  show(next: MapState): void {
    if (this.shown !== null && next.revision < this.shown.revision) return;
    const before = this.shown;
    this.shown = next;
    this.progress = next.progress;
    if (next.map === before?.map || sameMap(next.map, before?.map ?? null)) return;
    // Names and pictures may be others; so may the components that the lasso is of.
    this.summaries.clear();
    const same =
      next.map !== null && before?.map != null && equal(next.map.components, before.map.components);
    if (!same) this.lasso = null;
    this.hovered = null;
    this.pointed = null;
  }

  protected override firstUpdated(): void {
    this.readTheme();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const has = (name: string) => (changed as Map<PropertyKey, unknown>).has(name);
    const map = this.shown?.map ?? null;
    if (has('shown')) {
      const before = (changed as Map<PropertyKey, unknown>).get('shown') as MapState | null | undefined;
      if (this.layout === null || !sameMap(map, before?.map ?? null)) {
        this.layout = map === null ? null : layoutOf(map);
        this.points = new Map(Array.from(map?.components ?? [], (component, i) => [component, i]));
      }
    }
    if (has('shown') || has('palette') || has('sizing')) this.recolour(map);
    if (has('shown') || has('sought') || has('lasso')) this.emphasise();
    if (has('shown') || has('sought') || has('lasso') || has('palette') || has('sizing')) {
      this.listed = this.listNow();
    }
    this.wantSummaries();
  }

  protected override updated(): void {
    this.placeCard();
    const { canvas, corner } = this;
    if (canvas === null) return;
    if (corner === null) canvas.covered = [];
    else {
      const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = corner;
      canvas.covered = [{ left, top, right: left + width, bottom: top + height }];
    }
  }

  override render(): TemplateResult {
    return html`${this.tools()}
      <div class="notices">${this.notices()}</div>
      <div class="content ${this.listOpen ? 'with-list' : ''}">
        <div class="stage">${this.stage()}</div>
        ${this.listOpen ? this.list() : nothing}
      </div>
      ${this.foot()}
      <div class="unseen" role="status">${this.spoken}</div>`;
  }

  private tools(): TemplateResult {
    const found = this.listed.kind === 'found' ? this.listed.points.length : null;
    return html`<div class="tools" role="toolbar" aria-label="Map">
      ${this.colourChoice()}
      <label class="size"
        ><span class="caption">Size</span>${dropdown(
          'Size by',
          [
            { value: 'same', label: 'all the same' },
            { value: 'images', label: 'images it fires in' },
          ],
          this.sizing,
          (sizing) => {
            this.sizing = sizing;
          },
        )}</label
      >
      <vscode-text-field
        class="named-by-place"
        placeholder="Find by name"
        .value=${this.sought}
        @input=${(event: Event) => this.seek((event.target as HTMLInputElement).value)}
        >Find by name</vscode-text-field
      >
      ${found === null ? nothing : html`<span class="matches">${count(found)} found</span>`}
      <span class="buttons">
        ${this.button('Zoom in', icons.add, () => this.canvas?.zoom(mapZoom))}
        ${this.button('Zoom out', icons.minus, () => this.canvas?.zoom(1 / mapZoom))}
        ${this.button('Show all (0)', icons.fit, () => this.canvas?.fit())}
        ${this.button('Lasso (or Shift and drag)', icons.lasso, () => this.toggleLasso(), this.lassoing)}
        ${this.button('List', icons.list, () => this.toggleList(), this.listOpen)}
      </span>
    </div>`;
  }

  private button(label: string, icon: TemplateResult, run: () => void, pressed?: boolean): TemplateResult {
    return html`<button
      class="icon"
      title=${label}
      aria-label=${label}
      aria-pressed=${pressed === undefined ? nothing : pressed ? 'true' : 'false'}
      ?disabled=${this.layout === null}
      @click=${run}
    >
      ${icon}
    </button>`;
  }

  private colourChoice(): TemplateResult {
    const { colour, prompts, image } = this.state;
    const kinds: { value: MapColour['kind']; label: string }[] = [
      { value: 'firing-rate', label: 'firing rate' },
      ...(prompts.length > 0 ? [{ value: 'alignment' as const, label: 'alignment with a prompt' }] : []),
      ...(prompts.length > 0 && image !== null
        ? [{ value: 'attribution' as const, label: `attribution in ${fileName(image)}` }]
        : []),
    ];
    const prompt = colour.kind === 'firing-rate' ? 0 : colour.prompt;
    return html`<label class="colour"
        ><span class="caption">Colour</span>${dropdown('Colour by', kinds, colour.kind, (kind) =>
          this.ask(this.host.setColour(kind === 'firing-rate' ? { kind } : { kind, prompt })),
        )}</label
      >
      ${
        colour.kind === 'firing-rate'
          ? nothing
          : html`<label class="prompt"
              ><span class="caption">for</span>${dropdown(
                'Prompt',
                prompts.map((text, i) => ({ value: String(i), label: text })),
                String(prompt),
                (value) => this.ask(this.host.setColour({ kind: colour.kind, prompt: Number(value) })),
              )}</label
            >`
      }`;
  }

  private notices(): TemplateResult[] {
    const retry = { label: 'Retry', run: () => this.ask(this.host.retry({})) };
    const dismiss = {
      label: 'Dismiss',
      run: () => {
        this.refusal = null;
      },
    };
    const error = this.shown?.error ?? null;
    return [
      ...(error === null ? [] : [errorNotice(error, [retry])]),
      ...(this.refusal === null ? [] : [errorNotice(this.refusal, [dismiss])]),
    ];
  }

  private stage(): TemplateResult {
    const { layout, coloured } = this;
    const selected = this.shown?.selected;
    return html`<clipsight-map-canvas
        .layout=${layout}
        .look=${coloured?.look ?? null}
        .palette=${this.palette}
        .emphasis=${this.emphasis}
        .selected=${selected == null ? null : (this.points.get(selected) ?? null)}
        .pointed=${this.pointed}
        .lassoing=${this.lassoing}
        .label=${`Map of ${counted(layout?.components.length ?? 0, 'component')}`}
        @point-hover=${(event: CustomEvent<Pointed | null>) => {
          this.hovered = event.detail;
        }}
        @point-select=${(event: CustomEvent<number>) => this.select(event.detail)}
        @point-describe=${(event: CustomEvent<number>) => {
          this.spoken = this.described(event.detail);
        }}
        @points-lasso=${(event: CustomEvent<readonly number[]>) => this.take(event.detail)}
        @lasso-clear=${() => this.take([])}
      ></clipsight-map-canvas>
      ${this.message()} ${this.legend()} ${this.hoverCard()}`;
  }

  private message(): TemplateResult | typeof nothing {
    const map = this.shown?.map ?? null;
    if (map === null) {
      if (this.shown?.error != null || this.refusal !== null) return nothing;
      return html`<div class="message" role="status">
        <vscode-progress-ring></vscode-progress-ring>
        <p>Laying out the components…</p>
      </div>`;
    }
    if (map.components.length > 0) return nothing;
    return html`<div class="message" role="status">
      <p>
        ${
          map.grounds.images === 0
            ? 'The library has no images for this study yet. Index the images of the workspace, and its components appear here.'
            : `No component fires in enough of the ${counted(map.grounds.images, 'image')} of the library to tell what it means. Index more images.`
        }
      </p>
      ${map.grounds.notes.map((note) => html`<p class="muted">${note}</p>`)}
    </div>`;
  }

  private legend(): TemplateResult | typeof nothing {
    const { coloured, palette, state: shown } = this;
    if (coloured === null || palette === null || (shown.map?.components.length ?? 0) === 0) return nothing;
    if (shown.colour.kind !== 'firing-rate' && shown.values === null) {
      return html`<div class="corner"><p class="muted" role="status">Computing ${this.quantity()}…</p></div>`;
    }
    const without = coloured.values.some(Number.isNaN)
      ? shown.colour.kind === 'attribution'
        ? 'not active in the image'
        : 'not known'
      : null;
    return html`<div class="corner">
      ${legend(this.quantity(), coloured.scale, palette, (value) => this.format(value), without)}
    </div>`;
  }

  /** What the colour says. */
  private quantity(): string {
    const { colour, prompts, image } = this.state;
    switch (colour.kind) {
      case 'firing-rate':
        return 'Firing rate';
      case 'alignment':
        return `Alignment with “${shortened(prompts[colour.prompt] ?? '')}”`;
      case 'attribution':
        return `Attribution for “${shortened(prompts[colour.prompt] ?? '')}” in ${fileName(image ?? '')}, points`;
    }
  }

  private format(value: number): string {
    if (Number.isNaN(value)) return '–';
    switch (this.state.colour.kind) {
      case 'firing-rate':
        return rate(value);
      case 'alignment':
        return signed(value);
      case 'attribution':
        return signedPoints(value);
    }
  }

  private hoverCard(): TemplateResult | typeof nothing {
    const point = this.hovered?.point;
    if (point === undefined || this.layout === null || this.layout.components[point] === undefined)
      return nothing;
    const component = this.layout.components[point];
    return html`<div class="card" role="tooltip">
      ${componentCard(
        component,
        this.layout.names[point] ?? '',
        this.summaries.get(component),
        this.facts(point),
        this.thumbnails,
      )}
    </div>`;
  }

  /** What is told of a point besides its name. */
  private facts(point: number): string[] {
    const map = this.shown?.map;
    const facts: string[] = [];
    const value = this.coloured?.values[point] ?? Number.NaN;
    switch (this.state.colour.kind) {
      case 'firing-rate':
        break;
      case 'alignment':
        if (!Number.isNaN(value)) facts.push(`alignment ${this.format(value)}`);
        break;
      case 'attribution':
        facts.push(Number.isNaN(value) ? 'not active in the image' : `attribution ${this.format(value)}`);
        break;
    }
    if (map) facts.push(`fires in ${rate(map.firingRates[point] ?? 0)} of images`);
    return facts;
  }

  private described(point: number): string {
    const component = this.layout?.components[point];
    const name = this.layout?.names[point] || 'no name';
    return `Latent ${component}, ${name}, ${this.facts(point).join(', ')}`;
  }

  private list(): TemplateResult {
    const { listed, layout } = this;
    const total = listed.points.length;
    const few = listed.points.slice(0, mostListed);
    const heading = {
      all: counted(total, 'component'),
      found: `${counted(total, 'component')} found`,
      lasso: `${count(total)} in the lasso`,
    }[listed.kind];
    return html`<clipsight-component-list
      .heading=${heading}
      .remark=${total > few.length ? `The first ${few.length} by ${this.orderedBy()}` : `By ${this.orderedBy()}`}
      .rows=${few.map((point) => ({
        point,
        component: layout!.components[point]!,
        name: layout!.names[point] ?? '',
        value: this.format(this.coloured?.values[point] ?? Number.NaN),
        facts: this.facts(point),
        summary: this.summaries.get(layout!.components[point]!),
      }))}
      .selected=${this.shown?.selected ?? null}
      .thumbnails=${this.thumbnails}
      ?clearable=${listed.kind === 'lasso'}
      @row-select=${(event: CustomEvent<number>) => this.select(event.detail)}
      @row-point=${(event: CustomEvent<number | null>) => this.point(event.detail)}
      @list-clear=${() => this.take([])}
      @list-close=${() => this.toggleList()}
    ></clipsight-component-list>`;
  }

  private orderedBy(): string {
    switch (this.state.colour.kind) {
      case 'firing-rate':
        return 'firing rate';
      case 'alignment':
        return 'magnitude of alignment';
      case 'attribution':
        return 'magnitude of attribution';
    }
  }

  private foot(): TemplateResult {
    const map = this.shown?.map ?? null;
    const judge = map === null ? null : judgement(map.grounds.judge);
    return html`<div class="foot">
      ${
        map === null
          ? nothing
          : html`<span>${counted(map.components.length, 'component')}, ${counted(map.grounds.images, 'image')}</span>
              <span title=${judge!.tooltip}>labels ${judge!.text}</span>`
      }
      <span class="layout">${this.working()}${map === null ? nothing : layoutName(map.layout)}</span>
    </div>`;
  }

  private working(): TemplateResult | typeof nothing {
    const { progress } = this;
    if (progress === null) return nothing;
    const { stage, done, total } = progress;
    return html`<span>${stage}</span
      ><progress aria-label=${stage} max=${Math.max(1, total)} .value=${done}></progress>`;
  }

  /** The state, or one with nothing in it before there is any. */
  private get state(): MapState {
    return this.shown ?? nothingYet;
  }

  private recolour(map: ComponentMap | null): void {
    const { palette, state: shown } = this;
    if (map === null || palette === null) {
      this.coloured = null;
      return;
    }
    const values = shown.values?.length === map.components.length ? shown.values : null;
    this.coloured = lookOf(map, shown.colour, values, this.sizing, palette);
  }

  private emphasise(): void {
    const { layout, lasso } = this;
    const text = this.sought.trim().toLowerCase();
    if (layout === null || (lasso === null && text === '')) {
      this.emphasis = null;
      return;
    }
    const chosen = lasso === null ? null : new Set(lasso);
    this.emphasis = Uint8Array.from(layout.components, (component, point) => {
      if (chosen !== null && !chosen.has(point)) return 0;
      if (text === '') return 1;
      return layout.names[point]!.toLowerCase().includes(text) || String(component) === text ? 1 : 0;
    });
  }

  private listNow(): Listed {
    const { emphasis, coloured } = this;
    const all = Array.from(coloured?.look.prominence ?? []);
    const points = emphasis === null ? all : all.filter((point) => emphasis[point] === 1);
    if (this.lasso !== null) return { kind: 'lasso', points };
    return { kind: this.sought.trim() === '' ? 'all' : 'found', points };
  }

  private wantSummaries(): void {
    const { layout, hovered } = this;
    if (layout === null) return;
    const listed = this.listOpen ? this.listed.points.slice(0, mostListed) : [];
    const points = hovered === null ? listed : [hovered.point, ...listed];
    this.summaries.want(
      points.map((point) => layout.components[point]!).filter((component) => component !== undefined),
    );
  }

  private seek(text: string): void {
    this.sought = text;
    this.updateComplete.then(
      () => {
        if (this.listed.kind === 'found')
          this.spoken = `${counted(this.listed.points.length, 'component')} found`;
      },
      () => undefined,
    );
  }

  private take(points: readonly number[]): void {
    this.lasso = points.length === 0 ? null : points;
    if (points.length > 0) {
      this.listOpen = true;
      this.lassoing = false;
      this.spoken = `${counted(points.length, 'component')} in the lasso`;
    }
  }

  private toggleLasso(): void {
    this.lassoing = !this.lassoing;
  }

  private toggleList(): void {
    this.listOpen = !this.listOpen;
    this.pointed = null;
  }

  private point(point: number | null): void {
    this.pointed = point;
  }

  private select(point: number): void {
    const component = this.layout?.components[point];
    if (component === undefined) return;
    this.spoken = `${this.described(point)}, selected`;
    this.ask(this.host.select({ component }));
  }

  private ask(answer: Promise<unknown>): void {
    answer.catch((thrown: unknown) => {
      this.refusal = toErrorInfo(thrown);
    });
  }

  private readTheme(): void {
    this.palette = paletteOf(readTheme(this.canvas ?? this));
  }

  /** Beside its point, inside the stage. Set from here, not in the markup: the page allows no inline style. */
  private placeCard(): void {
    const { card, hovered } = this;
    const stage = card?.parentElement;
    if (card === null || hovered === null || !stage) return;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const gap = 14;
    const right = hovered.x + gap + card.offsetWidth <= width;
    const left = right ? hovered.x + gap : Math.max(0, hovered.x - gap - card.offsetWidth);
    const top = Math.min(
      Math.max(4, hovered.y - card.offsetHeight / 2),
      Math.max(4, height - card.offsetHeight - 4),
    );
    card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}

const nothingYet: MapState = {
  revision: -1,
  map: null,
  prompts: [],
  image: null,
  colour: { kind: 'firing-rate' },
  values: null,
  selected: null,
  progress: null,
  error: null,
};

function layoutOf({ components, x, y, names }: ComponentMap): Layout {
  return { components, x, y, names };
}

/** Every state comes with a copy of the map: whether it is the one that is drawn. */
function sameMap(a: ComponentMap | null, b: ComponentMap | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.layout !== b.layout || a.names.length !== b.names.length) return false;
  return (
    equal(a.components, b.components) &&
    equal(a.x, b.x) &&
    equal(a.y, b.y) &&
    equal(a.firingRates, b.firingRates) &&
    a.names.every((name, i) => name === b.names[i])
  );
}

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function layoutName(layout: ComponentMap['layout']): TemplateResult {
  switch (layout) {
    case 'pca':
      return html`<span title="Principal component analysis: the two directions in which the components differ most"
        >PCA</span
      >`;
    case 'umap':
      return html`<span title="Neighbours on the map mean alike; distances between groups say little">UMAP</span>`;
  }
}

/** A share of images; a rare one keeps a digit that says something. */
function rate(share: number): string {
  return share > 0 && share < 0.001 ? `${Number((share * 100).toPrecision(1))}\u00a0%` : percent(share);
}

function signed(value: number): string {
  const text = value.toFixed(2);
  if (Number(text) === 0) return '0.00';
  return value > 0 ? `+${text}` : text.replace('-', '\u2212');
}

function shortened(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-component-map': ComponentMapView;
  }
}
