import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ShownOrder } from '../../shared/inspectorProtocol';
import type { Sample } from '../../shared/library';
import { signedPoints } from '../../shared/points';
import { emit } from '../components/events';
import { activation, count, raw } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import '../components/thumbnail';
import { type Thumbnails, thumbnailSizes } from '../components/thumbnails';
import { placed, stepped } from './placing';
import { fileName } from './words';

/** How long the pointer rests on a picture before it is shown large, in milliseconds. */
const patience = 350;

interface Peek {
  readonly index: number;
  readonly by: 'pointer' | 'keyboard';
}

/**
 * The pictures that a component fires in, square, with what they fire by. One under the pointer or with the focus is
 * shown large. Emits `sample-open` and `sample-attribute` with a Sample.
 */
@customElement('clipsight-sample-grid')
export class SampleGrid extends LitElement {
  static override styles = [
    theme,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(72px, 1fr));
        gap: 8px 6px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: relative;
        min-width: 0;
      }
      .open {
        display: block;
        width: 100%;
        border-radius: 3px;
      }
      .open:focus-visible {
        outline: 2px solid var(--focus);
        outline-offset: 1px;
      }
      clipsight-thumbnail {
        width: 100%;
        aspect-ratio: 1;
        border: 1px solid transparent;
      }
      .open:hover clipsight-thumbnail {
        border-color: var(--contrast-active);
      }
      .numbers {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 6px;
        padding-inline: 1px;
        font-size: 0.92em;
      }
      .relevance {
        color: var(--muted);
      }
      button.attribute {
        position: absolute;
        inset: 3px 3px auto auto;
        background: var(--vscode-editorWidget-background);
        border-color: var(--line);
        opacity: 0;
      }
      button.attribute:hover:enabled {
        background: var(--vscode-editorWidget-background);
        border-color: var(--focus);
      }
      li:hover button.attribute,
      li:focus-within button.attribute {
        opacity: 1;
      }
      .waiting {
        aspect-ratio: 1;
      }
      .waiting + .numbers {
        visibility: hidden;
      }
      .peek {
        position: fixed;
        z-index: 5;
        padding: 6px;
        border: 1px solid var(--line);
        border-radius: 4px;
        color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
        background: var(--vscode-editorHoverWidget-background, var(--vscode-editorWidget-background));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
        pointer-events: none;
      }
      .peek p {
        margin-top: 4px;
        overflow-wrap: anywhere;
        font-size: 0.92em;
      }
      .peek .path {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
    `,
  ];

  /** Null while they are being looked up. */
  @property({ attribute: false }) samples: readonly Sample[] | null = null;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ attribute: false }) order: ShownOrder = { kind: 'max' };
  /** They are those of an earlier question. */
  @property({ type: Boolean }) stale = false;

  @state() private peek: Peek | null = null;
  @state() private current = 0;
  @query('.peek') private peekBox!: HTMLElement | null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private unwatch: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('scroll', this.onMove, { passive: true, capture: true });
    window.addEventListener('resize', this.onMove);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('scroll', this.onMove, { capture: true });
    window.removeEventListener('resize', this.onMove);
    this.hide();
    this.unwatch?.();
    this.unwatch = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('samples')) {
      const length = this.samples?.length ?? 0;
      this.current = Math.max(0, Math.min(this.current, length - 1));
      if (this.peek !== null && this.peek.index >= length) this.hide();
    }
  }

  override render(): TemplateResult {
    const { samples } = this;
    if (samples === null) {
      return html`<ul aria-hidden="true">
        ${Array.from({ length: 6 }, () => html`<li><div class="skeleton waiting"></div><div class="numbers">0</div></li>`)}
      </ul>`;
    }
    return html`<ul class=${this.stale ? 'stale' : ''} aria-busy=${this.stale} @keydown=${this.onKey} @focusout=${this.onFocusOut}>
        ${samples.map((sample, index) => this.tile(sample, index))}
      </ul>
      ${this.large()}`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('peek')) {
      this.place();
      return;
    }
    this.unwatch?.();
    this.unwatch = null;
    const sample = this.peeked;
    if (sample !== null) {
      const request = { sha256: sample.sha256, size: thumbnailSizes.large };
      this.unwatch = this.thumbnails.watch(request, () => this.requestUpdate());
    }
    this.place();
  }

  private get peeked(): Sample | null {
    return this.peek === null ? null : (this.samples?.[this.peek.index] ?? null);
  }

  private get tiles(): NodeListOf<HTMLElement> {
    return this.renderRoot.querySelectorAll<HTMLElement>('.open');
  }

  private tile(sample: Sample, index: number): TemplateResult {
    const tab = index === this.current ? 0 : -1;
    const name = fileName(sample.path);
    const firesBy = this.order.kind === 'mean' ? sample.mean : sample.activation;
    return html`<li>
      <button
        class="plain open"
        data-index=${index}
        tabindex=${tab}
        aria-label=${[name, ...numbersOf(sample, this.order)].join(', ')}
        aria-describedby=${this.peek?.index === index ? 'peek' : nothing}
        @click=${() => emit(this, 'sample-open', sample)}
        @pointerenter=${(event: PointerEvent) => this.onPointer(event, index)}
        @pointerleave=${() => this.onLeave()}
        @focus=${(event: FocusEvent) => this.onFocus(event, index)}
      >
        <clipsight-thumbnail .thumbnails=${this.thumbnails} .picture=${sample}></clipsight-thumbnail>
      </button>
      <div class="numbers" aria-hidden="true">
        <span title=${`${this.order.kind === 'mean' ? 'Mean activation' : 'Activation'} ${raw(firesBy)}`}>${activation(firesBy)}</span>
        ${
          sample.relevance === null
            ? nothing
            : html`<span class="relevance" title=${`Attribution ${raw(sample.relevance)}`}
              >${signedPoints(sample.relevance)}</span
            >`
        }
      </div>
      <button
        class="icon attribute"
        tabindex=${tab}
        title="Attribute this image"
        aria-label=${`Attribute ${name}`}
        @click=${() => emit(this, 'sample-attribute', sample)}
      >
        ${icons.bars}
      </button>
    </li>`;
  }

  private large(): TemplateResult | typeof nothing {
    const sample = this.peeked;
    if (sample === null) return nothing;
    const { width, height, crop } = sample;
    const thumbnail = this.thumbnails.get({ sha256: sample.sha256, size: thumbnailSizes.large });
    const whole = Math.abs(crop.width - width) < 0.5 && Math.abs(crop.height - height) < 0.5;
    return html`<div class="peek" id="peek" role="tooltip">
      <clipsight-thumbnail
        .thumbnails=${this.thumbnails}
        .picture=${sample}
        .size=${thumbnailSizes.large}
      ></clipsight-thumbnail>
      ${thumbnail.kind === 'unavailable' ? html`<p>Cannot be shown: ${thumbnail.reason}</p>` : nothing}
      <p class="path" dir="auto">${sample.path}</p>
      <p class="muted">
        ${count(width)} × ${count(height)} px, ${numbersOf(sample, this.order).join(', ')}${
          whole ? nothing : '; dimmed: what the model did not see'
        }
      </p>
    </div>`;
  }

  /** Sizes the large picture to the room there is and puts it beside its tile. */
  private place(): void {
    const { peek, peekBox } = this;
    const sample = this.peeked;
    const picture = peekBox?.querySelector('clipsight-thumbnail');
    if (peek === null || peekBox === null || sample === null || !picture) return;
    const widest = Math.min(320, window.innerWidth - 28);
    const highest = Math.min(320, window.innerHeight * 0.55);
    const scale = Math.min(widest / sample.width, highest / sample.height);
    const width = Math.max(sample.width * scale, Math.min(140, widest));
    peekBox.style.width = `${width + 14}px`;
    picture.style.aspectRatio = 'auto';
    picture.style.height = `${Math.max(24, sample.height * scale)}px`;
    const tile = this.tiles[peek.index];
    if (tile === undefined) return;
    const view = { width: window.innerWidth, height: window.innerHeight };
    const { left, top } = placed(tile.getBoundingClientRect(), peekBox.getBoundingClientRect(), view);
    peekBox.style.left = `${left}px`;
    peekBox.style.top = `${top}px`;
  }

  private show(peek: Peek | null): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.peek = peek;
  }

  private hide(): void {
    this.show(null);
  }

  private onPointer(event: PointerEvent, index: number): void {
    if (event.pointerType === 'touch') return;
    // From one picture to the next there is no wait.
    const wait = this.peek === null ? patience : 0;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show({ index, by: 'pointer' }), wait);
  }

  private onLeave(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.peek?.by === 'pointer') this.hide();
    }, 60);
  }

  private onFocus(event: FocusEvent, index: number): void {
    this.current = index;
    if ((event.target as HTMLElement).matches(':focus-visible')) this.show({ index, by: 'keyboard' });
  }

  private onFocusOut(event: FocusEvent): void {
    const to = event.relatedTarget;
    if (!(to instanceof HTMLElement && to.classList.contains('open')) && this.peek?.by === 'keyboard')
      this.hide();
  }

  private readonly onMove = (): void => {
    if (this.peek?.by === 'pointer') this.hide();
    else this.place();
  };

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && this.peek !== null) {
      this.hide();
    } else {
      const next = stepped(event.key, this.current, this.tiles.length, this.columns);
      if (next === null) return;
      this.tiles[next]?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Tiles in the first row. */
  private get columns(): number {
    const tiles = [...this.tiles];
    const top = tiles[0]?.getBoundingClientRect().top;
    const second = tiles.findIndex((tile) => tile.getBoundingClientRect().top !== top);
    return second < 0 ? tiles.length : second;
  }
}

function numbersOf(sample: Sample, order: ShownOrder): string[] {
  return [
    `activation ${activation(sample.activation)}`,
    ...(order.kind === 'mean' ? [`mean ${activation(sample.mean)}`] : []),
    ...(sample.relevance === null ? [] : [`attribution ${signedPoints(sample.relevance)} points`]),
  ];
}
