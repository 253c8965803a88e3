import { css, html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Rectangle } from '../../shared/image';
import type { Sample } from '../../shared/library';
import { icons } from './icons';
import { theme } from './theme';
import { type Thumbnails, thumbnailSizes } from './thumbnails';

/** The part of a sample that its picture needs. Lengths are in pixels of the original. */
export type Pictured = Pick<Sample, 'path' | 'sha256' | 'width' | 'height' | 'crop' | 'region'>;

/** A picture of which no more is known: it fills the box, cut off where their shapes differ. */
export type PictureFile = Pick<Sample, 'path' | 'sha256'>;

/** What each element does when it comes near or goes. One observer for all of them is much cheaper than one each. */
const onNearby = new WeakMap<Element, (nearby: boolean) => void>();
const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) onNearby.get(target)?.(isIntersecting);
  },
  // In a webview the implicit root is another origin's document, for which the margin would be ignored.
  { root: document, rootMargin: '96px' },
);

/**
 * A picture of the library in a box whose size is the user's of this element (width and height in its
 * stylesheet; the picture never changes it). `view` is `crop` for what the model saw, or `whole` for all of the
 * picture with what it did not see dimmed. The region that fired is framed where there is one. The picture is
 * asked for when the box comes into view and let go when it leaves.
 */
@customElement('clipsight-thumbnail')
export class ThumbnailElement extends LitElement {
  static override styles = [
    theme,
    css`
      :host {
        position: relative;
        overflow: hidden;
        border-radius: 2px;
        background: var(--vscode-editorWidget-background);
      }
      .picture,
      .skeleton,
      .missing {
        position: absolute;
        inset: 0;
        display: block;
        width: 100%;
        height: 100%;
        min-height: 0;
      }
      img.picture {
        object-fit: cover;
      }
      .missing {
        display: grid;
        place-items: center;
        color: var(--muted);
      }
      .missing svg.icon {
        width: min(24px, 60%);
        height: min(24px, 60%);
      }
      .unseen-part {
        fill: var(--vscode-editor-background);
        fill-opacity: 0.65;
      }
      .region,
      .region-edge {
        fill: none;
      }
      .region-edge {
        stroke: rgb(0 0 0 / 75%);
        stroke-width: 3px;
      }
      .region {
        stroke: #ffd33d;
        stroke-width: 1.25px;
      }
    `,
  ];

  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ attribute: false }) picture!: Pictured | PictureFile;
  /** Longest edge to ask for, in pixels: one of `thumbnailSizes`. */
  @property({ type: Number }) size: number = thumbnailSizes.small;
  @property() view: 'crop' | 'whole' = 'whole';
  /** What a screen reader calls it; the file's name if left out. */
  @property() label = '';

  @state() private nearby = false;
  private watched = '';
  private unwatch: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    onNearby.set(this, (isNearby) => {
      this.nearby = isNearby;
    });
    nearby.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    nearby.unobserve(this);
    this.nearby = false;
    this.watch(null);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('thumbnails')) this.watch(null);
    this.watch(this.nearby && this.isConnected ? this.picture : null);
  }

  override render(): TemplateResult {
    const { label, picture, view } = this;
    const name = label || fileName(picture.path);
    const thumbnail = this.thumbnails.get({ sha256: picture.sha256, size: this.size });
    // Out of view its URL may be revoked at any time.
    if (!this.nearby || thumbnail.kind === 'loading') {
      return html`<div class="skeleton" role="img" aria-label=${`${name}, loading`}></div>`;
    }
    switch (thumbnail.kind) {
      case 'unavailable': {
        const { reason } = thumbnail;
        return html`<div class="missing" role="img" aria-label=${`${name} cannot be shown: ${reason}`} title=${reason}>
          ${icons.broken}
        </div>`;
      }
      case 'picture':
        return 'crop' in picture
          ? drawing(thumbnail.url, name, picture, view)
          : html`<img class="picture" src=${thumbnail.url} alt=${name} draggable="false" />`;
    }
  }

  private watch(picture: Pictured | PictureFile | null): void {
    const key = picture === null ? '' : `${picture.sha256}/${this.size}`;
    if (key === this.watched) return;
    const before = this.unwatch;
    this.watched = key;
    this.unwatch =
      picture === null
        ? null
        : this.thumbnails.watch({ sha256: picture.sha256, size: this.size }, () => this.requestUpdate());
    before?.();
  }
}

function drawing(url: string, name: string, picture: Pictured, view: 'crop' | 'whole'): TemplateResult {
  const { width, height, crop, region } = picture;
  const seen = view === 'crop' ? crop : { left: 0, top: 0, width, height };
  // In pixels of the original, whatever the size of the thumbnail. Lengths are SVG attributes and not styles: the
  // Content-Security-Policy allows no inline style.
  return html`<svg
    class="picture"
    viewBox="${seen.left} ${seen.top} ${seen.width} ${seen.height}"
    role="img"
    aria-label=${name}
  >
    <image href=${url} width=${width} height=${height} preserveAspectRatio="none"></image>
    ${view === 'whole' && !isWhole(crop, picture) ? dimmed(crop, picture) : nothing}
    ${region === null ? nothing : framed(region)}
  </svg>`;
}

function dimmed(crop: Rectangle, { width, height }: Pictured) {
  return svg`<path class="unseen-part" fill-rule="evenodd" d="M0 0H${width}V${height}H0Z${outline(crop)}"></path>`;
}

function framed(region: Rectangle) {
  const d = outline(region);
  return svg`<path class="region-edge" vector-effect="non-scaling-stroke" d=${d}></path>
    <path class="region" vector-effect="non-scaling-stroke" d=${d}></path>`;
}

function outline({ left, top, width, height }: Rectangle): string {
  return `M${left} ${top}h${width}v${height}h${-width}z`;
}

function isWhole(crop: Rectangle, { width, height }: Pictured): boolean {
  return Math.abs(crop.width - width) < 0.5 && Math.abs(crop.height - height) < 0.5;
}

/** The last part of a path of any system. */
function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-thumbnail': ThumbnailElement;
  }
}
