import { css, html, type TemplateResult } from 'lit';
import { signedBar } from '../components/bars';
import { raw } from '../components/format';

export interface SignedRow {
  readonly text: string;
  readonly value: number;
  /** The value of a full half-width. */
  readonly scale: number;
  readonly format: (value: number) => string;
  /** What the number is, before its exact value. */
  readonly what: string;
}

/** A text, a bar from the middle, and the number. */
export function signedRow({ text, value, scale, format, what }: SignedRow): TemplateResult {
  return html`<div class="signed-row">
    <span class="signed-text" dir="auto" title=${text}>${text}</span>
    <span class="signed-bar">${signedBar(value / scale)}</span>
    <span class="signed-number" title=${`${what} ${raw(value)}`}>${format(value)}</span>
  </div>`;
}

export const signedRowStyles = css`
  .signed-row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(36px, 27%) 48px;
    align-items: center;
    column-gap: 8px;
    max-width: 520px;
    min-height: 22px;
  }
  .signed-text {
    text-align: left;
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
