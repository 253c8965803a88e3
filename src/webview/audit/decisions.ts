import { css, html, type TemplateResult } from 'lit';
import type { Verdict } from '../../shared/decisions';
import { icons } from '../components/icons';

/** A decision that a person makes about a finding; null takes it out. */
export interface Decided {
  readonly verdict: Verdict | null;
  readonly note: string | null;
}

/** The key that makes each decision, where nothing is being typed. */
export const decisionKeys: Readonly<Record<string, Verdict | null>> = {
  e: 'expected',
  s: 'spurious',
  t: 'todo',
  c: null,
};

const drawings = { expected: icons.check, spurious: icons.spurious, todo: icons.todo } as const;

export function decisionIcon(verdict: Verdict): TemplateResult {
  return html`<span class="verdict ${verdict}">${drawings[verdict]}</span>`;
}

export const decisionStyles = css`
  .verdict {
    display: inline-flex;
  }
  .verdict.expected {
    color: var(--vscode-charts-green, currentColor);
  }
  .verdict.spurious {
    color: var(--vscode-editorWarning-foreground, currentColor);
  }
  .verdict.todo {
    color: var(--vscode-charts-purple, currentColor);
  }
  @media (forced-colors: active) {
    .verdict {
      color: CanvasText;
    }
  }
`;
