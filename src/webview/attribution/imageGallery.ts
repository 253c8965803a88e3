import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ImageOutcome } from '../../shared/analysis';
import type { Rectangle } from '../../shared/image';
import { emit } from '../components/events';
import { count } from '../components/format';
import { icons } from '../components/icons';
import type { Previews } from '../components/previews';
import { theme } from '../components/theme';
import { isWhole, pictureStyles, withoutPicture } from './largePicture';
import './whereView';
import type { Where } from './whereView';

export interface GalleryImage {
  readonly key: string;
  readonly name: string;
  readonly outcome: ImageOutcome | null;
  /** The part that the model saw, where it is known. */
  readonly crop: Rectangle | null;
}

/**
 * The images under study: a strip of thumbnails when there are several, and the selected one large, with the
 * part that the model saw. Emits `image-select` with an index and `image-open` with an index.
 */
@customElement('clipsight-image-gallery')
export class ImageGallery extends LitElement {
  static override styles = [
    theme,
    pictureStyles,
    css`
      .strip {
        display: flex;
        gap: 4px;
        margin-bottom: var(--gap);
        padding: 2px;
        overflow-x: auto;
      }
      .thumbnail {
        position: relative;
        display: grid;
        place-items: center;
        flex: none;
        width: 52px;
        height: 52px;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: 3px;
        color: var(--muted);
        background: var(--vscode-editorWidget-background);
        cursor: pointer;
        overflow: hidden;
      }
      .thumbnail img {
        width: 100%;
        height: 100%;
        object-fit: cover;
      }
      .thumbnail[aria-selected='true'] {
        border-color: var(--focus);
        outline: 1px solid var(--focus);
        outline-offset: 0;
      }
      .thumbnail:focus-visible {
        outline: 2px solid var(--focus);
        outline-offset: 0;
      }
      .thumbnail:hover {
        border-color: var(--contrast-active);
      }
      .thumbnail .mark {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        color: var(--vscode-errorForeground);
        background: color-mix(in srgb, var(--vscode-editor-background) 72%, transparent);
      }
      .mark svg.icon,
      .missing svg.icon {
        width: 24px;
        height: 24px;
        stroke-width: 0.9;
      }
      .thumbnail.waiting img {
        opacity: 0.5;
      }
      figcaption {
        display: grid;
        gap: 1px;
        margin-top: 6px;
      }
      figcaption button {
        justify-self: start;
        max-width: 100%;
        overflow-wrap: anywhere;
      }
      @media (min-width: 860px) {
        .strip {
          display: grid;
          grid-template-columns: repeat(auto-fill, minmax(52px, 1fr));
          max-height: 180px;
          overflow: hidden auto;
        }
        .thumbnail {
          width: auto;
          height: auto;
          aspect-ratio: 1;
        }
      }
    `,
  ];

  @property({ attribute: false }) images: readonly GalleryImage[] = [];
  @property({ type: Number }) selected = 0;
  @property({ attribute: false }) previews!: Previews;
  /** Grows when a picture came, to be drawn. */
  @property({ type: Number }) pictureCount = 0;
  /** What may be drawn over the large picture. */
  @property({ attribute: false }) where!: Where;

  private readonly nearby = new IntersectionObserver((entries) => this.onNearby(entries), {
    rootMargin: '120px',
  });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.nearby.disconnect();
  }

  override render(): TemplateResult {
    const image = this.images[this.selected];
    return html`${this.images.length > 1 ? this.strip() : nothing}${image ? this.large(image) : nothing}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    for (const thumbnail of this.thumbnails) this.nearby.observe(thumbnail);
    if (changed.has('selected')) {
      this.thumbnails[this.selected]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }

  private get thumbnails(): NodeListOf<HTMLElement> {
    return this.renderRoot.querySelectorAll<HTMLElement>('.thumbnail');
  }

  private strip(): TemplateResult {
    return html`<div class="strip" role="listbox" aria-label="Images" @keydown=${this.onStripKey}>
      ${this.images.map((image, index) => this.thumbnail(image, index))}
    </div>`;
  }

  private thumbnail({ key, name, outcome }: GalleryImage, index: number): TemplateResult {
    const selected = index === this.selected;
    const picture = this.previews.peek(key);
    const failure = outcome?.kind === 'failure' ? outcome.error.message : null;
    return html`<div
      class="thumbnail ${outcome === null ? 'waiting' : ''}"
      role="option"
      data-index=${index}
      aria-selected=${selected}
      aria-label=${failure === null ? name : `${name}, failed: ${failure}`}
      tabindex=${selected ? 0 : -1}
      title=${failure === null ? name : `${name}\n${failure}`}
      @click=${() => emit(this, 'image-select', index)}
    >
      ${picture?.kind === 'picture' ? html`<img src=${picture.url} alt="" draggable="false" />` : nothing}
      ${
        failure !== null || picture?.kind === 'unavailable'
          ? html`<span class="mark">${icons.broken}</span>`
          : nothing
      }
    </div>`;
  }

  private large({ key, name, crop }: GalleryImage): TemplateResult {
    const picture = this.previews.get(key, this.selected);
    const caption = html`<figcaption>
        <button
          class="plain link"
          title="Open the image"
          dir="auto"
          @click=${() => emit(this, 'image-open', this.selected)}
        >
          ${name}
        </button>
        ${picture.kind === 'picture' ? html`<span class="muted">${sizes(picture, crop)}</span>` : nothing}
      </figcaption>`;
    return html`<figure>
      ${
        picture.kind === 'picture'
          ? html`<clipsight-where
            .picture=${picture}
            .name=${name}
            .size=${sizes(picture, crop)}
            .crop=${crop}
            .where=${this.where}
            >${caption}</clipsight-where
          >`
          : html`<div class="picture">${withoutPicture(picture, name)}</div>
            ${caption}`
      }
    </figure>`;
  }

  private onNearby(entries: readonly IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      const index = Number((target as HTMLElement).dataset.index);
      const image = this.images[index];
      if (isIntersecting && image !== undefined && this.previews.peek(image.key) === undefined) {
        this.previews.get(image.key, index);
      }
    }
  }

  private async onStripKey(event: KeyboardEvent): Promise<void> {
    const next = {
      ArrowRight: this.selected + 1,
      ArrowDown: this.selected + 1,
      ArrowLeft: this.selected - 1,
      ArrowUp: this.selected - 1,
      Home: 0,
      End: this.images.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    emit(this, 'image-select', Math.min(Math.max(next, 0), this.images.length - 1));
    await this.updateComplete;
    this.thumbnails[this.selected]?.focus();
  }
}

function sizes({ width, height }: { width: number; height: number }, crop: Rectangle | null): string {
  const original = `${pixels(width)} × ${pixels(height)} px`;
  if (crop === null) return original;
  if (isWhole(crop, width, height)) return `${original}, the model saw all of it`;
  const at = `${pixels(crop.left)}, ${pixels(crop.top)}`;
  return `${original}, the model saw ${pixels(crop.width)} × ${pixels(crop.height)} at ${at}`;
}

function pixels(length: number): string {
  return count(Math.round(length * 10) / 10);
}
