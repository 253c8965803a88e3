import { css, html, nothing, type TemplateResult } from 'lit';
import type { ErrorInfo } from '../../shared/errors';
import { icons } from './icons';

export interface Action {
  readonly label: string;
  readonly run: () => void;
}

/** What went wrong, what to do about it, and the buttons that help. What a person cancelled is no alarm. */
export function errorNotice(error: ErrorInfo, actions: readonly Action[]): TemplateResult {
  const calm = error.code === 'cancelled';
  return html`<div class="error-notice ${calm ? 'calm' : ''}" role=${calm ? 'status' : 'alert'}>
    ${calm ? icons.info : icons.error}
    <div class="error-text">
      <p class="error-message" dir="auto">${error.message}</p>
      ${error.remedy === undefined ? nothing : html`<p class="muted" dir="auto">${error.remedy}</p>`}
    </div>
    <div class="error-actions">
      ${actions.map(
        ({ label, run }) =>
          html`<vscode-button appearance="secondary" @click=${run}>${label}</vscode-button>`,
      )}
    </div>
  </div>`;
}

export const errorNoticeStyles = css`
  .error-notice {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 8px 12px;
    padding: 8px 12px;
    border: 1px solid var(--vscode-inputValidation-errorBorder, var(--contrast));
    border-radius: 3px;
    color: var(--vscode-inputValidation-errorForeground, inherit);
    background: var(--vscode-inputValidation-errorBackground, transparent);
  }
  .error-notice > svg {
    margin-top: 1px;
    color: var(--vscode-errorForeground);
  }
  .error-notice.calm {
    border-color: var(--line);
    color: inherit;
    background: none;
  }
  .error-notice.calm > svg {
    color: inherit;
  }
  .error-text {
    flex: 1 1 20em;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .error-message {
    white-space: pre-wrap;
  }
  .error-text .muted {
    color: inherit;
    opacity: 0.85;
  }
  .error-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
`;
