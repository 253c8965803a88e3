import { css, html, type TemplateResult } from 'lit';
import { signedBar } from '../components/bars';
import { raw, signedPoints } from '../components/format';

/** A text, a bar from the middle, and the number in points. `scale` is the value of a full half-width. */
export function signedRow(text: string, value: number, scale: number, what: string): TemplateResult {
  return html`<div class="signed-row">
    <span class="signed-text" dir="auto" title=${text}>${text}</span>
    <span class="signed-bar">${signedBar(value / scale)}</span>
    <span class="signed-number" title=${`${what} ${raw(value)}`}>${signedPoints(value)}</span>
  </div>`;
}

export const signedRowStyles = css`
  .signed-row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(40px, 34%) 52px;
    align-items: center;
    column-gap: 8px;
    min-height: 22px;
  }
  .signed-text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .signed-bar {
    height: 14px;
  }
  .signed-number {
    text-align: end;
    white-space: nowrap;
  }
  @container (max-width: 219px) {
    .signed-row {
      grid-template-columns: minmax(0, 1fr) 52px;
      margin-bottom: 4px;
    }
    .signed-text {
      grid-column: 1 / -1;
    }
  }
`;
