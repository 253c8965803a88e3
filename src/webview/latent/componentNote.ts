import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { emit } from '../components/events';
import { theme } from '../components/theme';
import { readOnlyReason } from './componentHeader';

export interface WrittenNote {
  readonly component: number;
  readonly before: string | null;
  readonly note: string | null;
}

/**
 * What the person noted about a component. Kept when the field is left, with Ctrl+Enter, and when another component
 * takes its place; Escape takes back what was not kept yet. Emits `note-write` (WrittenNote).
 */
@customElement('clipsight-component-note')
export class ComponentNote extends LitElement {
  static override styles = [
    theme,
    css`
      textarea {
        display: block;
        width: 100%;
        max-width: 640px;
        min-height: 54px;
        max-height: 50vh;
        padding: 4px 6px;
        border: 1px solid var(--vscode-input-border, var(--line));
        border-radius: 2px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        font: inherit;
        resize: vertical;
        field-sizing: content;
      }
      textarea::placeholder {
        color: var(--vscode-input-placeholderForeground);
      }
      textarea:disabled {
        opacity: 0.6;
      }
    `,
  ];

  @property({ type: Number }) component = 0;
  @property({ attribute: false }) note: string | null = null;
  @property({ type: Boolean }) readOnly = false;
  @query('textarea') private field!: HTMLTextAreaElement;
  /** What is typed and not kept yet. */
  private draft: string | null = null;

  override disconnectedCallback(): void {
    this.keep();
    super.disconnectedCallback();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const component = changed.get('component');
    if (component === undefined) return;
    this.keep(component, changed.has('note') ? (changed.get('note') ?? null) : this.note);
  }

  override render(): TemplateResult {
    return html`<textarea
      aria-label="Note"
      rows="2"
      maxlength="10000"
      placeholder="What you found out about it"
      title=${this.readOnly ? readOnlyReason : 'Kept when you leave it, or with Ctrl+Enter'}
      dir="auto"
      ?disabled=${this.readOnly}
      @input=${() => {
        this.draft = this.field.value;
      }}
      @blur=${() => this.keep()}
      @keydown=${this.onKey}
    ></textarea>`;
  }

  protected override updated(): void {
    const text = this.draft ?? this.note ?? '';
    if (this.field.value !== text) this.field.value = text;
  }

  private keep(component = this.component, before = this.note): void {
    const { draft } = this;
    this.draft = null;
    if (draft === null) return;
    const note = draft.trim() === '' ? null : draft;
    emit<WrittenNote>(this, 'note-write', { component, before, note });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      this.keep();
    } else if (event.key === 'Escape' && this.draft !== null) {
      this.draft = null;
      this.requestUpdate();
    } else {
      return;
    }
    event.preventDefault();
  }
}
