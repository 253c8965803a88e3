import { css, html, nothing, type TemplateResult } from 'lit';
import { findingKinds } from '../../shared/audit';
import { dropdown } from '../components/controls';
import { count } from '../components/format';
import { everything, type Filter, firstDirection, type Ordering, orderings } from './findings';
import { kindTexts, verdictTexts } from './sentences';

export interface FilterBar {
  readonly filter: Filter;
  readonly text: string;
  readonly ordering: Ordering;
  readonly probes: readonly string[];
  /** Whether there are prompts beside the probes. */
  readonly prompts: boolean;
  /** Listed, and of how many. */
  readonly shown: number;
  readonly all: number;
  readonly onFilter: (filter: Filter) => void;
  readonly onText: (text: string) => void;
  readonly onOrdering: (ordering: Ordering) => void;
}

const orderingTexts: Readonly<Record<Ordering['by'], string>> = {
  prompt: 'prompt',
  component: 'component',
  measured: 'measured',
  expected: 'expected',
  score: 'score',
  alignment: 'alignment',
  kind: 'kind',
  effect: 'switched off',
  decision: 'decision',
};

/** Which findings are listed, and where there is no room for all column heads, in which order. */
export function filterBar(bar: FilterBar): TemplateResult {
  const { filter, text, ordering, probes, prompts, shown, all } = bar;
  const change = (part: Partial<Filter>) => bar.onFilter({ ...filter, ...part });
  const sets = [
    { value: 'any', label: 'all' },
    ...(prompts ? [{ value: 'prompts', label: 'prompts' }] : []),
    ...probes.map((probe) => ({ value: `probe ${probe}`, label: probe })),
  ];
  const isOpen =
    text === '' &&
    (Object.keys(everything) as (keyof Filter)[]).every((key) => filter[key] === everything[key]);
  return html`<div class="tools" role="group" aria-label="Which findings to list">
    <vscode-text-field
      class="text"
      placeholder="prompt, label, note"
      .value=${text}
      @input=${(event: InputEvent) => bar.onText((event.target as HTMLInputElement).value)}
      >Find</vscode-text-field
    >
    <label
      ><span aria-hidden="true">Kind</span>${dropdown(
        'Kind',
        [
          { value: 'any', label: 'any' } as const,
          ...findingKinds.map((kind) => ({ value: kind, label: kindTexts[kind].label.toLowerCase() })),
        ],
        filter.kind,
        (kind) => change({ kind }),
      )}</label
    >
    <label
      ><span aria-hidden="true">Decision</span>${dropdown(
        'Decision',
        [
          { value: 'any', label: 'any' },
          { value: 'undecided', label: 'undecided' },
          ...(['expected', 'spurious', 'todo'] as const).map((verdict) => ({
            value: verdict,
            label: verdictTexts[verdict].toLowerCase(),
          })),
        ],
        filter.decision,
        (decision) => change({ decision }),
      )}</label
    >
    ${
      sets.length < 3
        ? nothing
        : html`<label
          ><span aria-hidden="true">Of</span>${dropdown('Prompts or probe', sets, filter.set, (set) => change({ set }))}</label
        >`
    }
    <label class="by"
      ><span aria-hidden="true">Order</span>${dropdown(
        'Order by',
        orderings.map((by) => ({ value: by, label: orderingTexts[by] })),
        ordering.by,
        (by) => bar.onOrdering({ by, descending: firstDirection(by) }),
      )}</label
    >
    <button
      class="plain switch"
      aria-pressed=${filter.confirmed}
      title="Only findings for which switching the component off lowers the score by more than chance"
      @click=${() => change({ confirmed: !filter.confirmed })}
    >
      Only confirmed
    </button>
    <span class="listed" role="status"
      >${
        isOpen
          ? nothing
          : html`${count(shown)} of ${count(all)}
          <button
            class="plain link"
            @click=${() => {
              bar.onFilter(everything);
              bar.onText('');
            }}
          >
            Show all
          </button>`
      }</span
    >
  </div>`;
}

export const filterBarStyles = css`
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 6px 10px;
    min-width: 0;
    margin-bottom: 8px;
  }
  .tools label {
    display: grid;
    gap: 2px;
    min-width: 0;
  }
  .tools label > span,
  .tools vscode-text-field::part(label) {
    color: var(--muted);
    font-size: 0.9em;
    line-height: 1.3;
  }
  .tools vscode-dropdown {
    width: 112px;
    min-width: 0;
  }
  .tools vscode-text-field.text {
    width: 170px;
    --input-min-width: 0;
  }
  .tools .by {
    display: none;
  }
  button.switch.plain {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    height: 26px;
    padding: 0 8px;
    border: 1px solid var(--vscode-dropdown-border, var(--line));
    border-radius: 3px;
    white-space: nowrap;
  }
  button.switch:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  button.switch[aria-pressed='true'] {
    border-color: var(--focus);
    background: color-mix(in srgb, var(--focus) 22%, transparent);
  }
  .listed {
    line-height: 26px;
    white-space: nowrap;
  }
  @media (max-width: 899px) {
    .tools .by {
      display: grid;
    }
  }
`;
