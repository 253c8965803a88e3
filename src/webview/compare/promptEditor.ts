import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ComparedColumn } from '../../shared/compareProtocol';
import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import { emit } from '../components/events';
import { icons } from '../components/icons';
import { theme } from '../components/theme';

/** What becomes of a text: both reject with the reason why it cannot be so, which is shown beside the text. */
export interface PromptActions {
  /** `before` is what it said when the person began. */
  readonly rewrite: (column: number, text: string, before: string) => Promise<unknown>;
  readonly tryText: (column: number, text: string) => Promise<unknown>;
}

/**
 * A text field in the place of a prompt: Enter writes it, Shift+Enter begins a line, Escape leaves. Emits `edit-end`, and
 * `place-open` where a person is better off in the file.
 */
@customElement('clipsight-prompt-editor')
export class PromptEditor extends LitElement {
  static override styles = [
    theme,
    css`
      textarea {
        display: block;
        width: 100%;
        min-height: 26px;
        padding: 3px 6px;
        border: 1px solid var(--vscode-input-border, var(--line));
        border-radius: 2px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        font: inherit;
        resize: none;
        field-sizing: content;
        max-height: 40vh;
      }
      textarea[aria-invalid='true'] {
        border-color: var(--vscode-inputValidation-errorBorder, currentColor);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 4px;
      }
      .refusal {
        display: flex;
        align-items: flex-start;
        gap: 6px;
        margin-top: 4px;
        overflow-wrap: anywhere;
      }
      .refusal svg.icon {
        color: var(--vscode-errorForeground);
      }
    `,
  ];

  @property({ attribute: false }) column!: ComparedColumn;
  @property({ attribute: false }) actions!: PromptActions;

  @state() private refusal: ErrorInfo | null = null;
  @state() private busy = false;
  @query('textarea') private field!: HTMLTextAreaElement;
  /** What it said when the person began: the file may say something else meanwhile. */
  private original = '';

  protected override firstUpdated(): void {
    this.original = this.column.text;
    this.field.value = this.original;
    this.field.focus();
    this.field.select();
  }

  override render(): TemplateResult {
    const { place, draftOf } = this.column;
    const written = place !== null;
    const fixed = place?.fixed ?? null;
    return html`<textarea
        rows="1"
        dir="auto"
        aria-label="Text of the prompt"
        aria-invalid=${this.refusal !== null}
        ?disabled=${this.busy}
        maxlength="10000"
        @keydown=${this.onKey}
        @input=${() => {
          this.refusal = null;
        }}
      ></textarea>
      <div class="actions">
        ${
          fixed === null
            ? html`<vscode-button ?disabled=${this.busy} @click=${() => this.finish(this.actions.rewrite)}
              >${written ? 'Write to File' : 'Apply'}</vscode-button
            >`
            : nothing
        }
        ${
          draftOf === null
            ? html`<vscode-button
              appearance=${fixed === null ? 'secondary' : 'primary'}
              title="Score it beside the prompt, without writing it"
              ?disabled=${this.busy}
              @click=${() => this.finish(this.actions.tryText)}
              >Try</vscode-button
            >`
            : nothing
        }
        <vscode-button appearance="secondary" @click=${() => this.end()}>Cancel</vscode-button>
      </div>
      ${fixed === null ? nothing : this.remark(`It cannot be written back. ${fixed}`, undefined, icons.info)}
      ${this.refusal === null ? nothing : this.remark(this.refusal.message, this.refusal.remedy, icons.error)}`;
  }

  private remark(message: string, remedy: string | undefined, icon: TemplateResult): TemplateResult {
    return html`<div class="refusal" role="alert">
      ${icon}
      <div>
        <span dir="auto">${message}</span>
        ${remedy === undefined ? nothing : html`<span class="muted">${remedy}</span>`}
        ${
          this.column.place === null
            ? nothing
            : html`<button class="plain link" @click=${() => emit(this, 'place-open', this.column.id)}>
              Open in editor
            </button>`
        }
      </div>
    </div>`;
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Escape') this.end();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      const fixed = this.column.place?.fixed ?? null;
      void this.finish(fixed === null ? this.actions.rewrite : this.actions.tryText);
    } else return;
    event.preventDefault();
  };

  private async finish(act: PromptActions['rewrite']): Promise<void> {
    if (this.busy) return;
    const text = this.field.value;
    // A text field ends lines with a line feed, whatever the file does.
    if (text === this.original.replaceAll('\r\n', '\n')) {
      this.end();
      return;
    }
    this.busy = true;
    this.refusal = null;
    try {
      await act(this.column.id, text, this.original);
      this.end();
    } catch (thrown) {
      this.refusal = toErrorInfo(thrown);
      // The person was told what it says now: what is written over it next is meant.
      this.original = this.column.text;
    } finally {
      this.busy = false;
    }
    if (this.refusal === null) return;
    await this.updateComplete;
    this.field.focus();
  }

  private end(): void {
    emit(this, 'edit-end', null);
  }
}
