import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { auditScopes } from '../../shared/auditProtocol';
import { emit } from '../components/events';
import { icons } from '../components/icons';
import { MenuButton, menuStyles } from '../components/menuButton';
import { theme } from '../components/theme';

export type RunScope = (typeof auditScopes)[number];

/** What can be audited, in the order offered; `document` names the file of the editor. */
export function scopeChoices(
  document: string | null,
): readonly { readonly scope: RunScope; readonly label: string; readonly tooltip: string }[] {
  return [
    ...(document === null
      ? []
      : [
          {
            scope: 'document',
            label: `Prompts of ${document}`,
            tooltip: 'The prompts that are found in the file of the editor',
          } as const,
        ]),
    { scope: 'workspace', label: 'Workspace', tooltip: 'All prompts that are found in the workspace' },
    { scope: 'prompts', label: 'Choose Prompts…', tooltip: 'Prompts that you pick or write' },
    {
      scope: 'probe',
      label: 'A Probe File…',
      tooltip: 'The classes of a linear probe, each beside the prompt of its class',
    },
  ];
}

/** Chooses what is audited, as a menu. Emits `run` (RunScope). */
@customElement('clipsight-run-menu')
export class RunMenu extends LitElement {
  static override styles = [
    theme,
    menuStyles,
    css`
      button.opener {
        height: 26px;
        border-color: var(--line);
      }
      [role='menu'] {
        right: 0;
        width: max-content;
        max-width: min(80vw, 30em);
      }
      button[role='menuitem'] {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      /* There the buttons have lines of their own, and begin at the left. */
      @media (max-width: 419px) {
        [role='menu'] {
          right: auto;
          left: 0;
          max-width: 55vw;
        }
      }
    `,
  ];

  @property({ attribute: false }) document: string | null = null;
  @property({ type: Boolean }) disabled = false;
  private readonly menu = new MenuButton(this);

  override render(): TemplateResult {
    return this.menu.render({
      label: 'Audit',
      title: 'Choose what is audited',
      disabled: this.disabled,
      opener: html`<span>Audit…</span>${icons.down}`,
      items: scopeChoices(this.document).map(
        ({ scope, label, tooltip }) =>
          html`<button
            class="plain"
            role="menuitem"
            tabindex="-1"
            title=${tooltip}
            @click=${() => {
              this.menu.close();
              emit<RunScope>(this, 'run', scope);
            }}
          >
            ${label}
          </button>`,
      ),
    });
  }
}
