import { css, html, type TemplateResult } from 'lit';
import type { ShownPrompt } from './tables';

/** A prompt by its number and its text, cut where there is no room for all of it. */
export function promptLabel({ column, label }: ShownPrompt): TemplateResult {
  return html`<span class="badge">${label}</span
    ><span class="prompt-text" dir="auto" title=${column.text}>${column.text}</span>`;
}

export const promptLabelStyles = css`
  .badge {
    display: inline-block;
    flex: none;
    min-width: 20px;
    padding-inline: 4px;
    border: 1px solid var(--line);
    border-radius: 9px;
    color: var(--muted);
    font-size: 0.85em;
    font-weight: normal;
    line-height: 16px;
    text-align: center;
  }
  .prompt-text {
    min-width: 0;
    overflow-wrap: anywhere;
    text-align: start;
    white-space: pre-wrap;
  }
`;
