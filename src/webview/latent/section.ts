import { css, html, nothing, type TemplateResult } from 'lit';
import { icons } from '../components/icons';

export interface SectionOptions {
  readonly title: string;
  /** Beside the title, for example a number. */
  readonly note?: string;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
  /** Controls at the end of the head. */
  readonly actions?: TemplateResult;
}

/** A part of a view that can be closed, headed as VS Code heads the sections of a side bar. */
export function section({ title, note, open, onToggle, actions }: SectionOptions, content: TemplateResult) {
  const toggle = (event: Event) => {
    const details = event.currentTarget as HTMLDetailsElement;
    if (details.open !== open) onToggle(details.open);
  };
  return html`<div class="section">
    <details ?open=${open} @toggle=${toggle}>
      <summary>
        ${icons.twistie}
        <h2>${title}</h2>
        ${note === undefined ? nothing : html`<span class="muted">${note}</span>`}
      </summary>
      <div class="section-content">${content}</div>
    </details>
    ${actions === undefined ? nothing : html`<div class="section-actions">${actions}</div>`}
  </div>`;
}

export const sectionStyles = css`
  .section {
    position: relative;
    border-top: 1px solid var(--section-line);
  }
  .section > details > summary {
    align-items: center;
    gap: 2px 4px;
    min-height: 26px;
    padding-inline: 2px 8px;
    user-select: none;
  }
  .section > details > summary > svg.icon {
    align-self: center;
    margin: 0;
  }
  .section > details > summary > h2 {
    flex: none;
    font-size: 11px;
    font-weight: 700;
    text-transform: uppercase;
  }
  .section > details > summary > .muted {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    margin-inline-start: 4px;
    font-size: 0.92em;
  }
  .section:has(> .section-actions) > details > summary {
    padding-inline-end: 32px;
  }
  .section-content {
    padding: 2px var(--edge) 12px;
  }
  .section-actions {
    position: absolute;
    inset: 1px 4px auto auto;
    display: flex;
  }
`;
