import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ErrorInfo } from '../../shared/errors';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { emit } from '../components/events';
import { count, counted } from '../components/format';
import { icons } from '../components/icons';
import { namingOf } from '../components/naming';
import { theme } from '../components/theme';
import { toolButton } from '../components/toolButton';
import { type Factors, factorText, noFactors } from './factors';
import type { KnownComponents } from './identity';
import './savedMenu';
import type { SavedIntervention } from './savedMenu';

/**
 * What is changed in the model, and what can be done with that. It is as high with changes as without: the bars below are
 * being dragged when the first one comes. Emits `factor-set`, `factors-reset`, `factors-undo`, `factors-redo`,
 * `factors-save`, `factors-apply`, `factors-dismiss`, `factors-retry`, `chip-open` (latent), and what the menu emits.
 */
@customElement('clipsight-intervention-bar')
export class InterventionBar extends LitElement {
  static override styles = [
    theme,
    errorNoticeStyles,
    css`
      :host {
        --changed: var(--vscode-charts-purple, var(--vscode-focusBorder));
        margin-block: 8px 2px;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 8px;
        padding: 2px 6px;
        border: 1px solid var(--line);
        border-radius: 4px;
      }
      .bar.changed {
        border-color: var(--changed);
        background: color-mix(in srgb, var(--changed) 10%, transparent);
      }
      .what {
        display: flex;
        flex: 1 1 26em;
        align-items: center;
        gap: 4px;
        min-width: 0;
        height: 30px;
        overflow: auto hidden;
        padding-inline-end: 12px;
        scrollbar-width: none;
        mask-image: linear-gradient(to left, transparent, black 14px);
        white-space: nowrap;
      }
      .what > .hint {
        overflow: hidden;
        color: var(--muted);
        text-overflow: ellipsis;
      }
      .what > b {
        flex: none;
        margin-inline-end: 2px;
        font-weight: 600;
      }
      .chip {
        display: inline-flex;
        flex: none;
        align-items: center;
        height: 22px;
        border: 1px solid var(--changed);
        border-radius: 11px;
        background: var(--vscode-editor-background);
      }
      .chip > .open {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        padding-inline: 8px 2px;
      }
      .chip .name {
        max-width: 14em;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .chip.off .name {
        text-decoration: line-through;
      }
      .chip .factor {
        font-weight: 600;
      }
      .chip.silent {
        border-style: dashed;
        color: var(--muted);
      }
      .chip > .icon {
        width: 20px;
        height: 20px;
        border-radius: 10px;
      }
      .chip > .icon svg {
        width: 12px;
        height: 12px;
      }
      .actions {
        display: flex;
        flex: none;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px;
        max-width: 100%;
      }
      .actions > .gone {
        visibility: hidden;
      }
      button.action {
        height: 24px;
        padding: 0 7px;
        border: 1px solid var(--line);
        border-radius: 4px;
        white-space: nowrap;
      }
      button.action:hover:enabled {
        background: var(--vscode-toolbar-hoverBackground);
        border-color: var(--contrast-active);
      }
      button.action:disabled {
        opacity: 0.5;
        cursor: default;
      }
      .left {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin-top: 4px;
      }
      .left svg {
        flex: none;
      }
      .left > span {
        flex: 1 1 16em;
      }
      .error-notice {
        margin-top: 4px;
      }
      vscode-progress-ring {
        flex: none;
        width: 14px;
        height: 14px;
        animation: appear 1ms 400ms both;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) factors: Factors = noFactors;
  /** Those of the changed components that the selected image has not. */
  @property({ attribute: false }) silent: ReadonlySet<number> = new Set();
  @property({ attribute: false }) library: KnownComponents | null = null;
  @property({ attribute: false }) saved: readonly SavedIntervention[] = [];
  /** Why it is not known what is saved. */
  @property({ attribute: false }) savedError: ErrorInfo | null = null;
  @property({ type: Boolean }) undoable = false;
  @property({ type: Boolean }) redoable = false;
  /** The numbers with the changes are on their way. */
  @property({ type: Boolean }) busy = false;
  /** Why there are none. */
  @property({ attribute: false }) failure: ErrorInfo | null = null;
  /** How many changes of the study before were set aside; 0 when the person knows. */
  @property({ type: Number }) leftBehind = 0;
  /** The library is being classified with the changes. */
  @property({ type: Boolean }) applying = false;

  override render(): TemplateResult {
    const { factors, library } = this;
    const none = factors.size === 0;
    const gone = none ? 'gone' : '';
    return html`<div class="bar ${none ? '' : 'changed'}" role="group" aria-label="Changes to the model">
        <div class="what">${none ? hint : this.chips()}</div>
        <div class="actions">
          ${this.busy ? html`<vscode-progress-ring aria-hidden="true"></vscode-progress-ring>` : nothing}
          ${toolButton('Undo (Ctrl+Z)', icons.undo, this.undoable, () => emit(this, 'factors-undo', null))}
          ${toolButton('Redo (Ctrl+Shift+Z)', icons.redo, this.redoable, () => emit(this, 'factors-redo', null))}
          <clipsight-saved-menu .saved=${this.saved}></clipsight-saved-menu>
          ${this.action('Reset', 'Set all components back as they are', 'factors-reset', gone, false)}
          ${this.action('Save as…', 'Keep these changes under a name', 'factors-save', gone, false)}
          ${this.action(
            'Apply to library…',
            library === null
              ? 'There is no library of this study: index a folder of images first'
              : 'Classify all images of the library with and without these changes',
            'factors-apply',
            gone,
            library === null || this.applying,
          )}
        </div>
      </div>
      ${this.notice()}${
        this.savedError === null
          ? nothing
          : errorNotice(
              { ...this.savedError, message: `What is saved cannot be read. ${this.savedError.message}` },
              [],
            )
      }`;
  }

  private chips(): TemplateResult {
    return html`<b>${count(this.factors.size)} changed</b>
      ${[...this.factors].map(([component, factor]) => this.chip(component, factor))}`;
  }

  private chip(component: number, factor: number): TemplateResult {
    const summary = this.library?.summaries.get(component);
    const naming = summary === undefined ? null : namingOf(summary);
    const name = naming === null || naming.kind === 'none' ? `latent ${component}` : naming.text;
    const silent = this.silent.has(component);
    return html`<span class="chip ${factor === 0 ? 'off' : ''} ${silent ? 'silent' : ''}">
      <button
        class="plain open"
        title=${`Latent ${component}, ${factorText(factor)}${silent ? '\nNot active in this image: the change does nothing here' : ''}`}
        @click=${() => emit(this, 'chip-open', component)}
      >
        <span class="name" dir="auto">${name}</span>
        <span class="factor">${factorText(factor)}</span>
        ${silent ? html`<span>not active here</span>` : nothing}
      </button>
      <button
        class="icon"
        title="Set back to ×1"
        aria-label=${`Set back ${name}`}
        @click=${() => emit(this, 'factor-set', { component, factor: 1 })}
      >
        ${icons.close}
      </button>
    </span>`;
  }

  private notice(): TemplateResult | typeof nothing {
    if (this.failure !== null) {
      const retry = { label: 'Retry', run: () => emit(this, 'factors-retry', null) };
      const reset = { label: 'Reset', run: () => emit(this, 'factors-reset', null) };
      return errorNotice(
        { ...this.failure, message: `The numbers below are without the changes. ${this.failure.message}` },
        [retry, reset],
      );
    }
    if (this.leftBehind === 0) return nothing;
    return html`<div class="left" role="status">
      ${icons.info}
      <span
        >${counted(this.leftBehind, 'change')} of the study before set aside: another model or dictionary numbers its
        components otherwise. They are back when that study is.</span
      >
      <vscode-button appearance="secondary" @click=${() => emit(this, 'factors-dismiss', null)}>Dismiss</vscode-button>
    </div>`;
  }

  private action(
    label: string,
    title: string,
    event: string,
    extra: string,
    disabled: boolean,
  ): TemplateResult {
    return html`<button
      class="plain action ${extra}"
      title=${title}
      ?disabled=${disabled}
      @click=${() => emit(this, event, null)}
    >
      ${label}
    </button>`;
  }
}

const hint = html`<span
  class="hint"
  title="Also Space to switch a component off, + and − to scale it, F2 to write a factor"
  >Switch a component off, or drag the end of its bar, to see what becomes of the score.</span
>`;
