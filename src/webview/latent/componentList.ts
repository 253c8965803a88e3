import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ComponentSummary } from '../../shared/library';
import { emit } from '../components/events';
import { markIcons } from '../components/markIcons';
import { namingOf, spokenMarks } from '../components/naming';
import { samplePictures } from '../components/samplePictures';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';
import { stepped } from './placing';
import { detailsOf } from './words';

export interface ListedComponent {
  readonly summary: ComponentSummary;
  /** At the end of the row. */
  readonly score: string | null;
  /** What the score is, and its exact value. */
  readonly scoreTitle: string;
  /** Why it stands here, after its number. */
  readonly why?: string;
}

/**
 * Components one below the other: pictures, name, number, and a score. Walked through with the arrow keys, chosen
 * with Enter or a click. Emits `component-select` with the number of a component.
 */
@customElement('clipsight-component-list')
export class ComponentList extends LitElement {
  static override styles = [
    theme,
    css`
      [role='listbox'] {
        outline: none;
      }
      .row {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0 8px;
        min-height: 42px;
        padding: 3px var(--edge);
        border: 1px solid transparent;
        cursor: pointer;
      }
      .row:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--contrast-active);
        border-style: dashed;
      }
      .row[aria-selected='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        background: var(--vscode-list-inactiveSelectionBackground);
        border-color: var(--contrast-active);
        border-style: solid;
      }
      .row:focus-visible {
        outline: 1px solid var(--focus);
        outline-offset: -1px;
      }
      .row:focus-visible[aria-selected='true'] {
        color: var(--vscode-list-activeSelectionForeground, inherit);
        background: var(--vscode-list-activeSelectionBackground);
        --muted: currentColor;
      }
      .pictures {
        display: flex;
        gap: 2px;
      }
      clipsight-thumbnail,
      .no-picture {
        width: 34px;
        height: 34px;
        flex: none;
      }
      .no-picture {
        border: 1px dashed var(--line);
        border-radius: 2px;
      }
      .text {
        min-width: 0;
      }
      .name,
      .details > span:last-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .name.person {
        font-weight: 600;
      }
      .name.none {
        color: var(--muted);
        font-style: italic;
      }
      .details {
        display: flex;
        align-items: center;
        gap: 3px;
        color: var(--muted);
        font-size: 0.92em;
      }
      .mark {
        display: inline-flex;
        flex: none;
      }
      .mark svg.icon {
        width: 13px;
        height: 13px;
      }
      .mark.expected {
        color: var(--vscode-charts-green, currentColor);
      }
      .mark.spurious {
        color: var(--vscode-editorWarning-foreground, currentColor);
      }
      .score {
        text-align: end;
        white-space: nowrap;
      }
      /* One picture where there is no room for three. */
      :host {
        container-type: inline-size;
      }
      @container (max-width: 379px) {
        .pictures > :not(:first-child) {
          display: none;
        }
      }
      @container (max-width: 199px) {
        .row {
          gap: 0 6px;
        }
        clipsight-thumbnail,
        .no-picture {
          width: 28px;
          height: 28px;
        }
      }
      @media (forced-colors: active) {
        .row {
          border-color: Canvas;
        }
        .row[aria-selected='true'] {
          border-color: Highlight;
        }
      }
    `,
  ];

  @property({ attribute: false }) components: readonly ListedComponent[] = [];
  @property({ attribute: false }) thumbnails!: Thumbnails;
  /** What a screen reader calls the list. */
  @property() label = '';
  /** The component that is shown, if it is one of them. */
  @property({ type: Number }) selected: number | null = null;

  @state() private current: number | null = null;

  override render(): TemplateResult {
    const tabStop = this.tabStop;
    return html`<div role="listbox" aria-label=${this.label} @keydown=${this.onKey}>
      ${this.components.map((listed, index) => this.row(listed, index, index === tabStop))}
    </div>`;
  }

  override focus(): void {
    this.rows[this.tabStop]?.focus();
  }

  private row({ summary, score, scoreTitle, why }: ListedComponent, index: number, tabStop: boolean) {
    const { kind, text, tooltip } = namingOf(summary);
    const details = [detailsOf(summary), ...(why === undefined ? [] : [why])].join(' · ');
    return html`<div
      class="row"
      role="option"
      data-index=${index}
      tabindex=${tabStop ? 0 : -1}
      aria-selected=${summary.component === this.selected}
      aria-label=${[text, details + spokenMarks(summary.annotation), ...(score === null ? [] : [`${scoreTitle}: ${score}`])].join(', ')}
      @click=${() => this.choose(index)}
      @focus=${() => {
        this.current = index;
      }}
    >
      <div class="pictures" aria-hidden="true">${this.pictures(summary)}</div>
      <div class="text" title=${`${text}\n${details}\n${tooltip}`}>
        <div class="name ${kind === 'name' ? 'person' : kind}" dir="auto">${text}</div>
        <div class="details">${markIcons(summary.annotation)}<span>${details}</span></div>
      </div>
      ${score === null ? nothing : html`<span class="score" title=${scoreTitle}>${score}</span>`}
    </div>`;
  }

  private pictures(summary: ComponentSummary): TemplateResult | readonly TemplateResult[] {
    if (summary.samples.length === 0) return html`<div class="no-picture"></div>`;
    return samplePictures(summary, this.thumbnails, 3);
  }

  /** The row that the Tab key leads to. */
  private get tabStop(): number {
    if (this.current !== null && this.current < this.components.length) return this.current;
    return Math.max(
      0,
      this.components.findIndex(({ summary }) => summary.component === this.selected),
    );
  }

  private get rows(): NodeListOf<HTMLElement> {
    return this.renderRoot.querySelectorAll<HTMLElement>('.row');
  }

  private choose(index: number): void {
    const listed = this.components[index];
    if (listed !== undefined) emit(this, 'component-select', listed.summary.component);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = Number((event.target as HTMLElement).dataset.index);
    if (event.key === 'Enter' || event.key === ' ') {
      this.choose(index);
    } else {
      if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') return;
      const next = stepped(event.key, index, this.components.length, 1);
      if (next === null) return;
      this.rows[next]?.focus();
    }
    event.preventDefault();
  }
}
