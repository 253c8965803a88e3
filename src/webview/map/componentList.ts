import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ComponentSummary } from '../../shared/library';
import { emit } from '../components/events';
import { icons } from '../components/icons';
import { markIcons } from '../components/markIcons';
import { namingOf, spokenMarks } from '../components/naming';
import { samplePictures } from '../components/samplePictures';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';

export interface ListedComponent {
  readonly point: number;
  readonly component: number;
  readonly name: string;
  /** By which the list is ordered. */
  readonly value: string;
  /** What else is told of it, in words. */
  readonly facts: readonly string[];
  /** Undefined while it is being looked up. */
  readonly summary: ComponentSummary | undefined;
}

const pictures = 3;

/**
 * The map as a list, for those who cannot see or point at it, and for what a lasso took. Emits `row-select` and `row-point`
 * (a point; null when the pointer has left), `list-clear` and `list-close`.
 */
@customElement('clipsight-component-list')
export class ComponentList extends LitElement {
  static override styles = [
    theme,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        min-height: 0;
        border-inline-start: 1px solid var(--line);
      }
      header {
        display: flex;
        align-items: start;
        gap: 4px;
        padding: 6px 6px 6px 10px;
        border-bottom: 1px solid var(--line);
      }
      header > div {
        flex: 1;
        min-width: 0;
      }
      header p {
        font-size: 0.92em;
      }
      ul {
        margin: 0;
        padding: 0;
        overflow: auto;
        list-style: none;
      }
      li > button.plain {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: 8px;
        width: 100%;
        padding: 3px 10px;
        border: 1px solid transparent;
      }
      li > button:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--contrast-active);
        border-style: dashed;
      }
      li > button[aria-current='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        background: var(--vscode-list-inactiveSelectionBackground);
        border-color: var(--contrast-active);
        border-style: solid;
      }
      .pictures {
        display: flex;
        gap: 2px;
        width: 100px;
      }
      .pictures > * {
        flex: none;
        width: 32px;
        height: 32px;
      }
      .words {
        display: grid;
        min-width: 0;
        line-height: 16px;
      }
      .first,
      .second {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .first.name {
        font-weight: 600;
      }
      .first.none {
        font-style: italic;
      }
      .second {
        font-size: 0.9em;
      }
      .second svg.icon {
        width: 12px;
        height: 12px;
        vertical-align: -2px;
      }
      .empty {
        padding: 8px 10px;
      }
    `,
  ];

  @property() heading = '';
  @property() remark = '';
  @property({ attribute: false }) rows: readonly ListedComponent[] = [];
  @property({ attribute: false }) selected: number | null = null;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ type: Boolean }) clearable = false;

  override render(): TemplateResult {
    return html`<header>
        <div>
          <h2 id="heading">${this.heading}</h2>
          <p class="muted">${this.remark}</p>
        </div>
        ${
          this.clearable
            ? html`<button class="plain link" @click=${() => emit(this, 'list-clear', null)}>Clear</button>`
            : nothing
        }
        <button class="icon" title="Close the list" aria-label="Close the list" @click=${() => emit(this, 'list-close', null)}>
          ${icons.close}
        </button>
      </header>
      ${
        this.rows.length === 0
          ? html`<p class="muted empty">None.</p>`
          : html`<ul aria-labelledby="heading">
              ${repeat(
                this.rows,
                ({ component }) => component,
                (row) => this.row(row),
              )}
            </ul>`
      }`;
  }

  private row({ point, component, name, value, facts, summary }: ListedComponent): TemplateResult {
    const naming = summary === undefined ? null : namingOf(summary);
    const text = naming?.text ?? (name || 'no name');
    const enter = () => emit(this, 'row-point', point);
    const leave = () => emit(this, 'row-point', null);
    const spoken = `Latent ${component}, ${text}${summary === undefined ? '' : spokenMarks(summary.annotation)}, ${facts.join(', ')}`;
    return html`<li>
      <button
        class="plain"
        aria-label=${spoken}
        aria-current=${component === this.selected ? 'true' : nothing}
        title=${naming === null ? text : `${text}\n${naming.tooltip}\n${facts.join('; ')}`}
        @click=${() => emit(this, 'row-select', point)}
        @pointerenter=${enter}
        @pointerleave=${leave}
        @focus=${enter}
        @blur=${leave}
      >
        <span class="pictures">${samplePictures(summary, this.thumbnails, pictures)}</span>
        <span class="words">
          <span class="first ${naming?.kind ?? ''}" dir="auto">${text}</span>
          <span class="second muted"
            >${component}${summary === undefined ? nothing : markIcons(summary.annotation)} · ${value}</span
          >
        </span>
      </button>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-component-list': ComponentList;
  }
}
