import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { emit } from './events';
import { icons } from './icons';
import { MenuButton, menuStyles } from './menuButton';
import { theme } from './theme';

export interface Export {
  readonly format: 'json' | 'csv';
  readonly to: 'clipboard' | 'file';
}

/** One thing that can become of what is shown; `detail` goes with the event. */
export interface ExportChoice {
  readonly label: string;
  readonly detail: unknown;
}

/** Of numbers. */
const tables: readonly (ExportChoice & { readonly detail: Export })[] = [
  { label: 'Copy as JSON', detail: { format: 'json', to: 'clipboard' } },
  { label: 'Copy as CSV', detail: { format: 'csv', to: 'clipboard' } },
  { label: 'Export JSON…', detail: { format: 'json', to: 'file' } },
  { label: 'Export CSV…', detail: { format: 'csv', to: 'file' } },
];

/** What becomes of what is shown, as a menu. Emits `export` with the detail of the choice. */
@customElement('clipsight-export-menu')
export class ExportMenu extends LitElement {
  static override styles = [
    theme,
    menuStyles,
    css`
      button.opener {
        height: 26px;
        border-color: var(--contrast);
      }
      [role='menu'] {
        right: 0;
        min-width: 11em;
      }
    `,
  ];

  @property({ type: Boolean }) disabled = false;
  @property({ attribute: false }) choices: readonly ExportChoice[] = tables;
  @property() hint = 'Copy or save the numbers of every image and prompt, in full';
  private readonly menu = new MenuButton(this);

  override render(): TemplateResult {
    return this.menu.render({
      label: 'Export',
      title: this.hint,
      disabled: this.disabled,
      opener: html`${icons.export}<span>Export</span>${icons.down}`,
      items: this.choices.map(
        ({ label, detail }) =>
          html`<button class="plain" role="menuitem" tabindex="-1" @click=${() => this.choose(detail)}>
            ${label}
          </button>`,
      ),
    });
  }

  private choose(detail: unknown): void {
    this.menu.close();
    emit(this, 'export', detail);
  }
}
