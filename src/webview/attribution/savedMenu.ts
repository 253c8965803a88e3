import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PanelState } from '../../shared/panelProtocol';
import { emit } from '../components/events';
import { counted } from '../components/format';
import { icons } from '../components/icons';
import { MenuButton, menuStyles } from '../components/menuButton';
import { theme } from '../components/theme';

export type SavedIntervention = PanelState['interventions'][number];

/**
 * The interventions that the person keeps for this study, as a menu; Delete forgets one. Emits `saved-apply`
 * (SavedIntervention) and `saved-forget` (its name).
 */
@customElement('clipsight-saved-menu')
export class SavedMenu extends LitElement {
  static override styles = [
    theme,
    menuStyles,
    css`
      [role='menu'] {
        left: 0;
        width: max-content;
        min-width: 14em;
        max-width: min(24em, 80vw);
        max-height: 320px;
        overflow: hidden auto;
      }
      .item {
        display: flex;
        align-items: center;
      }
      button.apply {
        flex: 1;
        padding: 3px 8px;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      button[role='menuitem'].forget {
        display: grid;
        flex: none;
        place-items: center;
        width: 24px;
        height: 24px;
        padding: 0;
      }
      [role='menuitem']:focus .muted {
        color: inherit;
      }
    `,
  ];

  @property({ attribute: false }) saved: readonly SavedIntervention[] = [];
  private readonly menu = new MenuButton(this, {
    columns: 2,
    onDelete: ({ dataset }) => this.forget(dataset.name ?? ''),
  });

  override render(): TemplateResult {
    const none = this.saved.length === 0;
    return this.menu.render({
      label: 'Saved changes',
      title: none ? 'No changes are saved for this study' : 'Changes that you saved for this study',
      disabled: none,
      opener: html`<span>Saved</span>${icons.down}`,
      items: this.saved.map((saved) => this.item(saved)),
    });
  }

  private item(saved: SavedIntervention): TemplateResult {
    const { name, intervention } = saved;
    return html`<div class="item" role="none">
      <button
        class="plain apply"
        role="menuitem"
        tabindex="-1"
        data-name=${name}
        @click=${() => {
          this.menu.close();
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
        @click=${() => this.forget(name)}
      >
        ${icons.close}
      </button>
    </div>`;
  }

  private forget(name: string): void {
    this.menu.close();
    emit(this, 'saved-forget', name);
  }
}
