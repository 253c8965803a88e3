import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ComponentSummary } from '../../shared/library';
import type { Method } from '../../shared/measurement';
import { percent, signedPoints } from '../../shared/points';
import { barStyles } from '../components/bars';
import { dropdown } from '../components/controls';
import { emit } from '../components/events';
import { activation, count, raw } from '../components/format';
import { icons } from '../components/icons';
import { judgement } from '../components/naming';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';
import { componentBar, componentBarStyles } from './componentBar';
import {
  type Arrangement,
  arrange,
  type Component,
  type Filter,
  largestMagnitude,
  type Ordering,
  type Totals,
  totalsOf,
} from './components';
import { componentTableStyles } from './componentTableStyles';
import { type Disagreement, disagreement, disagreementRule, disagreements } from './disagreement';
import { dragFactor } from './factorDrag';
import { type Factors, factorOf, factorText, noFactors, readFactor, spokenFactor, stepped } from './factors';
import { identityCells, identityStyles, type KnownComponents, searchable, spokenIdentity } from './identity';
import { barMethods, methodTexts, valueText, valueTooltip } from './methods';
import { limits, type ViewState } from './viewState';

/** What the table remembers. */
export type TableOptions = Pick<ViewState, 'ordering' | 'limit' | 'sign'>;

/** A component, and what it is to be multiplied by. */
export interface Scaled {
  readonly component: number;
  readonly factor: number;
}

/**
 * Where the measured effects are: not asked for; on their way, for the first time or again (those shown are of the model
 * before the last change); there; or not to be had, and why.
 */
export type MeasuredState =
  | { readonly kind: 'off' | 'waiting' | 'behind' | 'there' }
  | { readonly kind: 'failed'; readonly message: string };

interface Column {
  readonly by: Ordering['by'];
  readonly name: string;
  readonly label: string;
  readonly tooltip: string;
}

/** Rows drawn beyond either end of what can be seen. */
const margin = 12;

/** Components that the library is asked of at once, at most. */
const mostWanted = 1000;

/** Milliseconds that the rows must stay the same before the library is asked of them. */
const patience = 120;

/**
 * The active components of an image as signed bars, what removing each measures, and where there is a library what they
 * are called and what they fire in. A component is switched off with its button, Space or Delete, and scaled by dragging
 * the end of its bar, with + and −, or by writing a factor; the table only says so, and shows the `factors` it is given.
 *
 * Only the rows that can be seen are in the document, so thousands of them cost what thirty do; `aria-rowcount` tells
 * the whole. Emits `options-change`; `component-open` (latent) on a click or Enter; `components-want` (latents) when
 * others are shown than before; `factor-set` (Scaled); while one is dragged `factor-hold` (Scaled) and then
 * `factor-release` (latent) or `factor-drop`; `method-choose` (Method); `measured-want` (boolean); `measured-retry`.
 */
@customElement('clipsight-component-table')
export class ComponentTable extends LitElement {
  static override styles = [theme, barStyles, componentBarStyles, identityStyles, componentTableStyles];

  @property({ attribute: false }) components: readonly Component[] = [];
  @property({ attribute: false }) options!: TableOptions;
  @property({ type: Boolean }) stale = false;
  /** Null where there is no library: the table then has numbers only. */
  @property({ attribute: false }) library: KnownComponents | null = null;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ attribute: false }) factors: Factors = noFactors;
  /** What is shown is of an earlier change, or of none: what it is with the `factors` is on its way. */
  @property({ type: Boolean }) behind = false;
  /** And it takes so long that it should be seen. */
  @property({ type: Boolean }) late = false;
  /** The same of the measured effects. */
  @property({ type: Boolean }) measuredLate = false;
  /** What the components' values are. */
  @property({ attribute: false }) method: Method = 'activation-gradient';
  /** A difference of prompts is shown, which not every method has. */
  @property({ type: Boolean }) versus = false;
  /** Why there are no values, to say in their place; null where there are. */
  @property({ attribute: false }) absent: TemplateResult | null = null;
  @property({ attribute: false }) measured: MeasuredState = { kind: 'off' };

  @state() private latent = '';
  @state() private minimumShare = 0;
  @state() private current = 0;
  @state() private first = 0;
  @state() private last = 2 * margin;
  /** The component that is being dragged, and how far it is. */
  @state() private drag: Scaled | null = null;
  /** The component whose factor is being written. */
  @state() private writing: number | null = null;
  @query('.rows') private rows!: HTMLElement | null;
  @query('[role=grid]') private grid!: HTMLElement | null;
  @query('.bubble') private bubble!: HTMLElement | null;
  private arrangement: Arrangement = { shown: [], omitted: totalsOf([]) };
  private totals: Totals = totalsOf([]);
  /** What a whole half of the bar's box stands for. */
  private largest = 0;
  /** Whether the last press of a bar's end became a drag. */
  private dragged = false;
  private disagreeing: ReadonlyMap<number, Disagreement> = new Map();
  private wanted: readonly number[] = [];
  private asking: ReturnType<typeof setTimeout> | undefined;

  private readonly onScroll = () => this.look();
  private readonly resized = new ResizeObserver(this.onScroll);

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('scroll', this.onScroll, { passive: true });
    window.addEventListener('resize', this.onScroll, { passive: true });
    // What stands above may grow or shrink, which moves the rows without a scroll.
    this.resized.observe(document.body);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('scroll', this.onScroll);
    window.removeEventListener('resize', this.onScroll);
    this.resized.disconnect();
    clearTimeout(this.asking);
    this.wanted = [];
  }

  /** Whether the end of a bar is held. */
  get dragging(): boolean {
    return this.drag !== null;
  }

  /** Lists what its own filters leave out. */
  clearFilters(): void {
    this.latent = '';
    this.minimumShare = 0;
    for (const field of this.renderRoot.querySelectorAll<HTMLElement & { value: string }>(
      'vscode-text-field',
    ))
      field.value = '';
  }

  /** Brings a component's row into view and makes it the current one; false where it is not listed. */
  reveal(latent: number): boolean {
    const index = this.arrangement.shown.findIndex((component) => component.latent === latent);
    if (index < 0) return false;
    this.current = index;
    this.scrollToRow(index);
    this.grid?.focus({ preventScroll: true });
    return true;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('components') || changed.has('measured') || changed.has('method')) this.take();
    const learned = changed.has('library') && this.latent !== '';
    const rearranged = ['options', 'latent', 'minimumShare', 'drag'].some((name) => changed.has(name));
    if (changed.has('components') || learned || rearranged) this.arrange();
    this.want();
  }

  override render(): TemplateResult {
    return html`${this.sums()}${this.tools()}${this.table()}${
      this.drag === null
        ? nothing
        : html`<output class="bubble" aria-live="off">${factorText(this.drag.factor)}</output>`
    }`;
  }

  protected override updated(changed: PropertyValues): void {
    const { rows } = this;
    if (changed.has('writing') && this.writing !== null) {
      const input = this.renderRoot.querySelector<HTMLInputElement>('input.factor');
      input?.focus({ preventScroll: true });
      input?.select();
    }
    // A drag moves nothing but what it drags: there is nothing to look at, and looking costs a layout.
    if (rows === null || this.drag !== null) return;
    rows.style.paddingTop = `${this.first * rowHeight(rows)}px`;
    rows.style.paddingBottom = `${Math.max(0, this.arrangement.shown.length - this.last) * rowHeight(rows)}px`;
    this.look();
  }

  /** Works out what is the same for all rows. */
  private take(): void {
    this.totals = totalsOf(this.components);
    // While a bar is dragged the others keep their scale.
    if (this.drag === null || this.largest === 0) this.largest = this.scale();
    this.disagreeing = this.compareMeasured();
  }

  /** The longest bar, or the tick farthest out. */
  private scale(): number {
    const ticks = this.onOneAxis ? this.components.map(({ measured }) => Math.abs(measured ?? 0)) : [];
    return ticks.reduce((a, b) => Math.max(a, b), largestMagnitude(this.components));
  }

  private arrange(): void {
    if (this.drag !== null) {
      const now = new Map(this.components.map((component) => [component.latent, component]));
      const shown = this.arrangement.shown.map((component) => now.get(component.latent) ?? component);
      this.arrangement = { ...this.arrangement, shown };
      return;
    }
    this.largest = this.scale();
    const { ordering, limit } = this.options;
    const most = limit === 'all' ? Number.POSITIVE_INFINITY : Number(limit);
    const calling = (latent: number) => searchable(this.summary(latent));
    this.arrangement = arrange(this.components, this.filter, ordering, most, calling);
    this.current = Math.max(0, Math.min(this.current, this.arrangement.shown.length - 1));
  }

  /** Whether bars and measured effects are in the same unit, and not the same thing. */
  private get onOneAxis(): boolean {
    return (
      this.measured.kind !== 'off' && this.method !== 'ablation' && methodTexts[this.method].unit === 'points'
    );
  }

  private compareMeasured(): ReadonlyMap<number, Disagreement> {
    if (!this.onOneAxis || this.measured.kind !== 'there' || this.behind) return new Map();
    const largest = this.components.reduce(
      (most, { attribution, measured }) => Math.max(most, Math.abs(attribution), Math.abs(measured ?? 0)),
      0,
    );
    return new Map(
      this.components.flatMap(({ latent, attribution, measured }) => {
        const how = measured === null ? null : disagreement(attribution, measured, largest);
        return how === null ? [] : [[latent, how] as const];
      }),
    );
  }

  private get filter(): Filter {
    return { sign: this.options.sign, latent: this.latent, minimumShare: this.minimumShare };
  }

  private get comparing(): boolean {
    return this.components.some(({ before }) => before !== null);
  }

  private summary(latent: number): ComponentSummary | undefined {
    return this.library?.summaries.get(latent);
  }

  private factor(latent: number): number {
    return this.drag?.component === latent ? this.drag.factor : factorOf(this.factors, latent);
  }

  private sums(): TemplateResult {
    const { count: active, positive, negative } = this.totals;
    const { shown, omitted } = this.arrangement;
    const { method, measured } = this;
    const text = (value: number) => valueText(method, value);
    return html`<div class="summary ${this.stale ? 'stale' : ''}">
      <span><b>${count(active)}</b> active</span>
      <span>positive <b>${text(positive)}</b></span>
      <span>negative <b>${text(negative)}</b></span>
      <span title=${sumTooltip(method)}>sum <b>${text(positive + negative)}</b></span>
      ${
        omitted.count === 0
          ? nothing
          : html`<span class="omitted"
            >not listed: <b>${count(omitted.count)}</b> of ${count(shown.length + omitted.count)}, together
            <b>${text(omitted.positive + omitted.negative)}</b>, ${percent(omitted.share)} of Σ|A|</span
          >`
      }
      ${
        this.onOneAxis
          ? html`<span title=${disagreementRule}
            >measured otherwise: <b>${measured.kind === 'there' && !this.behind ? count(this.disagreeing.size) : '…'}</b></span
          >`
          : nothing
      }
      ${this.library === null ? nothing : judge(this.library.judge)}
      ${
        measured.kind === 'failed'
          ? html`<span class="failed"
            >Not measured: ${measured.message}
            <button class="plain" @click=${() => emit(this, 'measured-retry', null)}>Try again</button></span
          >`
          : nothing
      }
    </div>`;
  }

  private tools(): TemplateResult {
    const { limit, sign } = this.options;
    const { method, measured } = this;
    const on = measured.kind !== 'off';
    const busy = measured.kind === 'waiting' || measured.kind === 'behind';
    return html`<div class="tools" role="group" aria-label="Which components to list">
      <div>
      <label class="method"
        ><span aria-hidden="true">Bars show</span>${dropdown(
          'Bars show',
          barMethods.map((value) => ({
            value,
            label: methodTexts[value].label,
            unavailable: (this.versus ? methodTexts[value].notVersus : null) ?? undefined,
          })),
          method,
          (value) => emit(this, 'method-choose', value),
        )}</label
      >
      <button
        class="plain switch"
        aria-pressed=${on}
        title="Remove every component in turn, run the model, and show what that does to the score beside its bar"
        @click=${() => emit(this, 'measured-want', !on)}
      >
        ${busy ? html`<vscode-progress-ring aria-hidden="true"></vscode-progress-ring>` : icons.measure}<span
          >Measured</span
        >${busy ? html`<span class="unseen">, under way</span>` : nothing}
      </button>
      </div>
      <div>
      <label
        ><span aria-hidden="true">List</span>${dropdown(
          'How many components to list',
          limits.map((value) => ({ value, label: value === 'all' ? 'all' : `first ${value}` })),
          limit,
          (value) => this.change({ limit: value }),
        )}</label
      >
      <label
        ><span aria-hidden="true">Sign</span>${dropdown(
          'Sign of the attribution',
          [
            { value: 'any', label: 'any' },
            { value: 'positive', label: 'positive' },
            { value: 'negative', label: 'negative' },
          ],
          sign,
          (value) => this.change({ sign: value }),
        )}</label
      >
      <vscode-text-field
        class=${this.library === null ? '' : 'text'}
        placeholder="any"
        title=${this.library === null ? nothing : textFilterTooltip}
        @input=${(event: InputEvent) => {
          this.latent = (event.target as HTMLInputElement).value.trim();
        }}
        >${this.library === null ? 'Latent' : 'Latent or label'}</vscode-text-field
      >
      <vscode-text-field
        placeholder="0"
        @input=${(event: InputEvent) => {
          const value = Number((event.target as HTMLInputElement).value.replace(',', '.'));
          this.minimumShare = Number.isFinite(value) ? value / 100 : 0;
        }}
        >Share ≥ %</vscode-text-field
      >
      </div>
    </div>`;
  }

  private table(): TemplateResult {
    if (this.absent !== null) return html`<div class="message" role="status">${this.absent}</div>`;
    const { shown } = this.arrangement;
    if (shown.length === 0) {
      const looking = this.wanted.some((latent) => this.summary(latent) === undefined);
      return html`<p class="message" role="status">
        ${looking ? 'Looking up labels…' : 'No component passes the filter.'}
      </p>`;
    }
    const drawn = shown.slice(this.first, this.last);
    const classes = [
      this.library === null ? '' : 'with-library',
      this.measured.kind === 'off' ? '' : 'with-ticks',
      this.late && this.drag === null ? 'late' : '',
      this.measuredLate ? 'measured-late' : '',
      this.drag === null ? '' : 'dragging',
    ];
    return html`<div
      role="grid"
      class=${classes.join(' ')}
      aria-label="Components"
      aria-description="Space switches a component off or on, plus and minus scale it, F2 writes its factor, Escape takes that back."
      aria-rowcount=${shown.length + 1}
      aria-colcount=${6 + (this.library === null ? 0 : 1) + (this.measured.kind === 'off' ? 0 : 1)}
      aria-busy=${this.stale || this.behind}
      aria-activedescendant=${`row-${this.current}`}
      tabindex="0"
      @keydown=${this.onKey}
    >
      <div role="row" class="head" aria-rowindex="1">${this.heads()}</div>
      <div
        class="rows ${this.stale ? 'stale' : ''}"
        role="rowgroup"
        @pointerdown=${() => {
          this.dragged = false;
        }}
      >
        ${repeat(
          drawn,
          ({ latent }) => latent,
          (component, index) => this.row(component, this.first + index),
        )}
      </div>
    </div>`;
  }

  private get columns(): Column[] {
    const { column, tooltip } = methodTexts[this.method];
    return [
      { by: 'attribution', name: 'number', label: column, tooltip },
      ...(this.measured.kind === 'off'
        ? []
        : [
            {
              by: 'measured',
              name: 'number measured-head',
              label: 'Measured',
              tooltip: `y − y with the component removed, by running the model, in points (× 100); the tick on the bar.\n${disagreementRule}`,
            } as const,
          ]),
      {
        by: 'share',
        name: 'number share',
        label: 'Share',
        tooltip: '|A_j| as a share of Σ|A| over all active components',
      },
      {
        by: 'activation',
        name: 'number activation',
        label: 'Activation',
        tooltip: 'z_j, the largest over tokens',
      },
    ];
  }

  private heads(): TemplateResult[] {
    const unseen = (label: string, name = '') =>
      html`<span role="columnheader" class=${name}><span class="unseen">${label}</span></span>`;
    const latent = {
      by: 'latent',
      name: 'number latent',
      label: 'Latent',
      tooltip: 'Number of the latent in the dictionary',
    };
    const pictures = this.library === null ? [] : [unseen('Fires in', 'thumbnails')];
    return [
      unseen('Switched off'),
      ...pictures,
      this.head(latent as Column),
      unseen('Bar'),
      ...this.columns.map((column) => this.head(column)),
    ];
  }

  private head({ by, name, label, tooltip }: Column): TemplateResult {
    const { ordering } = this.options;
    const arrow = ordering.descending ? icons.sortedDown : icons.sortedUp;
    const button = (key: Ordering['by'], text: string, hint: string, extra = '') => {
      const sorted = ordering.by === key;
      return html`<button class="plain ${extra} ${sorted ? 'sorted' : ''}" title=${hint} @click=${() => this.sortBy(key)}
        >${text}${sorted ? arrow : nothing}</button
      >`;
    };
    const sorted = ordering.by === by || (by === 'attribution' && ordering.by === 'change');
    return html`<span
      role="columnheader"
      class=${name}
      aria-sort=${sorted ? (ordering.descending ? 'descending' : 'ascending') : nothing}
      >${button(by, label, tooltip)}${
        by === 'attribution' && this.comparing
          ? button('change', 'Δ', 'Order by how much the changes moved it', 'delta')
          : nothing
      }</span
    >`;
  }

  private row(component: Component, index: number): TemplateResult {
    const { latent } = component;
    const { library } = this;
    const summary = this.summary(latent);
    const factor = this.factor(latent);
    const state = `${factor === 1 ? '' : 'changed'} ${factor === 0 ? 'off' : ''}`;
    return html`<div
      role="row"
      id=${`row-${index}`}
      class="${index === this.current ? 'current' : ''} ${state}"
      aria-rowindex=${index + 2}
      aria-selected=${library?.selected === latent}
      aria-label=${this.rowLabel(component, spokenIdentity(latent, summary), factor)}
      @click=${() => {
        // The end of a drag is no click on the row.
        if (this.dragged) return;
        this.current = index;
        emit(this, 'component-open', latent);
      }}
    >
      <span role="gridcell">${this.power(latent, index, factor, spokenIdentity(latent, summary))}</span>
      ${
        library === null
          ? html`<span role="gridcell" class="identity-cell"
            ><span class="latent">${latent}</span><span class="second">${this.badge(latent, index, factor)}</span></span
          >`
          : identityCells(latent, summary, this.thumbnails, this.badge(latent, index, factor))
      }
      ${this.bar(component, index, factor)}${this.numbers(component)}
    </div>`;
  }

  private power(latent: number, index: number, factor: number, identity: string): TemplateResult {
    const off = factor === 0;
    return html`<button
      class="power"
      tabindex="-1"
      aria-pressed=${off}
      aria-label=${`Switched off: ${identity}`}
      title=${off ? 'Switch on again (Space)' : 'Switch off (Space)'}
      @mousedown=${(event: Event) => this.takeFocus(event, index)}
      @click=${(event: Event) => {
        event.stopPropagation();
        this.set(latent, off ? 1 : 0);
      }}
    >
      ${icons.power}
    </button>`;
  }

  private badge(latent: number, index: number, factor: number): TemplateResult {
    if (this.writing === latent) {
      return html`<input
        class="factor"
        inputmode="decimal"
        maxlength="8"
        aria-label="Factor, from 0 to 10"
        .value=${String(factor)}
        @click=${(event: Event) => event.stopPropagation()}
        @keydown=${(event: KeyboardEvent) => this.onFactorKey(event, latent)}
        @focusout=${(event: FocusEvent) => this.write(event.currentTarget as HTMLInputElement, latent)}
      />`;
    }
    return html`<button
      class="plain badge"
      tabindex="-1"
      aria-label=${`Factor ${factor}, write another`}
      title="Click to write a factor (F2); + and − change it, Escape sets it back to 1"
      @mousedown=${(event: Event) => this.takeFocus(event, index)}
      @click=${(event: Event) => {
        event.stopPropagation();
        this.writing = latent;
      }}
    >
      ${factorText(factor)}
    </button>`;
  }

  private bar(component: Component, index: number, factor: number): TemplateResult {
    const { attribution, before, measured } = component;
    const fraction = (value: number) => (this.largest === 0 ? 0 : value / this.largest);
    const whole = this.whole(component);
    return html`<span
      role="gridcell"
      class="bar-box"
      @pointerdown=${(event: PointerEvent) => this.press(event, component, index)}
      >${componentBar({
        value: fraction(attribution),
        before: before === null || before.attribution === attribution ? null : fraction(before.attribution),
        measured: this.onOneAxis && measured !== null ? fraction(measured) : null,
        handle: fraction(whole) * factor,
      })}</span
    >`;
  }

  private numbers({
    latent,
    attribution,
    share,
    activation: z,
    before,
    measured,
  }: Component): TemplateResult {
    const { method } = this;
    const was =
      before === null
        ? ''
        : `\nWithout the changes ${valueText(method, before.attribution)}, difference ${valueText(method, attribution - before.attribution)}`;
    return html`<span role="gridcell" class="number" title=${`${valueTooltip(method, attribution)}${was}`}
        >${
          before === null
            ? valueText(method, attribution)
            : html`<span class="wide muted">${valueText(method, before.attribution)} → </span
              >${valueText(method, attribution)}<span class="second"
                ><span class="wide">Δ ${valueText(method, attribution - before.attribution)}</span
                ><span class="narrow">was ${valueText(method, before.attribution)}</span></span
              >`
        }</span
      >
      ${this.measured.kind === 'off' ? nothing : this.measuredCell(latent, attribution, measured)}
      <span role="gridcell" class="number share"
        >${percent(share)}${before === null ? nothing : html`<span class="second">was ${percent(before.share)}</span>`}</span
      >
      <span role="gridcell" class="number activation" title=${raw(z)}
        >${activation(z)}${
          before === null || before.activation === z
            ? nothing
            : html`<span class="second">was ${activation(before.activation)}</span>`
        }</span
      >`;
  }

  private measuredCell(latent: number, attribution: number, measured: number | null): TemplateResult {
    const missing = this.measured.kind === 'waiting' || this.measured.kind === 'behind' ? '…' : '–';
    const how = this.disagreeing.get(latent);
    const tooltip =
      measured === null
        ? nothing
        : how === undefined
          ? `${raw(measured)} of cosine`
          : `Attribution ${signedPoints(attribution)}, measured ${signedPoints(measured)} points.\n${disagreements[how]}\n${disagreementRule}`;
    return html`<span role="gridcell" class="number measured" title=${tooltip}
      >${how === undefined ? nothing : icons.warning}${measured === null ? missing : signedPoints(measured)}</span
    >`;
  }

  private rowLabel(
    { latent, attribution, share, activation: z, before, measured }: Component,
    identity: string,
    factor: number,
  ): string {
    const { spoken, unit } = methodTexts[this.method];
    const value = (number: number) =>
      `${valueText(this.method, number)}${unit === 'points' ? ' points' : ''}`;
    return `${identity}${factor === 1 ? '' : `, ${spokenFactor(factor)}`}: ${[
      `${spoken} ${value(attribution)}`,
      ...(before === null
        ? []
        : [`before ${value(before.attribution)}`, `difference ${value(attribution - before.attribution)}`]),
      ...(measured === null || this.measured.kind === 'off'
        ? []
        : [`measured effect ${signedPoints(measured)} points`]),
      ...(this.disagreeing.has(latent) ? ['which disagree'] : []),
      `${percent(share)} of the absolute sum`,
      `activation ${activation(z)}`,
    ].join(', ')}`;
  }

  /** What the bar would be at a factor of 1, as far as that is known. */
  private whole({ latent, attribution, before }: Component): number {
    if (before !== null) return before.attribution;
    const factor = factorOf(this.factors, latent);
    return factor === 0 ? 0 : attribution / (this.behind ? 1 : factor);
  }

  private press(event: PointerEvent, component: Component, index: number): void {
    const grip = event.composedPath()[0];
    if (event.button !== 0 || !isGrip(event) || !(grip instanceof Element)) return;
    this.takeFocus(event, index);
    const { latent } = component;
    const half = grip.closest('.bar-box')!.getBoundingClientRect().width / 2;
    const whole = this.whole(component);
    const length = this.largest === 0 ? 0 : (Math.abs(whole) / this.largest) * half;
    dragFactor(event, grip, factorOf(this.factors, latent), length, whole < 0 ? -1 : 1, {
      onMove: (factor, x, y) => this.hold({ component: latent, factor }, x, y),
      onEnd: (kept) => {
        const held = this.drag !== null;
        this.drag = null;
        if (held && kept) emit(this, 'factor-release', latent);
        else if (held) emit(this, 'factor-drop', null);
      },
    });
  }

  private async hold(scaled: Scaled, x: number, y: number): Promise<void> {
    const same = this.drag?.factor === scaled.factor;
    this.dragged = true;
    this.drag = scaled;
    if (!same) emit(this, 'factor-hold', scaled);
    await this.updateComplete;
    if (this.bubble === null) return;
    this.bubble.style.left = `${Math.max(28, Math.min(x, window.innerWidth - 28))}px`;
    this.bubble.style.top = `${Math.max(36, y)}px`;
  }

  private set(component: number, factor: number): void {
    if (factor !== factorOf(this.factors, component)) emit<Scaled>(this, 'factor-set', { component, factor });
  }

  /** The row is the current one, and the keys go on from there; the button itself takes no focus. */
  private takeFocus(event: Event, index: number): void {
    event.preventDefault();
    this.current = index;
    this.grid?.focus({ preventScroll: true });
  }

  private onFactorKey(event: KeyboardEvent, latent: number): void {
    event.stopPropagation();
    const input = event.currentTarget as HTMLInputElement;
    if (event.key === 'Enter') {
      const factor = readFactor(input.value);
      input.setAttribute('aria-invalid', String(factor === null));
      if (factor === null) return;
      this.writing = null;
      this.set(latent, factor);
    } else if (event.key === 'Escape') {
      this.writing = null;
    } else {
      return;
    }
    event.preventDefault();
    this.grid?.focus({ preventScroll: true });
  }

  /** Left with the mouse: takes what can be read. */
  private write(input: HTMLInputElement, latent: number): void {
    if (this.writing !== latent) return;
    const factor = readFactor(input.value);
    this.writing = null;
    if (factor !== null) this.set(latent, factor);
  }

  private sortBy(by: Ordering['by']): void {
    const { ordering } = this.options;
    const descending = ordering.by === by ? !ordering.descending : by !== 'latent';
    this.change({ ordering: { by, descending } });
  }

  private change(options: Partial<TableOptions>): void {
    emit(this, 'options-change', { ...this.options, ...options });
  }

  /** Finds out which rows can be seen. */
  private look(): void {
    const { rows } = this;
    if (rows === null) return;
    const height = rowHeight(rows);
    const { top } = rows.getBoundingClientRect();
    const { length } = this.arrangement.shown;
    const visible = Math.ceil(window.innerHeight / height);
    const first = Math.max(0, Math.min(Math.floor(-top / height), length - visible) - margin);
    // In steps, so that not every pixel scrolled redraws.
    this.first = first - (first % margin);
    this.last = Math.min(length, this.first + visible + 3 * margin);
  }

  /** Says, once the rows have come to rest, which components are shown. */
  private want(): void {
    if (this.library === null) {
      clearTimeout(this.asking);
      this.wanted = [];
      return;
    }
    const drawn = this.arrangement.shown.slice(this.first, this.last).map(({ latent }) => latent);
    // To find a word all must be known, not only those already found; what is changed is called by its name.
    const looking = /\D/.test(this.latent) ? this.components.map(({ latent }) => latent) : [];
    const latents = [...new Set([...drawn, ...this.factors.keys(), ...looking])].slice(0, mostWanted);
    if (latents.join() === this.wanted.join()) return;
    this.wanted = latents;
    clearTimeout(this.asking);
    this.asking = setTimeout(() => emit(this, 'components-want', latents), patience);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.changeByKey(event.key)) {
      event.preventDefault();
      return;
    }
    const last = this.arrangement.shown.length - 1;
    const next = {
      ArrowDown: this.current + 1,
      ArrowUp: this.current - 1,
      PageDown: this.current + 10,
      PageUp: this.current - 10,
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.current = Math.max(0, Math.min(next, last));
    this.scrollToRow(this.current);
  }

  /** What a key does to the current component; false if it is none of these keys. */
  private changeByKey(key: string): boolean {
    const component = this.arrangement.shown[this.current];
    if (component === undefined) return false;
    const { latent } = component;
    const factor = factorOf(this.factors, latent);
    switch (key) {
      case 'Enter':
        emit(this, 'component-open', latent);
        return true;
      case ' ':
      case 'Delete':
        this.set(latent, factor === 0 ? 1 : 0);
        return true;
      case '0':
        this.set(latent, 0);
        return true;
      case '+':
      case '=':
        this.set(latent, stepped(factor, 1));
        return true;
      case '-':
      case '−':
        this.set(latent, stepped(factor, -1));
        return true;
      case 'Escape':
      case 'Backspace':
        this.set(latent, 1);
        return true;
      case 'F2':
        this.writing = latent;
        return true;
      default:
        return false;
    }
  }

  private scrollToRow(index: number): void {
    const { rows, grid } = this;
    if (rows === null || grid === null) return;
    const height = rowHeight(rows);
    const top = rows.getBoundingClientRect().top + index * height;
    const head = grid.firstElementChild?.getBoundingClientRect().height ?? 0;
    if (top < head) window.scrollBy(0, top - head);
    else if (top + height > window.innerHeight) window.scrollBy(0, top + height - window.innerHeight);
  }
}

/** In pixels; rows are all equally high, and there is at least one. */
function rowHeight(rows: HTMLElement): number {
  return rows.firstElementChild?.getBoundingClientRect().height || 24;
}

function isGrip(event: Event): boolean {
  const [target] = event.composedPath();
  return target instanceof Element && target.classList.contains('grip');
}

const textFilterTooltip = `A part of the number, the name or the label. Labels are looked up for ${count(mostWanted)} components at most.`;

function sumTooltip(method: Method): string {
  switch (method) {
    case 'activation-gradient':
      return 'Attributions do not add up to the similarity';
    case 'integrated-gradients':
      return 'They add up to y less y without all components, but for the steps of the integral';
    case 'ablation':
      return 'Effects of removing one at a time do not add up to that of removing all';
    case 'logit-lens':
    case 'activation-logit-lens':
    case 'energy':
    case 'random':
      return 'The sum of the values above';
  }
}

function judge(id: string | null): TemplateResult {
  const { text, tooltip } = judgement(id);
  return html`<span class="judge" title=${tooltip}>labels <b>${text}</b></span>`;
}
