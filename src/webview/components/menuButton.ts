import { css, html, type LitElement, type TemplateResult } from 'lit';

export interface MenuContent {
  /** What the menu is called, for those who hear it. */
  readonly label: string;
  readonly title: string;
  readonly disabled: boolean;
  /** On the button. */
  readonly opener: TemplateResult;
  /** Buttons of role `menuitem` and class `plain`, tabindex −1, alone or in something of role `none`. */
  readonly items: readonly TemplateResult[];
}

export interface MenuOptions {
  /** Items beside each other: arrows up and down go from row to row, left and right within one. */
  readonly columns?: number;
  /** Delete was pressed on an item. */
  readonly onDelete?: (item: HTMLElement) => void;
}

/**
 * A menu button after the ARIA pattern, for the element that holds it: arrow keys walk the items, which are the
 * buttons of role `menuitem` that it renders; Escape closes.
 */
export class MenuButton {
  private open = false;

  constructor(
    private readonly host: LitElement,
    private readonly options: MenuOptions = {},
  ) {}

  render({ label, title, disabled, opener, items }: MenuContent): TemplateResult {
    return html`<button
        class="plain opener"
        aria-haspopup="menu"
        aria-expanded=${this.open}
        ?disabled=${disabled}
        title=${title}
        @click=${() => this.toggle(!this.open)}
        @keydown=${(event: KeyboardEvent) => this.onOpenerKey(event)}
      >
        ${opener}
      </button>
      <div
        role="menu"
        aria-label=${label}
        ?hidden=${!this.open}
        @keydown=${(event: KeyboardEvent) => this.onMenuKey(event)}
        @mousedown=${keepFocus}
        @mouseover=${focusItem}
        @focusout=${(event: FocusEvent) => this.onFocusOut(event)}
      >
        ${items}
      </div>`;
  }

  /** An item was chosen: the focus goes back to the button. */
  close(): void {
    this.show(false);
    this.host.renderRoot.querySelector<HTMLElement>('.opener')?.focus();
  }

  private show(open: boolean): void {
    this.open = open;
    this.host.requestUpdate();
  }

  private get items(): HTMLElement[] {
    return [...this.host.renderRoot.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  private async toggle(open: boolean): Promise<void> {
    this.show(open);
    await this.host.updateComplete;
    if (open) this.items[0]?.focus();
  }

  private onOpenerKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    void this.toggle(true);
  }

  private onMenuKey(event: KeyboardEvent): void {
    const { items } = this;
    const { columns = 1, onDelete } = this.options;
    const at = items.indexOf(this.host.shadowRoot?.activeElement as HTMLElement);
    const row = at - (at % columns);
    const next = {
      ArrowDown: row + columns,
      ArrowUp: row - columns + items.length,
      ArrowRight: Math.min(at + 1, row + columns - 1),
      ArrowLeft: Math.max(at - 1, row),
      Home: 0,
      End: items.length - columns,
    }[event.key];
    if (next !== undefined) items[next % items.length]?.focus();
    else if (event.key === 'Escape') this.close();
    else if (event.key === 'Delete' && onDelete !== undefined && items[at] !== undefined) onDelete(items[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private onFocusOut({ relatedTarget }: FocusEvent): void {
    const within = relatedTarget instanceof Node && this.host.renderRoot.contains(relatedTarget);
    if (!within) this.show(false);
  }
}

/** Where a press gives a button no focus (Safari), the menu would lose it and be gone before the click. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

function focusItem({ target }: MouseEvent): void {
  if (target instanceof Element) target.closest<HTMLElement>('[role=menuitem]')?.focus();
}

export const menuStyles = css`
  :host {
    position: relative;
    flex: none;
  }
  button.opener {
    display: flex;
    align-items: center;
    gap: 4px;
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
    display: grid;
    padding: 4px;
    border: 1px solid var(--vscode-menu-border, var(--line));
    border-radius: 5px;
    color: var(--vscode-menu-foreground);
    background: var(--vscode-menu-background);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  button[role='menuitem'] {
    min-width: 0;
    padding: 3px 12px;
    border: 1px solid transparent;
    border-radius: 3px;
    white-space: nowrap;
  }
  button[role='menuitem']:focus {
    color: var(--vscode-menu-selectionForeground);
    background: var(--vscode-menu-selectionBackground);
    border-color: var(--vscode-menu-selectionBorder, transparent);
    outline: none;
  }
  @media (forced-colors: active) {
    button[role='menuitem']:focus {
      border-color: Highlight;
    }
  }
`;
