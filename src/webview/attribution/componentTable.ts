import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ComponentSummary } from '../../shared/library';
import { barStyles, signedBar } from '../components/bars';
import { dropdown } from '../components/controls';
import { emit } from '../components/events';
import { activation, count, percent, raw, signedPoints } from '../components/format';
import { icons } from '../components/icons';
import { judgement } from '../components/naming';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';
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
import { identityCells, identityStyles, type KnownComponents, searchable, spokenIdentity } from './identity';
import { limits, type ViewState } from './viewState';

/** What the table remembers. */
export type TableOptions = Pick<ViewState, 'ordering' | 'limit' | 'sign'>;

const columns: readonly { readonly by: Ordering['by']; readonly label: string; readonly tooltip: string }[] =
  [
    { by: 'latent', label: 'Latent', tooltip: 'Number of the latent in the dictionary' },
    { by: 'attribution', label: 'Attribution', tooltip: 'A_j in points (× 100), signed' },
    { by: 'share', label: 'Share', tooltip: '|A_j| as a share of Σ|A| over all active components' },
    { by: 'activation', label: 'Activation', tooltip: 'z_j, the largest over tokens' },
  ];

/** Rows drawn beyond either end of what can be seen. */
const margin = 12;

/** Components that the library is asked of at once, at most. */
const mostWanted = 1000;

/** Milliseconds that the rows must stay the same before the library is asked of them. */
const patience = 120;

/**
 * The active components of an image as signed bars, and where there is a library what they are called and what
 * they fire in. Only the rows that can be seen are in the document, so thousands of them cost what thirty do;
 * `aria-rowcount` tells the whole. Emits `options-change`, `component-open` (latent) on a click or Enter, and
 * `components-want` (latents) when others are shown than before.
 */
@customElement('clipsight-component-table')
export class ComponentTable extends LitElement {
  static override styles = [
    theme,
    barStyles,
    identityStyles,
    css`
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 6px 12px;
        margin-block: 6px;
      }
      .tools > label {
        display: grid;
        gap: 2px;
      }
      .tools > label > span,
      .tools > vscode-text-field::part(label) {
        color: var(--muted);
        font-size: 0.9em;
        line-height: 1.3;
      }
      .tools vscode-dropdown {
        width: 96px;
        min-width: 0;
      }
      .tools vscode-text-field {
        width: 80px;
        --input-min-width: 0;
      }
      .tools vscode-text-field.text {
        width: 128px;
      }
      .summary {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
        margin-block: 4px;
      }
      .summary b {
        font-weight: 600;
      }
      [role='grid'] {
        --row: calc(var(--vscode-font-size, 13px) + 11px);
        outline: none;
      }
      [role='row'] {
        display: grid;
        grid-template-columns: 64px minmax(60px, 1fr) 92px 68px 88px;
        align-items: center;
        column-gap: 8px;
        height: var(--row);
        padding-inline: 4px 8px;
        border: 1px solid transparent;
      }
      .head {
        position: sticky;
        z-index: 1;
        top: 0;
        height: 28px;
        color: var(--muted);
        background: var(--vscode-editor-background);
        border-block-color: var(--line);
      }
      .head button {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        height: 22px;
        border-radius: 3px;
        white-space: nowrap;
      }
      .head button:hover {
        color: var(--vscode-foreground);
      }
      .head [aria-sort] button {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
      .head svg.icon {
        width: 12px;
        height: 12px;
      }
      .number {
        text-align: end;
        white-space: nowrap;
      }
      .head .number button {
        flex-direction: row-reverse;
      }
      .latent {
        text-align: end;
      }
      .bar-box {
        height: calc(var(--row) - 4px);
      }
      .rows {
        /* Rows come and go with scrolling: the browser must not scroll to make up for it. */
        overflow-anchor: none;
      }
      .rows > [role='row']:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--contrast-active);
        border-style: dashed;
      }
      .rows > [aria-selected='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        background: var(--vscode-list-inactiveSelectionBackground);
        border-color: var(--contrast-active);
        border-style: dotted;
      }
      [role='grid']:focus .rows > [aria-selected='true'] {
        color: var(--vscode-list-activeSelectionForeground, inherit);
        background: var(--vscode-list-activeSelectionBackground);
        --muted: currentColor;
      }
      [role='grid']:focus-visible .current {
        border: 1px solid var(--focus);
      }
      /* With a library rows are of two lines, and columns go by the room of the table: thumbnails go first. */
      .with-library {
        --row: calc(2 * var(--vscode-font-size, 13px) + 12px);
        container-type: inline-size;
      }
      .with-library [role='row'] {
        grid-template-columns: 100px minmax(110px, 1.6fr) minmax(60px, 1fr) 88px 64px 76px;
      }
      .with-library .bar-box {
        height: 18px;
      }
      .with-library .head .latent {
        text-align: start;
      }
      .with-library .head .latent button {
        flex-direction: row;
      }
      @container (max-width: 619px) {
        .with-library [role='row'] {
          grid-template-columns: 66px minmax(96px, 1.6fr) minmax(48px, 1fr) 76px 60px 72px;
          column-gap: 6px;
        }
        .thumbnails > :nth-child(n + 3) {
          display: none;
        }
      }
      @container (max-width: 459px) {
        .with-library [role='row'] {
          grid-template-columns: minmax(72px, 1.4fr) minmax(40px, 1fr) 76px 60px 68px;
          column-gap: 4px;
          padding-inline: 0 4px;
        }
        [role='row'] > .thumbnails {
          display: none;
        }
      }
      .message {
        padding: 14px 8px;
        color: var(--muted);
      }
      @media (forced-colors: active) {
        .rows > [role='row'] {
          border-color: Canvas;
        }
        .rows > [aria-selected='true'] {
          border-color: Highlight;
        }
      }
      @media (max-width: 519px) {
        [role='row'] {
          grid-template-columns: 52px minmax(48px, 1fr) 76px 60px 68px;
          column-gap: 4px;
          padding-inline: 0 4px;
        }
      }
      /* Too narrow for the activation, which a row's name still says. */
      @media (max-width: 359px) {
        [role='row'] {
          grid-template-columns: 44px minmax(40px, 1fr) 76px 62px;
        }
        [role='row'] > :last-child {
          display: none;
        }
      }
      @container (max-width: 359px) {
        .with-library [role='row'] {
          grid-template-columns: minmax(64px, 1.6fr) minmax(36px, 1fr) 76px 62px;
        }
        .with-library [role='row'] > :last-child {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) components: readonly Component[] = [];
  @property({ attribute: false }) options!: TableOptions;
  @property({ type: Boolean }) stale = false;
  /** Null where there is no library: the table then has numbers only. */
  @property({ attribute: false }) library: KnownComponents | null = null;
  @property({ attribute: false }) thumbnails!: Thumbnails;

  @state() private latent = '';
  @state() private minimumShare = 0;
  @state() private current = 0;
  @state() private first = 0;
  @state() private last = 2 * margin;
  @query('.rows') private rows!: HTMLElement | null;
  @query('[role=grid]') private grid!: HTMLElement | null;
  private arrangement: Arrangement = { shown: [], omitted: totalsOf([]) };
  private totals: Totals = totalsOf([]);
  private largest = 0;
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

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('components')) {
      this.totals = totalsOf(this.components);
      this.largest = largestMagnitude(this.components);
    }
    const learned = changed.has('library') && this.latent !== '';
    if (learned || ['components', 'options', 'latent', 'minimumShare'].some((name) => changed.has(name))) {
      const { ordering, limit } = this.options;
      const shown = limit === 'all' ? Number.POSITIVE_INFINITY : Number(limit);
      const calling = (latent: number) => searchable(this.summary(latent));
      this.arrangement = arrange(this.components, this.filter, ordering, shown, calling);
      this.current = Math.max(0, Math.min(this.current, this.arrangement.shown.length - 1));
    }
    this.want();
  }

  override render(): TemplateResult {
    return html`${this.sums()}${this.tools()}${this.table()}`;
  }

  protected override updated(): void {
    const { rows } = this;
    if (rows === null) return;
    rows.style.paddingTop = `${this.first * rowHeight(rows)}px`;
    rows.style.paddingBottom = `${Math.max(0, this.arrangement.shown.length - this.last) * rowHeight(rows)}px`;
    this.look();
  }

  private get filter(): Filter {
    return { sign: this.options.sign, latent: this.latent, minimumShare: this.minimumShare };
  }

  private summary(latent: number): ComponentSummary | undefined {
    return this.library?.summaries.get(latent);
  }

  private sums(): TemplateResult {
    const { count: active, positive, negative } = this.totals;
    const { shown, omitted } = this.arrangement;
    return html`<div class="summary ${this.stale ? 'stale' : ''}">
      <span><b>${count(active)}</b> active</span>
      <span>positive <b>${signedPoints(positive)}</b></span>
      <span>negative <b>${signedPoints(negative)}</b></span>
      <span title="Attributions do not add up to the similarity">sum <b>${signedPoints(positive + negative)}</b></span>
      ${
        omitted.count === 0
          ? nothing
          : html`<span class="omitted"
            >not listed: <b>${count(omitted.count)}</b> of ${count(shown.length + omitted.count)}, together
            <b>${signedPoints(omitted.positive + omitted.negative)}</b>, ${percent(omitted.share)} of Σ|A|</span
          >`
      }
      ${this.library === null ? nothing : judge(this.library.judge)}
    </div>`;
  }

  private tools(): TemplateResult {
    const { limit, sign } = this.options;
    return html`<div class="tools" role="group" aria-label="Which components to list">
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
    </div>`;
  }

  private table(): TemplateResult {
    const { shown } = this.arrangement;
    if (shown.length === 0) {
      const looking = this.wanted.some((latent) => this.summary(latent) === undefined);
      return html`<p class="message" role="status">
        ${looking ? 'Looking up labels…' : 'No component passes the filter.'}
      </p>`;
    }
    const drawn = shown.slice(this.first, this.last);
    return html`<div
      role="grid"
      class=${this.library === null ? '' : 'with-library'}
      aria-label="Components"
      aria-readonly="true"
      aria-rowcount=${shown.length + 1}
      aria-colcount=${this.library === null ? 5 : 6}
      aria-busy=${this.stale}
      aria-activedescendant=${`row-${this.current}`}
      tabindex="0"
      @keydown=${this.onKey}
    >
      <div role="row" class="head" aria-rowindex="1">${this.heads()}</div>
      <div class="rows ${this.stale ? 'stale' : ''}" role="rowgroup">
        ${repeat(
          drawn,
          ({ latent }) => latent,
          (component, index) => this.row(component, this.first + index),
        )}
      </div>
    </div>`;
  }

  private heads(): TemplateResult[] {
    const { ordering } = this.options;
    const head = ({ by, label, tooltip }: (typeof columns)[number]) => {
      const sorted = ordering.by === by;
      const arrow = ordering.descending ? icons.sortedDown : icons.sortedUp;
      return html`<span
        role="columnheader"
        class=${by === 'latent' ? 'number latent' : 'number'}
        aria-sort=${sorted ? (ordering.descending ? 'descending' : 'ascending') : nothing}
        title=${tooltip}
        ><button class="plain" @click=${() => this.sortBy(by)}>${label}${sorted ? arrow : nothing}</button></span
      >`;
    };
    const [latent, ...numbers] = columns.map(head);
    const unseen = (label: string, name = '') =>
      html`<span role="columnheader" class=${name}><span class="unseen">${label}</span></span>`;
    const pictures = this.library === null ? [] : [unseen('Fires in', 'thumbnails')];
    return [...pictures, latent!, unseen('Bar'), ...numbers];
  }

  private row(component: Component, index: number): TemplateResult {
    const { latent, attribution, share, activation: z } = component;
    const { library } = this;
    const summary = this.summary(latent);
    return html`<div
      role="row"
      id=${`row-${index}`}
      class=${index === this.current ? 'current' : ''}
      aria-rowindex=${index + 2}
      aria-selected=${library?.selected === latent}
      aria-label=${rowLabel(component, spokenIdentity(latent, summary))}
      @click=${() => {
        this.current = index;
        emit(this, 'component-open', latent);
      }}
    >
      ${
        library === null
          ? html`<span role="gridcell" class="latent">${latent}</span>`
          : identityCells(latent, summary, this.thumbnails)
      }
      <span role="gridcell" class="bar-box">${signedBar(this.largest === 0 ? 0 : attribution / this.largest)}</span>
      <span role="gridcell" class="number" title=${`${raw(attribution)} of cosine`}>${signedPoints(attribution)}</span>
      <span role="gridcell" class="number">${percent(share)}</span>
      <span role="gridcell" class="number" title=${raw(z)}>${activation(z)}</span>
    </div>`;
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
    const drawn = this.arrangement.shown.slice(this.first, this.last);
    // To find a word all must be known, not only those already found.
    const looking = /\D/.test(this.latent) ? this.components : [];
    const latents = [...new Set([...drawn, ...looking].map(({ latent }) => latent))].slice(0, mostWanted);
    if (latents.join() === this.wanted.join()) return;
    this.wanted = latents;
    clearTimeout(this.asking);
    this.asking = setTimeout(() => emit(this, 'components-want', latents), patience);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      const component = this.arrangement.shown[this.current];
      if (component !== undefined) emit(this, 'component-open', component.latent);
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
    this.reveal(this.current);
  }

  private reveal(index: number): void {
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

const textFilterTooltip = `A part of the number, the name or the label. Labels are looked up for ${count(mostWanted)} components at most.`;

function judge(id: string | null): TemplateResult {
  const { text, tooltip } = judgement(id);
  return html`<span class="judge" title=${tooltip}>labels <b>${text}</b></span>`;
}

function rowLabel({ attribution, share, activation: z }: Component, identity: string): string {
  return `${identity}: attribution ${signedPoints(attribution)} points, ${percent(share)} of the absolute sum, activation ${activation(z)}`;
}
