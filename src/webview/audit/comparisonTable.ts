import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ShownAudit, ShownComparison, ShownFinding } from '../../shared/auditProtocol';
import { percent } from '../../shared/points';
import { emit } from '../components/events';
import { count } from '../components/format';
import { theme } from '../components/theme';
import { decisionIcon, decisionStyles } from './decisions';
import { intervalBar, intervalScale, intervalStyles } from './intervalBar';
import { kindTexts, scoreSentence, signedPercent } from './sentences';

/** A finding of one of the two. */
export interface SideFinding {
  readonly audit: number;
  readonly finding: number;
}

/** Prompts drawn at once; the others on request. */
const shownAtFirst = 50;

/**
 * What prompts rely on by two studies: one row per thing, both scores beside each other, or one where only one study
 * has it. Emits `side-select` (SideFinding) when a score is chosen, `side-enter` where that was by the keyboard.
 */
@customElement('clipsight-comparison-table')
export class ComparisonTable extends LitElement {
  static override styles = [
    theme,
    intervalStyles,
    decisionStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .scroll {
        max-height: var(--table-height, 70vh);
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 3px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        table-layout: fixed;
      }
      th,
      td {
        padding: 3px 8px;
        font-weight: normal;
        text-align: start;
        vertical-align: top;
      }
      thead th {
        position: sticky;
        z-index: 1;
        top: 0;
        color: var(--muted);
        background: var(--vscode-editor-background);
        /* A border would scroll away with the table. */
        box-shadow: inset 0 -1px 0 var(--line);
      }
      thead b {
        display: block;
        overflow: hidden;
        color: var(--vscode-foreground);
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      tbody + tbody tr:first-child > * {
        border-top: 1px solid var(--line);
      }
      .prompt {
        overflow-wrap: anywhere;
      }
      td.none {
        color: var(--muted);
        font-style: italic;
      }
      .side {
        display: grid;
        width: 100%;
        gap: 1px;
        padding: 1px 5px;
        border: 1px solid transparent;
        border-radius: 3px;
      }
      .side:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--contrast-active);
      }
      .side[aria-pressed='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        border-color: var(--contrast-active, var(--focus));
      }
      .side .name {
        display: flex;
        gap: 6px;
        min-width: 0;
      }
      .side .name > [dir] {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .side .name > .score {
        margin-inline-start: auto;
        font-weight: 600;
        white-space: nowrap;
      }
      .side .second {
        color: var(--muted);
        font-size: 0.9em;
        line-height: 1.3;
      }
      .verdict svg.icon {
        width: 14px;
        height: 14px;
      }
      .more {
        padding: 6px 8px;
      }
      .sums {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 16px;
        margin-bottom: 6px;
      }
      .sums label {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .sums input {
        margin: 0;
      }
      @container (max-width: 559px) {
        table,
        tbody {
          display: block;
        }
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: 1fr 1fr;
        }
        th.prompt {
          grid-column: 1 / -1;
          font-weight: 600;
        }
      }
    `,
  ];

  @property({ attribute: false }) left!: ShownAudit;
  @property({ attribute: false }) right!: ShownAudit;
  @property({ attribute: false }) comparison!: ShownComparison;
  @property({ attribute: false }) selected: SideFinding | null = null;
  /** Only what just one of the two has. */
  @state() private onlyOne = false;
  @state() private most = shownAtFirst;

  override render(): TemplateResult {
    const { left, right } = this;
    const { prompts, matchedBy } = this.comparison;
    const matches = prompts.flatMap((prompt) => prompt.matches);
    const onlyLeft = matches.filter((match) => match.right === null).length;
    const onlyRight = matches.filter((match) => match.left === null).length;
    const [a, b] = studyNames(left, right);
    const listed = this.onlyOne ? onlyDifferences(prompts) : prompts;
    return html`<div class="sums">
        <span title=${matchTexts[matchedBy]}><b>${count(matches.length - onlyLeft - onlyRight)}</b> by both</span>
        <span><b>${count(onlyLeft)}</b> only by ${a}</span>
        <span><b>${count(onlyRight)}</b> only by ${b}</span>
        <label
          ><input
            type="checkbox"
            .checked=${this.onlyOne}
            @change=${(event: Event) => {
              this.onlyOne = (event.target as HTMLInputElement).checked;
            }}
          />
          Only what differs</label
        >
      </div>
      ${
        listed.length === 0
          ? html`<p class="muted" role="status">
            ${prompts.length === 0 ? 'Neither study found a reliance.' : 'Both rely on the same things.'}
          </p>`
          : this.table(listed, a, b)
      }`;
  }

  /** Gives the focus to the score whose evidence is shown. */
  focusSelected(): void {
    const at = (what: string) => this.renderRoot.querySelector<HTMLElement>(what);
    (at('[aria-pressed=true]') ?? at('input'))?.focus();
  }

  private table(prompts: readonly ComparedPrompt[], a: string, b: string): TemplateResult {
    const { left, right } = this;
    const scale = intervalScale([...left.findings, ...right.findings].map(({ interval }) => interval));
    const side = (audit: ShownAudit, place: number | null, isUntested: boolean) =>
      place === null
        ? html`<td class="none">${isUntested ? 'not audited' : 'no reliance found'}</td>`
        : html`<td>${this.finding(audit, audit.findings[place]!, place, scale)}</td>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Findings of both studies">
      <table>
        <thead>
          <tr>
            <th scope="col" class="prompt">Prompt</th>
            <th scope="col"><b title=${a}>${a}</b>${count(left.findings.length)} findings</th>
            <th scope="col"><b title=${b}>${b}</b>${count(right.findings.length)} findings</th>
          </tr>
        </thead>
        ${prompts.slice(0, this.most).map(({ matches, untested }) => {
          const [{ left: l, right: r }] = matches as [Match, ...Match[]];
          const { prompt, probe } = l === null ? right.findings[r!]! : left.findings[l]!;
          return html`<tbody>
            ${matches.map(
              ({ left: l, right: r }, index) => html`<tr>
                ${
                  index === 0
                    ? html`<th scope="rowgroup" class="prompt" rowspan=${matches.length}>
                      <span dir="auto">${prompt}</span>
                      ${probe === null ? nothing : html`<span class="muted">class of ${probe}</span>`}
                    </th>`
                    : nothing
                }${side(left, l, untested.left)}${side(right, r, untested.right)}
              </tr>`,
            )}
          </tbody>`;
        })}
      </table>
      ${
        prompts.length > this.most
          ? html`<p class="more">
            <button
              class="plain link"
              @click=${() => {
                this.most += shownAtFirst;
              }}
            >
              Show more of ${count(prompts.length - this.most)} prompts
            </button>
          </p>`
          : nothing
      }
    </div>`;
  }

  private finding(
    audit: ShownAudit,
    finding: ShownFinding,
    place: number,
    scale: Parameters<typeof intervalBar>[3],
  ): TemplateResult {
    const { label, component, score, interval, kind, measured, expected, decision } = finding;
    const isSelected = this.selected?.audit === audit.id && this.selected.finding === place;
    return html`<button
      class="plain side"
      aria-pressed=${isSelected}
      title=${`${scoreSentence(finding)}\nShow the evidence`}
      @click=${({ detail: presses }: MouseEvent) =>
        emit<SideFinding>(this, presses === 0 ? 'side-enter' : 'side-select', {
          audit: audit.id,
          finding: place,
        })}
    >
      <span class="name"
        ><span dir="auto">${label ?? 'too few images'}</span>${decision === null ? nothing : decisionIcon(decision.verdict)}<span
          class="score"
          >${signedPercent(score)}</span
        ></span
      >
      ${intervalBar(score, interval, audit.margin, scale)}
      <span class="second"
        >${component} · ${kindTexts[kind].label} · ${percent(measured)}, expected ${percent(expected)}</span
      >
    </button>`;
  }
}

const matchTexts: Readonly<Record<ShownComparison['matchedBy'], string>> = {
  component: 'The same component in both',
  label:
    'The same label in both: components of different models or dictionaries have nothing but their meaning in common',
};

/** What tells the two apart: the model, the dictionary, or both. */
export function studyNames(
  { study: a }: Pick<ShownAudit, 'study'>,
  { study: b }: Pick<ShownAudit, 'study'>,
): readonly [string, string] {
  const [x, y] = [a, b].map(({ dictionary: { id, layer } }) =>
    a.dictionary.id === b.dictionary.id && a.dictionary.layer !== b.dictionary.layer
      ? `${id}, block ${layer}`
      : id,
  ) as [string, string];
  if (x === y) {
    return a.model.id === b.model.id ? [a.model.folder, b.model.folder] : [a.model.id, b.model.id];
  }
  return a.model.id === b.model.id ? [x, y] : [`${a.model.id} · ${x}`, `${b.model.id} · ${y}`];
}

type ComparedPrompt = ShownComparison['prompts'][number];
type Match = ComparedPrompt['matches'][number];

function onlyDifferences(prompts: readonly ComparedPrompt[]): ComparedPrompt[] {
  const isOne = ({ left, right }: Match) => left === null || right === null;
  return prompts
    .map((prompt) => ({ ...prompt, matches: prompt.matches.filter(isOne) }))
    .filter(({ matches }) => matches.length > 0);
}
