import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { InspectorState } from '../../shared/inspectorProtocol';
import { emit } from '../components/events';
import { icons } from '../components/icons';
import { theme } from '../components/theme';

/** How long typing rests before it is looked for, in milliseconds. */
const patience = 350;

/**
 * The field that looks for components by a text, and the ways to look by an image and on the map. Emits
 * `search-text` (string; empty for none), `search-image`, `search-clear` and `map-open`, and `search-leave` when the
 * person goes on to the results.
 */
@customElement('clipsight-component-search')
export class ComponentSearch extends LitElement {
  static override styles = [
    theme,
    css`
      :host {
        padding: 8px var(--edge) 6px;
      }
      [role='search'] {
        display: flex;
        align-items: center;
        gap: 2px;
      }
      .field {
        position: relative;
        flex: 1;
        min-width: 0;
      }
      input {
        width: 100%;
        height: 26px;
        padding: 0 6px;
        border: 1px solid var(--vscode-input-border, var(--line));
        border-radius: 2px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        font: inherit;
        text-overflow: ellipsis;
      }
      input:not(:last-child) {
        padding-inline-end: 26px;
      }
      input:focus {
        border-color: var(--focus);
        outline: none;
      }
      input::placeholder {
        color: var(--vscode-input-placeholderForeground);
      }
      .clear {
        position: absolute;
        inset: 1px 1px auto auto;
      }
    `,
  ];

  @property({ attribute: false }) search: InspectorState['search'] = null;
  @property({ type: Boolean }) disabled = false;
  @query('input') private field!: HTMLInputElement;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** What the host was asked for last. */
  private asked = '';

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopWaiting();
  }

  override focus(): void {
    this.field.focus();
    this.field.select();
  }

  override render(): TemplateResult {
    return html`<div role="search">
      <div class="field">
        <input
          type="text"
          aria-label="Search components"
          placeholder="Search components"
          title="By what they mean, their names, notes and numbers"
          maxlength="1000"
          spellcheck="false"
          dir="auto"
          ?disabled=${this.disabled}
          @input=${this.onInput}
          @keydown=${this.onKey}
        />
        ${
          this.search === null
            ? nothing
            : html`<button class="icon clear" title="Clear (Escape)" aria-label="Clear the search" @click=${() => this.clear()}>
              ${icons.close}
            </button>`
        }
      </div>
      <button
        class="icon"
        title="Search by image: what fires in it"
        aria-label="Search by image"
        ?disabled=${this.disabled}
        @click=${() => emit(this, 'search-image', null)}
      >
        ${icons.image}
      </button>
      <button
        class="icon"
        title="Map of all components"
        aria-label="Open the map"
        ?disabled=${this.disabled}
        @click=${() => emit(this, 'map-open', null)}
      >
        ${icons.map}
      </button>
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('search')) return;
    const before = changed.get('search');
    const text = this.search?.kind === 'text' ? this.search.query : '';
    const same = before?.kind === this.search?.kind && before?.query === this.search?.query;
    // While the person types, what is typed is ahead of what the host looks for.
    if (same || this.timer !== null || text === this.asked) return;
    this.asked = text;
    this.field.value = text;
  }

  private onInput(): void {
    this.stopWaiting();
    this.timer = setTimeout(() => this.look(), patience);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter') {
      this.look(true);
    } else if (event.key === 'Escape' && (this.field.value !== '' || this.search !== null)) {
      this.clear();
    } else if (event.key === 'ArrowDown' && this.search !== null) {
      emit(this, 'search-leave', null);
    } else {
      return;
    }
    event.preventDefault();
  }

  private look(again = false): void {
    this.stopWaiting();
    const text = this.field.value.trim();
    if (text === '') {
      if (this.search?.kind === 'text' || this.asked !== '') this.clear();
      return;
    }
    const shown = this.search?.kind === 'text' && this.search.query === text;
    if (shown && !again) return;
    this.asked = text;
    emit(this, 'search-text', text);
  }

  private clear(): void {
    this.stopWaiting();
    this.asked = '';
    this.field.value = '';
    this.field.focus();
    emit(this, 'search-clear', null);
  }

  private stopWaiting(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
