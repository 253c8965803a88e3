import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type * as z from 'zod';
import type { panelHostProtocol } from '../../shared/panelProtocol';
import { emit } from '../components/events';
import { icons } from '../components/icons';
import { theme } from '../components/theme';

export type Export = Omit<z.input<(typeof panelHostProtocol)['exportResults']['request']>, 'intervention'>;

const choices: readonly { readonly label: string; readonly detail: Export }[] = [
  { label: 'Copy as JSON', detail: { format: 'json', to: 'clipboard' } },
  { label: 'Copy as CSV', detail: { format: 'csv', to: 'clipboard' } },
  { label: 'Export JSON…', detail: { format: 'json', to: 'file' } },
  { label: 'Export CSV…', detail: { format: 'csv', to: 'file' } },
];

/** A menu button after the ARIA pattern: arrow keys walk the items, Escape closes. Emits `export`. */
@customElement('clipsight-export-menu')
export class ExportMenu extends LitElement {
  static override styles = [
    theme,
    css`
      :host {
        position: relative;
        flex: none;
      }
      .opener {
        display: flex;
        align-items: center;
        gap: 4px;
        height: 26px;
        padding: 0 6px;
        border: 1px solid var(--contrast);
        border-radius: 4px;
      }
      .opener:hover:enabled,
      .opener[aria-expanded='true'] {
        background: var(--vscode-toolbar-hoverBackground);
        border-color: var(--contrast-active);
      }
      .opener:disabled {
        opacity: 0.4;
        cursor: default;
      }
      [role='menu'] {
        position: absolute;
        z-index: 3;
        top: calc(100% + 2px);
        right: 0;
        display: grid;
        min-width: 11em;
        padding: 4px;
        border: 1px solid var(--vscode-menu-border, var(--line));
        border-radius: 5px;
        color: var(--vscode-menu-foreground);
        background: var(--vscode-menu-background);
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      [role='menuitem'] {
        padding: 3px 12px;
        border: 1px solid transparent;
        border-radius: 3px;
        white-space: nowrap;
      }
      [role='menuitem']:focus {
        color: var(--vscode-menu-selectionForeground);
        background: var(--vscode-menu-selectionBackground);
        border-color: var(--vscode-menu-selectionBorder, transparent);
        outline: none;
      }
      @media (forced-colors: active) {
        [role='menuitem']:focus {
          border-color: Highlight;
        }
      }
    `,
  ];

  @property({ type: Boolean }) disabled = false;
  @state() private open = false;
  @query('.opener') private opener!: HTMLButtonElement;

  override render(): TemplateResult {
    return html`<button
        class="plain opener"
        aria-haspopup="menu"
        aria-expanded=${this.open}
        ?disabled=${this.disabled}
        title="Copy or save the numbers of every image and prompt, in full"
        @click=${() => this.toggle(!this.open)}
        @keydown=${this.onOpenerKey}
      >
        ${icons.export}<span>Export</span>${icons.down}
      </button>
      <div
        role="menu"
        aria-label="Export"
        ?hidden=${!this.open}
        @keydown=${this.onMenuKey}
        @mousedown=${this.keepFocus}
        @focusout=${this.onFocusOut}
      >
        ${choices.map(
          ({ label, detail }) =>
            html`<button
              class="plain"
              role="menuitem"
              tabindex="-1"
              @mouseenter=${(event: MouseEvent) => (event.currentTarget as HTMLElement).focus()}
              @click=${() => this.choose(detail)}
            >
              ${label}
            </button>`,
        )}
      </div>`;
  }

  private get items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  private async toggle(open: boolean): Promise<void> {
    this.open = open;
    await this.updateComplete;
    if (open) this.items[0]?.focus();
  }

  private close(): void {
    this.open = false;
    this.opener.focus();
  }

  private choose(detail: Export): void {
    this.close();
    emit(this, 'export', detail);
  }

  private onOpenerKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    void this.toggle(true);
  }

  private onMenuKey(event: KeyboardEvent): void {
    const { items } = this;
    const at = items.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + items.length,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      items[next % items.length]?.focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      this.close();
    }
  }

  /** Where a press gives a button no focus (Safari), the menu would lose it and be gone before the click. */
  private keepFocus(event: MouseEvent): void {
    event.preventDefault();
  }

  private onFocusOut(event: FocusEvent): void {
    const within = event.relatedTarget instanceof Node && this.renderRoot.contains(event.relatedTarget);
    if (!within) this.open = false;
  }
}
