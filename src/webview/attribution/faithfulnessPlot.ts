import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ErrorInfo } from '../../shared/errors';
import {
  methods as allMethods,
  type Faithfulness,
  type FaithfulnessCurve,
  type Method,
} from '../../shared/measurement';
import type { PanelHostProtocol } from '../../shared/panelProtocol';
import { percent, points } from '../../shared/points';
import type { Progress, Remote } from '../../shared/rpc/protocol';
import { barStyles, plainBar } from '../components/bars';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { count, counted, raw } from '../components/format';
import { icons } from '../components/icons';
import { nearest } from '../components/plotScale';
import { theme } from '../components/theme';
import { Asking } from './asking';
import {
  chartLineStyles,
  faithfulnessChart,
  fractionAt,
  swatch,
  type Test,
  testTitles,
} from './faithfulnessChart';
import { correlation, faithfulnessSentences, interval } from './faithfulnessSentences';
import { methodTexts } from './methods';
import type { Subject } from './subject';

const steps = 20;
const tests: readonly Test[] = ['deletion', 'insertion'];

/**
 * “Can this be trusted?”: deletion and insertion of this image, or of all of the panel, by every method. Nothing is asked
 * before it is opened.
 */
@customElement('clipsight-faithfulness')
export class FaithfulnessPlot extends LitElement {
  static override styles = [
    theme,
    barStyles,
    errorNoticeStyles,
    chartLineStyles,
    css`
      :host {
        margin-top: 14px;
        border-top: 1px solid var(--line);
      }
      details > summary {
        min-height: 26px;
        align-items: center;
        padding-block: 2px;
      }
      details > summary svg.icon {
        align-self: center;
        margin: 0;
      }
      .content {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
        padding-top: 2px;
      }
      .scope {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
        min-height: 26px;
      }
      .scope .of {
        flex: 1 1 14em;
        min-width: 0;
        color: var(--muted);
        overflow-wrap: anywhere;
      }
      .progress {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .progress .amount-done {
        width: 90px;
        height: 10px;
      }
      .sentences {
        max-width: 78ch;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .sentences > li + li {
        margin-top: 2px;
      }
      .charts {
        display: flex;
        flex-wrap: wrap;
        gap: 10px 16px;
      }
      figure {
        margin: 0;
        min-width: 0;
      }
      figcaption {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        margin-bottom: 2px;
      }
      figcaption h3,
      .values h4 {
        margin: 0;
        font-size: inherit;
        font-weight: 600;
      }
      .plot {
        position: relative;
        touch-action: pan-y;
      }
      .plot svg {
        display: block;
      }
      .plot text {
        fill: var(--muted);
        font-size: 11px;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
      }
      th,
      td {
        padding: 1px 0 1px 14px;
        font-weight: normal;
        text-align: end;
        vertical-align: top;
        white-space: nowrap;
      }
      th:first-child {
        padding-inline-start: 0;
        text-align: start;
      }
      thead th {
        color: var(--muted);
        font-size: 0.92em;
        vertical-align: bottom;
      }
      tbody tr:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .method {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        white-space: normal;
      }
      .own .method {
        font-weight: 600;
      }
      /* As wide as what may come to stand in it. */
      .areas th:nth-child(n + 2) {
        min-width: 66px;
      }
      th.pointed,
      td.pointed {
        color: var(--vscode-foreground);
        background: var(--vscode-list-hoverBackground);
      }
      .ci {
        display: block;
        color: var(--muted);
        font-size: 0.88em;
        line-height: 1.2;
      }
      .kept {
        visibility: hidden;
      }
      .values summary {
        color: var(--muted);
      }
      .values td,
      .values th {
        padding-inline-start: 10px;
      }
      .values h4 {
        margin-top: 6px;
      }
      .skeleton {
        height: 150px;
      }
      .waiting {
        display: grid;
        gap: 6px;
        animation: appear 1ms 250ms both;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      .content {
        container: faithfulness / inline-size;
      }
      /* Names of methods in two lines rather than numbers out of sight. */
      @container faithfulness (max-width: 420px) {
        th,
        td {
          padding-inline-start: 8px;
        }
        .method {
          gap: 5px;
        }
        .areas .swatch {
          width: 18px;
        }
        .areas th:nth-child(n + 2) {
          min-width: 0;
        }
        .areas .ci {
          max-width: 4em;
          margin-inline-start: auto;
          white-space: normal;
        }
        .long {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) host!: Pick<Remote<PanelHostProtocol>, 'faithfulness'>;
  @property({ attribute: false }) subject: Subject | null = null;

  @state() private open = false;
  @state() private scope: 'one' | 'all' = 'one';
  @state() private progress: Progress | null = null;
  @state() private width = 0;
  /** What is pointed at, in which chart. */
  @state() private pointed: { readonly test: Test; readonly at: number } | null = null;
  @state() private highlighted: Method | null = null;
  @query('.charts') private charts!: HTMLElement | null;

  private readonly one = new Asking<Faithfulness>(() => this.requestUpdate());
  private readonly all = new Asking<Faithfulness>(() => this.requestUpdate(), 0);
  private readonly resized = new ResizeObserver(() => this.measureWidth());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.one.cancel();
    this.all.cancel();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { host, open, subject, scope } = this;
    if (subject === null || !open) {
      this.one.cancel();
      this.all.cancel();
      return;
    }
    if (subject.images < 2) this.scope = 'one';
    const { image, key, prompt, ready, study } = subject;
    // Whatever is computed anew may be of other pictures under the same names.
    if (changed.has('subject') && !ready) this.all.forget();
    const request = { prompt, methods: [...allMethods], steps, order: 'local' as const };
    if (scope === 'all') {
      this.one.cancel();
      this.all.want(`${study.key}\n${prompt}`, ready, (signal) => {
        this.progress = null;
        const onProgress = (progress: Progress) => {
          this.progress = progress;
        };
        return host.faithfulness({ image: null, ...request }, { signal, onProgress });
      });
    } else {
      this.all.cancel();
      this.one.want(`${key}\n${prompt}`, ready, (signal) =>
        host.faithfulness({ image, ...request }, { signal }),
      );
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { open, subject } = this;
    if (subject === null) return nothing;
    return html`<details
      ?open=${open}
      @toggle=${(event: Event) => {
        // Of its own, not of the details in it.
        if (event.target === event.currentTarget)
          this.open = (event.currentTarget as HTMLDetailsElement).open;
      }}
    >
      <summary>${icons.twistie}<h2>Can this be trusted?</h2></summary>
      ${open ? html`<div class="content">${this.scopeLine(subject)}${this.state()}</div>` : nothing}
    </details>`;
  }

  protected override updated(): void {
    if (this.charts !== null) this.resized.observe(this.charts);
  }

  private get asking(): Asking<Faithfulness> {
    return this.scope === 'all' ? this.all : this.one;
  }

  private scopeLine({ images, prompt, name, against, changed }: Subject): TemplateResult {
    const { scope } = this;
    const busy = scope === 'all' && this.all.now.kind === 'waiting';
    const shown = scope === 'all' ? `all ${count(images)} images` : name;
    const alone = `${against.length === 0 ? '' : ', on its own'}${changed ? ', in the model as it is' : ''}`;
    return html`<div class="scope">
      <span class="of">Deletion and insertion of components, <span dir="auto">${shown}</span> against
        <q dir="auto">${prompt}</q>${alone}</span>
      ${
        images < 2
          ? nothing
          : busy
            ? this.progressLine(images)
            : html`<vscode-button
              appearance="secondary"
              @click=${() => {
                this.scope = scope === 'all' ? 'one' : 'all';
              }}
              >${scope === 'all' ? 'This image' : `All ${count(images)} images`}</vscode-button
            >`
      }
    </div>`;
  }

  private progressLine(images: number): TemplateResult {
    const { progress } = this;
    const [done, total] =
      progress === null || progress.total === 0 ? [0, images] : [progress.done, progress.total];
    return html`<div class="progress">
      <div
        role="progressbar"
        aria-label="Measuring all images"
        aria-valuemin="0"
        aria-valuemax=${total}
        aria-valuenow=${done}
      >
        ${count(done)} of ${count(total)}
      </div>
      <div class="amount-done">${plainBar(Math.min(1, done / total))}</div>
      <vscode-button
        appearance="secondary"
        @click=${() => {
          this.scope = 'one';
        }}
        >Cancel</vscode-button
      >
    </div>`;
  }

  private state(): TemplateResult | typeof nothing {
    const answer = this.asking.now;
    switch (answer.kind) {
      case 'none':
        return nothing;
      case 'waiting':
        return html`<div class="waiting" role="status" aria-label="Measuring">
          <div class="skeleton"></div>
        </div>`;
      case 'failure':
        return this.failed(answer.error);
      case 'answer':
        return this.result(answer.value);
    }
  }

  private failed(error: ErrorInfo): TemplateResult {
    const retry = () => {
      this.asking.retry();
      this.requestUpdate();
    };
    return errorNotice(error, [{ label: 'Retry', run: retry }]);
  }

  private result(found: Faithfulness): TemplateResult {
    const numbers = found.methods.every(({ deletion, insertion }) =>
      [...deletion.curve, ...insertion.curve].every(Number.isFinite),
    );
    if (!numbers || found.fractions.length < 2) {
      return this.failed({
        code: 'internal',
        message: numbers
          ? 'There is nothing to remove: fewer than one component is active.'
          : 'The engine gave curves that are not made of numbers.',
      });
    }
    return html`<ul class="sentences">
        ${faithfulnessSentences(found).map((sentence) => html`<li>${sentence}</li>`)}
      </ul>
      <div class="charts">${tests.map((test) => this.chart(found, test))}</div>
      ${this.table(found)}
      ${found.notes.map((note) => html`<p class="muted">${note}</p>`)}
      <details class="values">
        <summary>${icons.twistie}All values as a table</summary>
        ${tests.map((test) => valueTable(found, test))}
      </details>`;
  }

  private chart(found: Faithfulness, test: Test): TemplateResult {
    const { highlighted, pointed } = this;
    const at = pointed?.test === test && pointed.at < found.fractions.length ? pointed.at : null;
    const width = this.chartWidth;
    const own = found.methods.find(({ method }) => method === 'activation-gradient')?.[test];
    const summary =
      own === undefined
        ? ''
        : `: activation × gradient from ${points(own.curve[0]!)} to ${points(own.curve.at(-1)!)} points`;
    return html`<figure>
      <figcaption>
        <h3>${testTitles[test]}</h3>
        <span class="muted">score, in points</span>
      </figcaption>
      <div
        class="plot"
        tabindex="0"
        role="img"
        aria-label=${`${testTitles[test]} curves of ${counted(found.methods.length, 'method')}${summary}. Arrow keys walk them; their values are in the tables below.`}
        @pointermove=${(event: PointerEvent) => {
          const { left } = (event.currentTarget as HTMLElement).getBoundingClientRect();
          this.point(test, nearest(found.fractions, fractionAt(event.clientX - left, width)));
        }}
        @pointerleave=${() => {
          this.pointed = null;
        }}
        @keydown=${(event: KeyboardEvent) => this.onChartKey(event, test, found.fractions.length)}
        @blur=${() => {
          this.pointed = null;
        }}
      >
        ${width > 0 ? faithfulnessChart(found, test, { width, at, highlighted }) : nothing}
      </div>
    </figure>`;
  }

  /** Two beside each other where there is room for two. */
  private get chartWidth(): number {
    const gap = 16;
    return this.width >= 560 ? Math.floor((this.width - gap) / 2) : this.width;
  }

  private measureWidth(): void {
    this.width = Math.floor(this.charts?.getBoundingClientRect().width ?? 0);
  }

  private point(test: Test, at: number): void {
    if (this.pointed?.test !== test || this.pointed.at !== at) this.pointed = { test, at };
  }

  private onChartKey(event: KeyboardEvent, test: Test, length: number): void {
    const now = this.pointed?.test === test ? this.pointed.at : -1;
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.point(test, Math.max(0, Math.min(length - 1, next)));
  }

  private table(found: Faithfulness): TemplateResult {
    const row = ({
      method,
      deletion,
      insertion,
      rankCorrelation,
    }: Faithfulness['methods'][number]) => html`<tr
      class=${method === 'activation-gradient' ? 'own' : ''}
      @pointerenter=${() => {
        this.highlighted = method;
      }}
      @pointerleave=${() => {
        this.highlighted = null;
      }}
    >
      <th scope="row"><span class="method">${swatch(method)}<span>${methodTexts[method].label}</span></span></th>
      ${this.cell(deletion, 'deletion')}${this.cell(insertion, 'insertion')}
      <td title=${rankCorrelation === null ? nothing : raw(rankCorrelation.mean)}>
        ${
          rankCorrelation === null
            ? html`<span class="muted">none</span>`
            : html`${correlation(rankCorrelation.mean)}${confidence(interval(rankCorrelation.ci, correlation))}`
        }
      </td>
    </tr>`;
    return html`<div class="scroll">
      <table class="areas">
        <thead>
          <tr>
            <th scope="col">Method</th>
            ${tests.map((test) => this.head(found, test))}
            <th scope="col" aria-label="Rank correlation with exact ablation" title="Spearman’s rank correlation with exact ablation">Rank<span class="long"> corr.</span></th>
          </tr>
        </thead>
        <tbody>
          ${found.methods.map(row)}
        </tbody>
      </table>
    </div>`;
  }

  /** While a curve is pointed at, its column has the scores there. */
  private head({ fractions }: Faithfulness, test: Test): TemplateResult {
    const at = this.pointed?.test === test ? fractions[this.pointed.at] : undefined;
    if (at !== undefined) return html`<th scope="col" class="pointed">at ${percent(at)}</th>`;
    return test === 'deletion'
      ? html`<th scope="col" aria-label="Area under deletion" title="Area under the deletion curve, in points: the smaller the better">
          Del<span class="long">etion</span> ↓
        </th>`
      : html`<th scope="col" aria-label="Area under insertion" title="Area under the insertion curve, in points: the larger the better">
          Ins<span class="long">ertion</span> ↑
        </th>`;
  }

  private cell({ auc, ci, curve }: FaithfulnessCurve, test: Test): TemplateResult {
    const y = this.pointed?.test === test ? curve[this.pointed.at] : undefined;
    // The interval keeps its place: nothing may move under the pointer.
    return y === undefined
      ? html`<td title=${`${raw(auc)} of cosine`}>${points(auc)}${confidence(interval(ci, points))}</td>`
      : html`<td class="pointed">${points(y)}${ci === null ? nothing : html`<span class="ci kept" aria-hidden="true">${interval(ci, points).trim()}</span>`}</td>`;
  }
}

function confidence(text: string): TemplateResult | typeof nothing {
  return text === ''
    ? nothing
    : html`<span class="ci" title="95 % interval over images">${text.trim()}</span>`;
}

/** Fractions down, methods across. */
function valueTable({ fractions, methods }: Faithfulness, test: Test): TemplateResult {
  return html`<h4>${testTitles[test]}: score in points</h4>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Components</th>
            ${methods.map(({ method }) => html`<th scope="col">${methodTexts[method].label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${fractions.map(
            (fraction, i) => html`<tr>
              <th scope="row">${percent(fraction)}</th>
              ${methods.map(({ [test]: { curve } }) => html`<td>${points(curve[i]!)}</td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-faithfulness': FaithfulnessPlot;
  }
}
