import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ShownFinding } from '../../shared/auditProtocol';
import { percent } from '../../shared/points';
import { emit } from '../components/events';
import { raw } from '../components/format';
import { icons } from '../components/icons';
import { samplePictures } from '../components/samplePictures';
import type { Summaries } from '../components/summaries';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';
import { decisionIcon } from './decisions';
import { firstDirection, isConfirmed, type Ordering } from './findings';
import { findingTableStyles } from './findingTableStyles';
import { type IntervalScale, intervalBar, intervalScale, intervalStyles } from './intervalBar';
import {
  alignmentText,
  effectTexts,
  excuseSentence,
  kindTexts,
  scoreSentence,
  signedPercent,
  spokenFinding,
  verdictTexts,
} from './sentences';

/** Rows drawn beyond either end of what can be seen. */
const margin = 8;

const columns: readonly { readonly by: Ordering['by']; readonly label: string; readonly tooltip: string }[] =
  [
    {
      by: 'prompt',
      label: 'Prompt',
      tooltip: 'What relies on the component: a prompt, or the class of a probe',
    },
    {
      by: 'component',
      label: 'Component',
      tooltip: 'What it relies on: its pictures, its label, its number',
    },
    {
      by: 'measured',
      label: 'Measured',
      tooltip:
        'Of all that switching off components costs the prompt, the share that switching off this one costs: by running the model, not by its gradient, as a mean over the images of the prompt',
    },
    {
      by: 'expected',
      label: 'Expected',
      tooltip:
        'Share that components of that alignment usually have, by the other prompts. Below it stands the alignment that excuses it, where that is not its own',
    },
    {
      by: 'score',
      label: 'Score',
      tooltip:
        'Measured less expected, with its 90 % interval; the dashed line is the margin that a finding has to be above',
    },
    {
      by: 'alignment',
      label: 'Alignment',
      tooltip:
        'How well the prompt describes what the component fires in, judged without the prompt’s own images',
    },
    {
      by: 'kind',
      label: 'Kind',
      tooltip:
        'What kind of thing it is that the prompt does not say, each by a test of its own; the tests never look at shares',
    },
    {
      by: 'effect',
      label: 'Switched off',
      tooltip:
        'What switching the component off does: change of the score (in points for prompts, in logits for probes, which do not compare and are ordered each by themselves), and accuracy with → without',
    },
    { by: 'decision', label: 'Decision', tooltip: 'What you decided about it' },
  ];

/**
 * Findings as rows. Only the rows that can be seen are in the document, so thousands of them cost what thirty do;
 * `aria-rowcount` tells the whole. Emits `ordering-change`; `finding-select` (place) by arrows or a click;
 * `finding-enter` on Enter; `components-want` (numbers) when others are shown than before. All rows are equally high.
 */
@customElement('clipsight-finding-table')
export class FindingTable extends LitElement {
  static override styles = [theme, intervalStyles, findingTableStyles];

  @property({ attribute: false }) findings: readonly ShownFinding[] = [];
  /** Places in `findings` of the rows, in order. */
  @property({ attribute: false }) shown: readonly number[] = [];
  @property({ attribute: false }) ordering!: Ordering;
  /** Place of the finding whose evidence is shown. */
  @property({ type: Number }) selected: number | null = null;
  @property({ type: Number }) margin = 0;
  /** Null where the library knows nothing of these components. */
  @property({ attribute: false }) summaries: Summaries | null = null;
  /** Counts what was learnt of components. */
  @property({ type: Number }) learned = 0;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ type: Boolean }) stale = false;

  @state() private first = 0;
  @state() private last = 3 * margin;
  @query('.rows') private rows!: HTMLElement | null;
  @query('[role=grid]') private grid!: HTMLElement | null;
  private scale: IntervalScale = intervalScale([]);
  private wanted = '';
  /** The selected row is to be brought into view. */
  private following = false;
  private readonly onResize = () => this.look();
  private readonly resized = new ResizeObserver(this.onResize);

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  /** Brings the selected row into view and gives the table the focus. */
  async focusRow(): Promise<void> {
    // It may have come into the page just now, and nothing of it is drawn.
    await this.updateComplete;
    this.grid?.focus({ preventScroll: true });
    this.scrollToSelected();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('findings')) this.scale = intervalScale(this.findings.map(({ interval }) => interval));
    this.want();
  }

  override render(): TemplateResult {
    const { shown, selected } = this;
    const current = selected === null ? -1 : shown.indexOf(selected);
    return html`<div
      role="grid"
      class=${this.summaries === null ? '' : 'with-pictures'}
      aria-label="Findings"
      aria-description="Arrow keys choose a finding, Enter goes to its evidence; E is expected, S spurious, T to do, C clears."
      aria-rowcount=${shown.length + 1}
      aria-colcount=${columns.length}
      aria-busy=${this.stale}
      aria-activedescendant=${current < 0 ? nothing : `row-${selected}`}
      tabindex="0"
      @keydown=${this.onKey}
      @scroll=${() => this.look()}
    >
      <div role="row" class="head" aria-rowindex="1">${columns.map((column) => this.head(column))}</div>
      <div class="rows ${this.stale ? 'stale' : ''}" role="rowgroup">
        ${repeat(
          shown.slice(this.first, this.last),
          (place) => place,
          (place, index) => this.row(this.findings[place]!, place, this.first + index),
        )}
      </div>
    </div>`;
  }

  protected override updated(changed: PropertyValues): void {
    const { rows } = this;
    if (rows === null) return;
    const height = rowHeight(rows);
    rows.style.paddingTop = `${this.first * height}px`;
    rows.style.paddingBottom = `${Math.max(0, this.shown.length - this.last) * height}px`;
    if (changed.has('selected') || changed.has('shown')) this.following = true;
    if (this.following) {
      this.scrollToSelected();
      // A row that was far away is drawn after the scroll, and looked for once more.
      const index = this.selected === null ? -1 : this.shown.indexOf(this.selected);
      this.following = index >= 0 && (index < this.first || index >= this.last);
    }
    this.look();
  }

  private head({ by, label, tooltip }: (typeof columns)[number]): TemplateResult {
    const { ordering } = this;
    const sorted = ordering.by === by;
    return html`<span
      role="columnheader"
      class="c-${by}"
      aria-sort=${sorted ? (ordering.descending ? 'descending' : 'ascending') : nothing}
      ><button
        class="plain ${sorted ? 'sorted' : ''}"
        title=${tooltip}
        @click=${() => {
          const descending = sorted ? !ordering.descending : firstDirection(by);
          emit<Ordering>(this, 'ordering-change', { by, descending });
        }}
      >
        <span class=${by === 'decision' ? 'unseen' : ''}>${label}</span>${
          by === 'decision' ? icons.check : nothing
        }${sorted ? (ordering.descending ? icons.sortedDown : icons.sortedUp) : nothing}</button
    ></span>`;
  }

  private row(finding: ShownFinding, place: number, index: number): TemplateResult {
    const { prompt, probe, file, measured, expected, score, interval, alignment, kind, decision, p } =
      finding;
    const excused = excuseSentence(finding);
    return html`<div
      role="row"
      id=${`row-${place}`}
      class=${decision === null ? '' : `decided ${decision.verdict}`}
      aria-rowindex=${index + 2}
      aria-selected=${this.selected === place}
      aria-label=${spokenFinding(finding)}
      @click=${() => emit(this, 'finding-select', place)}
      @dblclick=${() => emit(this, 'finding-enter', place)}
    >
      <span role="gridcell" class="c-prompt" title=${file === null ? prompt : `${prompt}\n${file}`}
        ><span class="text" dir="auto">${prompt}</span
        ><span class="second">${probe === null ? (file ?? 'prompt') : html`class of ${probe}`}</span></span
      >
      ${this.component(finding)}
      <span role="gridcell" class="c-measured number" title=${raw(measured)}>${percent(measured)}</span>
      <span
        role="gridcell"
        class="c-expected number muted"
        title=${excused === null ? raw(expected) : `${raw(expected)}, at an alignment of ${alignmentText(finding.excuse)}\n${excused}`}
        >${percent(expected)}${excused === null ? nothing : html`<span class="second">at ${alignmentText(finding.excuse)}</span>`}</span
      >
      <span role="gridcell" class="c-score" title=${`${scoreSentence({ score, interval, p })}\nThe p is before the correction for all pairs with a kind`}
        ><span class="number strong">${signedPercent(score)}</span>${intervalBar(score, interval, this.margin, this.scale)}</span
      >
      <span role="gridcell" class="c-alignment number" title=${raw(alignment)}>${alignmentText(alignment)}</span>
      <span role="gridcell" class="c-kind" title=${kindTexts[kind].meaning}
        ><span class="kind ${kind}">${kindTexts[kind].label}</span></span
      >
      ${this.effect(finding)}
      <span role="gridcell" class="c-decision" title=${decision === null ? 'Undecided' : `${verdictTexts[decision.verdict]}${decision.note === null ? '' : `: ${decision.note}`}`}
        >${decision === null ? nothing : decisionIcon(decision.verdict)}</span
      >
    </div>`;
  }

  private component({ component, label }: ShownFinding): TemplateResult {
    return html`<span role="gridcell" class="c-component"
      >${
        this.summaries === null
          ? nothing
          : html`<span class="pictures">${samplePictures(this.summaries.get(component), this.thumbnails, 2)}</span>`
      }<span class="names"
        ><span class="text ${label === null ? 'none' : ''}" dir="auto" title=${label ?? nothing}>${label ?? 'too few images'}</span
        ><span class="second">${component}</span></span
      ></span
    >`;
  }

  private effect(finding: ShownFinding): TemplateResult {
    const texts = effectTexts(finding);
    if (texts === null) {
      return html`<span role="gridcell" class="c-effect muted" title="Not measured: the run did not confirm findings">–</span>`;
    }
    const confirmed = isConfirmed(finding);
    return html`<span
      role="gridcell"
      class="c-effect ${confirmed ? '' : 'muted'}"
      title=${confirmed ? 'Confirmed: switching it off lowers the score' : 'Not confirmed: switching it off does not lower the score by more than chance'}
      ><span>${texts.change}</span
      ><span class="second">${texts.accuracy ?? (confirmed ? '' : 'not confirmed')}</span></span
    >`;
  }

  /** Finds out which rows can be seen. */
  private look(): void {
    const { rows, grid } = this;
    if (rows === null || grid === null) return;
    const height = rowHeight(rows);
    const { length } = this.shown;
    const visible = Math.ceil(grid.clientHeight / height);
    const first = Math.max(0, Math.min(Math.floor(grid.scrollTop / height), length - visible) - margin);
    // In steps, so that not every pixel scrolled redraws.
    this.first = first - (first % margin);
    this.last = Math.min(length, this.first + visible + 3 * margin);
  }

  private want(): void {
    const components = this.shown
      .slice(this.first, this.last)
      .map((place) => this.findings[place]!.component);
    const wanted = components.join();
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    emit(this, 'components-want', [...new Set(components)]);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const { shown, selected } = this;
    const current = selected === null ? -1 : shown.indexOf(selected);
    if (event.key === 'Enter' && selected !== null && current >= 0) {
      event.preventDefault();
      emit(this, 'finding-enter', selected);
      return;
    }
    const next = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + 10,
      PageUp: current - 10,
      Home: 0,
      End: shown.length - 1,
    }[event.key];
    if (next === undefined || shown.length === 0) return;
    event.preventDefault();
    emit(this, 'finding-select', shown[Math.max(0, Math.min(next, shown.length - 1))]!);
  }

  private scrollToSelected(): void {
    const { rows, grid, selected } = this;
    const index = selected === null ? -1 : this.shown.indexOf(selected);
    if (rows === null || grid === null || index < 0) return;
    const height = rowHeight(rows);
    const head = grid.firstElementChild?.getBoundingClientRect().height ?? 0;
    const top = index * height;
    const seen = grid.clientHeight - head;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top + height > grid.scrollTop + seen) grid.scrollTop = top + height - seen;
  }
}

/** In pixels; rows are all equally high. */
function rowHeight(rows: HTMLElement): number {
  return rows.firstElementChild?.getBoundingClientRect().height || 44;
}
