import { css, html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { CompareState } from '../../shared/compareProtocol';
import { points, signedPoints } from '../../shared/points';
import { emit } from '../components/events';
import { activation, counted, raw } from '../components/format';
import { icons } from '../components/icons';
import { fillOf } from '../components/signedPalette';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';
import type { Rgb } from '../map/colour';
import { readTheme, watchTheme } from '../map/readTheme';
import { componentName, componentNameStyles, type Summaries, spokenName } from './componentName';
import { heatCell, heatCellStyles } from './heatCell';
import { promptLabelStyles } from './promptLabel';
import { type HeatTableRow, heatTableRows, type ShownPrompt } from './tables';
import type { Ordering } from './viewState';

/** Rows that come with every "show more". */
const step = 30;

/**
 * Components as rows, prompts as columns: mean attribution in points. A grid by keyboard: arrows walk the cells, Enter
 * opens a component or sorts by a prompt. Emits `ordering-change`, `rows-change`, `component-open`, `components-want`.
 */
@customElement('clipsight-heat-table')
export class HeatTable extends LitElement {
  static override styles = [
    theme,
    heatCellStyles,
    componentNameStyles,
    promptLabelStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
        margin-block: 4px 6px;
      }
      .order {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      .order button {
        display: inline-flex;
        align-items: center;
        height: 22px;
        padding-inline: 8px;
        border: 1px solid var(--vscode-dropdown-border, var(--line));
        border-radius: 3px;
      }
      .order button[aria-pressed='true'] {
        border-color: var(--focus);
        background: color-mix(in srgb, var(--focus) 22%, transparent);
      }
      @media (forced-colors: active) {
        .order button[aria-pressed='true'] {
          border-color: Highlight;
          outline: 1px solid Highlight;
        }
      }
      .legend {
        display: flex;
        align-items: center;
        gap: 6px;
        color: var(--muted);
        font-size: 0.92em;
      }
      .legend svg {
        width: 120px;
        height: 12px;
        border: 1px solid var(--line);
        border-radius: 2px;
        forced-color-adjust: none;
      }
      .scroller {
        overflow-x: auto;
      }
      table {
        border-collapse: separate;
        border-spacing: 0;
      }
      th,
      td {
        position: relative;
        padding: 0;
        border-bottom: 1px solid var(--line);
        font-weight: normal;
        text-align: end;
      }
      td {
        min-width: 64px;
        padding-inline: 8px;
        border-inline-start: 1px solid var(--vscode-editor-background);
      }
      thead th {
        vertical-align: bottom;
        padding: 2px 6px;
      }
      thead th.prompt {
        width: 104px;
        min-width: 64px;
        max-width: 104px;
      }
      thead button {
        display: grid;
        justify-items: end;
        gap: 2px;
        width: 100%;
      }
      thead .prompt-text {
        display: -webkit-box;
        overflow: hidden;
        max-width: 100%;
        font-size: 0.92em;
        /* Over the numbers, whichever way it is read. */
        text-align: right;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
      thead .top {
        display: flex;
        align-items: center;
        gap: 2px;
      }
      thead svg.icon {
        width: 12px;
        height: 12px;
      }
      th.name {
        position: sticky;
        z-index: 1;
        left: 0;
        width: 260px;
        min-width: 200px;
        max-width: 260px;
        padding-inline: 2px 8px;
        background: var(--vscode-editor-background);
        text-align: left;
      }
      th:focus,
      td:focus {
        outline: 2px solid var(--focus);
        outline-offset: -2px;
      }
      .none {
        color: var(--muted);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-top: 6px;
        color: var(--muted);
      }
      .waiting {
        display: grid;
        gap: 6px;
      }
      .waiting > div {
        height: 26px;
      }
      @container (max-width: 519px) {
        th.name {
          width: 132px;
          min-width: 108px;
          max-width: 132px;
        }
        th.name .pictures {
          width: 28px;
        }
        th.name .pictures > :nth-child(n + 2) {
          display: none;
        }
        thead th.prompt {
          width: 76px;
          max-width: 76px;
        }
        td {
          padding-inline: 4px;
        }
      }
    `,
  ];

  @property({ attribute: false }) prompts: readonly ShownPrompt[] = [];
  @property({ attribute: false }) heat: CompareState['heat'] = null;
  @property({ attribute: false }) poor: CompareState['poor'] = [];
  @property({ attribute: false }) summaries: Summaries = null;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ attribute: false }) ordering: Ordering = { by: 'largest' };
  @property({ type: Number }) rows = 15;
  /** Whether numbers are on their way. */
  @property({ type: Boolean }) computing = false;

  /** The cell that the keys are at: row −1 is the head, column 0 the component. */
  @state() private at = { row: -1, column: 0 };
  @state() private ground: Rgb = [31, 31, 31];
  @query('table') private table!: HTMLTableElement | null;
  private unwatch: () => void = () => undefined;
  private wanted = '';
  private shown: readonly HeatTableRow[] = [];
  private all = 0;
  private largest = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    const read = () => {
      this.ground = readTheme(document.body).background;
    };
    read();
    this.unwatch = watchTheme(read);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!['prompts', 'heat', 'ordering', 'rows'].some((name) => changed.has(name as keyof HeatTable))) return;
    const { rows, largest } = heatTableRows(
      this.prompts.map(({ column }) => column),
      this.heat,
      this.ordering,
    );
    this.all = rows.length;
    this.largest = largest;
    this.shown = rows.slice(0, this.rows);
    this.at = {
      row: Math.min(this.at.row, this.shown.length - 1),
      column: Math.min(this.at.column, this.prompts.length),
    };
  }

  protected override updated(): void {
    const components = this.shown.map(({ component }) => component);
    if (components.join() === this.wanted) return;
    this.wanted = components.join();
    emit(this, 'components-want', components);
  }

  override render(): TemplateResult {
    if (this.heat === null) {
      return this.computing
        ? html`<div class="waiting" role="status" aria-label="Computing">
            ${Array.from({ length: 6 }, () => html`<div class="skeleton"></div>`)}
          </div>`
        : html`<p class="muted">No component is computed.</p>`;
    }
    if (this.all === 0) {
      return html`<p class="muted">Every attribution is exactly zero: no component tells these prompts apart on these images.</p>`;
    }
    return html`${this.tools()}
      <div class="scroller">
        <table
          role="grid"
          aria-label="Components by prompt, mean attribution in points"
          aria-rowcount=${this.all + 1}
          aria-colcount=${this.prompts.length + 1}
          @keydown=${this.onKey}
          @focusin=${this.onFocus}
        >
          <thead>
            <tr>
              <th class="name" data-row="-1" data-column="0" tabindex=${this.tab(-1, 0)}>
                <span class="muted">Component</span>
              </th>
              ${this.prompts.map((prompt, index) => this.head(prompt, index + 1))}
            </tr>
          </thead>
          <tbody>
            ${this.shown.map((row, index) => this.row(row, index))}
          </tbody>
        </table>
      </div>
      <div class="foot">
        ${
          this.shown.length < this.all
            ? html`<vscode-button
              appearance="secondary"
              @click=${() => emit(this, 'rows-change', this.rows + step)}
              >Show More</vscode-button
            >`
            : nothing
        }
        <span>${this.shown.length} of ${counted(this.all, 'component')}, the largest of each prompt</span>
      </div>`;
  }

  private tools(): TemplateResult {
    const orders: readonly {
      readonly by: 'largest' | 'spread';
      readonly text: string;
      readonly title: string;
    }[] = [
      { by: 'largest', text: 'Largest', title: 'What matters most to any of the prompts first' },
      { by: 'spread', text: 'Largest difference', title: 'What tells the prompts apart most first' },
    ];
    return html`<div class="tools">
      <div class="order" role="group" aria-label="Order of the components">
        ${orders.map(
          ({ by, text, title }) =>
            html`<button
              class="plain"
              title=${title}
              aria-pressed=${this.ordering.by === by}
              @click=${() => emit<Ordering>(this, 'ordering-change', { by })}
            >
              ${text}
            </button>`,
        )}
      </div>
      ${this.legend()}
    </div>`;
  }

  private legend(): TemplateResult {
    const end = points(this.largest);
    const steps = 21;
    return html`<div
      class="legend"
      role="img"
      aria-label=${`Colours from −${end} to +${end} points: orange speaks against a prompt, blue for it`}
    >
      <span aria-hidden="true">−${end}</span>
      <svg viewBox=${`0 0 ${steps} 1`} preserveAspectRatio="none" aria-hidden="true">
        ${Array.from({ length: steps }, (_, i) => legendStep(i, (2 * i) / (steps - 1) - 1))}
      </svg>
      <span aria-hidden="true">+${end} points</span>
    </div>`;
  }

  private head(prompt: ShownPrompt, column: number): TemplateResult {
    const { ordering } = this;
    const { id, text } = prompt.column;
    const sorted = ordering.by === 'column' && ordering.column === id;
    const descending = sorted && ordering.descending;
    return html`<th
      class="prompt"
      data-row="-1"
      data-column=${column}
      tabindex=${this.tab(-1, column)}
      aria-sort=${sorted ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        class="plain"
        tabindex="-1"
        title=${`${text}\nOrder by what speaks ${descending ? 'against' : 'for'} it most`}
        @click=${() => this.sortBy(id)}
      >
        <span class="top"
          >${sorted ? (descending ? icons.sortedDown : icons.sortedUp) : nothing}<span class="badge">${prompt.label}</span></span
        >
        <span class="prompt-text" dir="auto">${text}</span>
      </button>
    </th>`;
  }

  private row({ component, activation: z, cells }: HeatTableRow, row: number): TemplateResult {
    return html`<tr aria-rowindex=${row + 2} title=${`Mean activation ${activation(z)}`}>
      <th
        class="name"
        scope="row"
        data-row=${row}
        data-column="0"
        tabindex=${this.tab(row, 0)}
        aria-label=${spokenName(component, this.summaries?.get(component))}
      >
        ${componentName(component, this.summaries, this.thumbnails, () => this.open(component))}
      </th>
      ${cells.map((value, index) => this.cell(component, value, row, index + 1))}
    </tr>`;
  }

  private cell(component: number, value: number | null, row: number, column: number): TemplateResult {
    const place = html`<span class="over none">…</span>`;
    const { direction, text } = this.prompts[column - 1]!.column;
    // What speaks against a prompt need not be described by it.
    const isPoor =
      value !== null &&
      value > 0 &&
      this.poor.some((pair) => pair.direction === direction && pair.components.includes(component));
    const tooltip =
      value === null
        ? 'Not computed'
        : `${raw(value)} of cosine${isPoor ? `\n“${text}” describes this component poorly: many others fit it better` : ''}`;
    return html`<td data-row=${row} data-column=${column} tabindex=${this.tab(row, column)} title=${tooltip}>
      ${
        value === null
          ? place
          : heatCell(
              this.largest === 0 ? 0 : value / this.largest,
              this.ground,
              html`${isPoor ? html`<span class="poor" role="img" aria-label="poorly described">${icons.warning}</span>` : nothing}${signedPoints(value)}`,
            )
      }
    </td>`;
  }

  private tab(row: number, column: number): number {
    return this.at.row === row && this.at.column === column ? 0 : -1;
  }

  private open(component: number): void {
    emit(this, 'component-open', component);
  }

  private sortBy(column: number): void {
    const { ordering } = this;
    const again = ordering.by === 'column' && ordering.column === column;
    emit<Ordering>(this, 'ordering-change', {
      by: 'column',
      column,
      descending: again ? !ordering.descending : true,
    });
  }

  private readonly onFocus = (event: FocusEvent): void => {
    const cell = (event.target as Element).closest<HTMLElement>('[data-row]');
    if (cell !== null) this.at = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey) return;
    const { row, column } = this.at;
    const last = { row: this.shown.length - 1, column: this.prompts.length };
    if (event.key === 'Enter') {
      if (row < 0 && column > 0) this.sortBy(this.prompts[column - 1]!.column.id);
      else if (row >= 0) this.open(this.shown[row]!.component);
      else return;
      event.preventDefault();
      return;
    }
    const next = {
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      PageDown: { row: row + 10, column },
      PageUp: { row: row - 10, column },
      Home: event.ctrlKey ? { row: -1, column: 0 } : { row, column: 0 },
      End: event.ctrlKey ? last : { row, column: last.column },
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.at = {
      row: Math.max(-1, Math.min(next.row, last.row)),
      column: Math.max(0, Math.min(next.column, last.column)),
    };
    void this.focusCell();
  };

  private async focusCell(): Promise<void> {
    await this.updateComplete;
    const { row, column } = this.at;
    this.table?.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`)?.focus();
  }
}

function legendStep(x: number, share: number): TemplateResult<2> {
  const { fill, opacity } = fillOf(share);
  return svg`<rect x=${x} width="1.02" height="1" fill=${fill} fill-opacity=${opacity}></rect>`;
}
