import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CompareState } from '../../shared/compareProtocol';
import { percent, signedPoints } from '../../shared/points';
import { barStyles, signedBar } from '../components/bars';
import { dropdown } from '../components/controls';
import { emit } from '../components/events';
import { counted, raw } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';
import { toolButton } from '../components/toolButton';
import { componentName, componentNameStyles, type Summaries, spokenName } from './componentName';
import { promptLabel, promptLabelStyles } from './promptLabel';
import { type DifferenceRow, type DifferenceRows, differenceRows, type ShownPrompt } from './tables';

/** Rows that come with every "show more". */
const step = 20;

export interface PairChoice {
  readonly of: number;
  readonly against: number;
}

/**
 * What separates two prompts: the difference of their scores and the components that pull to either. Emits `pair-change`,
 * `rows-change`, `component-open`, `components-want`.
 */
@customElement('clipsight-pair-view')
export class PairView extends LitElement {
  static override styles = [
    theme,
    barStyles,
    componentNameStyles,
    promptLabelStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
        max-width: 900px;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
      }
      .choice vscode-dropdown {
        flex: 1 1 9em;
        min-width: 0;
        max-width: 22em;
      }
      .whole {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 14px;
        margin-block: 8px 4px;
      }
      .whole b {
        font-size: 1.35em;
        font-weight: 600;
      }
      .ends,
      .row {
        display: grid;
        grid-template-columns: minmax(108px, 3fr) minmax(80px, 4fr) 62px;
        align-items: center;
        column-gap: 8px;
      }
      .ends {
        align-items: end;
        padding-block: 2px 4px;
        border-bottom: 1px solid var(--line);
      }
      .poles {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 12px;
      }
      .pole {
        display: grid;
      }
      .pole.of {
        justify-items: end;
        text-align: end;
      }
      .towards {
        color: var(--muted);
        font-size: 0.92em;
      }
      .favoured {
        display: inline-flex;
        gap: 6px;
        align-items: baseline;
        min-width: 0;
        max-width: 100%;
      }
      .favoured .prompt-text {
        display: -webkit-box;
        overflow: hidden;
        font-weight: 600;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .row {
        border-bottom: 1px solid var(--line);
      }
      .bar-box {
        height: 16px;
      }
      .number {
        text-align: end;
        white-space: nowrap;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-top: 6px;
        color: var(--muted);
      }
      .row-skeleton {
        height: 28px;
        margin-block: 5px;
      }
      @container (max-width: 419px) {
        .ends,
        .row {
          grid-template-columns: minmax(92px, 5fr) minmax(48px, 4fr) 52px;
          column-gap: 4px;
        }
        .pictures {
          width: 28px;
        }
        .pictures > :nth-child(n + 2) {
          display: none;
        }
        /* Over names and numbers, too: the prompts are worth more than what the columns are called. */
        .ends {
          grid-template-columns: minmax(0, 1fr);
        }
        .ends > :not(.poles) {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) prompts: readonly ShownPrompt[] = [];
  @property({ attribute: false }) pair: CompareState['pair'] = null;
  @property({ attribute: false }) difference: CompareState['difference'] = null;
  @property({ attribute: false }) summaries: Summaries = null;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ type: Number }) rows = 10;
  @property({ type: Boolean }) computing = false;
  /** Whether there are scores at all. */
  @property({ type: Boolean }) scored = false;

  private wanted = '';
  private shown: DifferenceRows | null = null;

  protected override willUpdate(_changed: PropertyValues<this>): void {
    const ends = this.ends();
    this.shown = ends === null ? null : differenceRows(this.difference, ends.of.column, ends.against.column);
  }

  protected override updated(): void {
    const components = (this.shown?.rows ?? []).slice(0, this.rows).map(({ component }) => component);
    if (components.join() === this.wanted) return;
    this.wanted = components.join();
    emit(this, 'components-want', components);
  }

  override render(): TemplateResult | typeof nothing {
    const ends = this.ends();
    if (ends === null) {
      return this.computing
        ? this.waiting()
        : html`<p class="muted">${this.scored ? 'Two different prompts with scores are needed for a difference.' : 'Not computed.'}</p>`;
    }
    const { of, against } = ends;
    return html`${this.choice(of, against)}
      ${
        of.column.direction === against.column.direction
          ? html`<p class="muted">They are the same text to the model: nothing separates them.</p>`
          : this.shown === null
            ? this.computing
              ? this.waiting()
              : html`<p class="muted">Their difference is not computed.</p>`
            : this.content(of, against, this.shown)
      }`;
  }

  private ends(): { readonly of: ShownPrompt; readonly against: ShownPrompt } | null {
    const find = (id: number | undefined) => this.prompts.find(({ column }) => column.id === id);
    const [of, against] = [find(this.pair?.of), find(this.pair?.against)];
    return of === undefined || against === undefined ? null : { of, against };
  }

  private choice(of: ShownPrompt, against: ShownPrompt): TemplateResult {
    // Both lists have all, so that no option becomes another while it is being clicked.
    const choices = this.prompts
      .filter(({ column }) => column.direction !== '')
      .map(({ column, label }) => ({ value: String(column.id), label: `${label}  ${column.text}` }));
    const chooseFirst = (id: number) =>
      choose(id === against.column.id ? { of: id, against: of.column.id } : { of: id });
    const chooseSecond = (id: number) =>
      choose(id === of.column.id ? { of: against.column.id, against: id } : { against: id });
    const choose = (change: Partial<PairChoice>) =>
      emit<PairChoice>(this, 'pair-change', { of: of.column.id, against: against.column.id, ...change });
    return html`<div class="choice">
      ${dropdown('First prompt', choices, String(of.column.id), (id) => chooseFirst(Number(id)))}
      <span class="muted">versus</span>
      ${dropdown('Second prompt', choices, String(against.column.id), (id) => chooseSecond(Number(id)))}
      ${toolButton('Swap the two', icons.swap, true, () =>
        choose({ of: against.column.id, against: of.column.id }),
      )}
    </div>`;
  }

  private content(
    of: ShownPrompt,
    against: ShownPrompt,
    { similarity, total, rows }: DifferenceRows,
  ): TemplateResult {
    const largest = Math.abs(rows[0]?.attribution ?? 0);
    const shown = rows.slice(0, this.rows);
    const better = similarity === 0 ? null : similarity > 0 ? of : against;
    return html`<p class="whole">
        <span title=${`Mean over the images: ${raw(similarity)}`}><b>${signedPoints(similarity)}</b> points</span>
        ${
          better === null
            ? html`<span class="muted">they score the same</span>`
            : html`<span class="muted">in favour of</span>
              <span class="favoured">${promptLabel(better)}</span>`
        }
      </p>
      ${
        rows.length === 0
          ? html`<p class="muted">No component separates them.</p>`
          : html`<div role="list" aria-label="Components that separate the two">
            <div class="ends" aria-hidden="true">
              <span class="muted">Component</span>
              <span class="poles">
                <span class="pole">
                  <span class="towards">← pulls towards</span><span class="favoured">${promptLabel(against)}</span>
                </span>
                <span class="pole of">
                  <span class="towards">pulls towards →</span><span class="favoured">${promptLabel(of)}</span>
                </span>
              </span>
              <span class="number muted">points</span>
            </div>
            ${shown.map((row) => this.row(row, largest, total, of, against))}
          </div>`
      }
      ${
        rows.length === 0
          ? nothing
          : html`<div class="foot">
            ${
              shown.length < rows.length
                ? html`<vscode-button
                  appearance="secondary"
                  @click=${() => emit(this, 'rows-change', this.rows + step)}
                  >Show More</vscode-button
                >`
                : nothing
            }
            <span
              title="The difference of two prompts is a direction of its own: its score is the difference of their scores, and these are the components that it owes most to"
              >${shown.length} of the ${counted(rows.length, 'component')} that separate them most</span
            >
          </div>`
      }`;
  }

  private row(
    { component, attribution, of: a, against: b }: DifferenceRow,
    largest: number,
    total: number,
    of: ShownPrompt,
    against: ShownPrompt,
  ): TemplateResult {
    const pulls = attribution > 0 ? of : against;
    const share = total === 0 ? '' : `, ${percent(Math.abs(attribution) / total)} of the absolute sum`;
    const tooltip = `${raw(attribution)} of cosine${share}
${of.label}: ${signedPoints(a)} points, ${against.label}: ${signedPoints(b)} points`;
    const name = spokenName(component, this.summaries?.get(component)).split('\n')[0];
    return html`<div
      class="row"
      role="listitem"
      aria-label=${`${name}: ${signedPoints(attribution)} points, pulls towards ${pulls.column.text}`}
    >
      ${componentName(component, this.summaries, this.thumbnails, () => emit(this, 'component-open', component), 0)}
      <span class="bar-box" title=${tooltip}>${signedBar(largest === 0 ? 0 : attribution / largest)}</span>
      <span class="number" title=${tooltip}>${signedPoints(attribution)}</span>
    </div>`;
  }

  private waiting(): TemplateResult {
    return html`<div role="status" aria-label="Computing">
      ${Array.from({ length: 4 }, () => html`<div class="skeleton row-skeleton"></div>`)}
    </div>`;
  }
}
