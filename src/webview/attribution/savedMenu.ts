import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { PanelState } from '../../shared/panelProtocol';
import { emit } from '../components/events';
import { counted } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';

export type SavedIntervention = PanelState['interventions'][number];

/**
 * The interventions that the person keeps for this study: a menu button after the ARIA pattern. Arrow keys walk the
 * items, Delete forgets one, Escape closes. Emits `saved-apply` (SavedIntervention) and `saved-forget` (its name).
 */
@customElement('clipsight-saved-menu')
export class SavedMenu extends LitElement {
  static override styles = [
    theme,
    css`
      :host {
        position: relative;
        flex: none;
      }
      button.opener {
        display: flex;
        align-items: center;
        gap: 2px;
        height: 24px;
        padding: 0 7px;
        border: 1px solid var(--line);
        border-radius: 4px;
      }
      button.opener:hover:enabled,
      button.opener[aria-expanded='true'] {
        background: var(--vscode-toolbar-hoverBackground);
        border-color: var(--contrast-active);
      }
      button.opener:disabled {
        opacity: 0.4;
        cursor: default;
      }
      [role='menu'] {
        position: absolute;
        z-index: 3;
        top: calc(100% + 2px);
        left: 0;
        display: grid;
        width: max-content;
        min-width: 14em;
        max-width: min(24em, 80vw);
        max-height: 320px;
        overflow: hidden auto;
        padding: 4px;
        border: 1px solid var(--vscode-menu-border, var(--line));
        border-radius: 5px;
        color: var(--vscode-menu-foreground);
        background: var(--vscode-menu-background);
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      .item {
        display: flex;
        align-items: center;
      }
      button[role='menuitem'] {
        min-width: 0;
        padding: 3px 8px;
        border: 1px solid transparent;
        border-radius: 3px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      button[role='menuitem'].apply {
        flex: 1;
      }
      button[role='menuitem'].forget {
        display: grid;
        flex: none;
        place-items: center;
        width: 24px;
        height: 24px;
        padding: 0;
      }
      button[role='menuitem']:focus {
        color: var(--vscode-menu-selectionForeground);
        background: var(--vscode-menu-selectionBackground);
        border-color: var(--vscode-menu-selectionBorder, transparent);
        outline: none;
      }
      [role='menuitem']:focus .muted {
        color: inherit;
      }
      @media (forced-colors: active) {
        button[role='menuitem']:focus {
          border-color: Highlight;
        }
      }
    `,
  ];

  @property({ attribute: false }) saved: readonly SavedIntervention[] = [];
  @state() private open = false;
  @query('.opener') private opener!: HTMLButtonElement;

  override render(): TemplateResult {
    return html`<button
        class="plain opener"
        aria-haspopup="menu"
        aria-expanded=${this.open}
        ?disabled=${this.saved.length === 0}
        title=${this.saved.length === 0 ? 'No changes are saved for this study' : 'Changes that you saved for this study'}
        @click=${() => this.toggle(!this.open)}
        @keydown=${this.onOpenerKey}
      >
        <span>Saved</span>${icons.down}
      </button>
      <div
        role="menu"
        aria-label="Saved changes"
        ?hidden=${!this.open}
        @keydown=${this.onMenuKey}
        @mousedown=${(event: MouseEvent) => event.preventDefault()}
        @focusout=${this.onFocusOut}
      >
        ${this.saved.map((saved) => this.item(saved))}
      </div>`;
  }

  private item(saved: SavedIntervention): TemplateResult {
    const { name, intervention } = saved;
    return html`<div class="item" role="none">
      <button
        class="plain apply"
        role="menuitem"
        tabindex="-1"
        data-name=${name}
        @mouseenter=${focusIt}
        @click=${() => {
          this.close();
          emit(this, 'saved-apply', saved);
        }}
      >
        <span dir="auto">${name}</span> <span class="muted">${counted(intervention.length, 'component')}</span>
      </button>
      <button
        class="plain forget"
        role="menuitem"
        tabindex="-1"
        data-name=${name}
        title="Forget (Delete)"
        aria-label=${`Forget ${name}`}
        @mouseenter=${focusIt}
        @click=${() => this.forget(name)}
      >
        ${icons.close}
      </button>
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

  private forget(name: string): void {
    this.close();
    emit(this, 'saved-forget', name);
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
      ArrowDown: at + 2 - (at % 2),
      ArrowUp: at - 2 - (at % 2) + items.length,
      ArrowRight: at - (at % 2) + 1,
      ArrowLeft: at - (at % 2),
      Home: 0,
      End: items.length - 2,
    }[event.key];
    if (next !== undefined) items[next % items.length]?.focus();
    else if (event.key === 'Escape') this.close();
    else if (event.key === 'Delete') this.forget(items[at]?.dataset.name ?? '');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private onFocusOut(event: FocusEvent): void {
    const within = event.relatedTarget instanceof Node && this.renderRoot.contains(event.relatedTarget);
    if (!within) this.open = false;
  }
}

function focusIt(event: MouseEvent): void {
  (event.currentTarget as HTMLElement).focus();
}
