import { css, html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Rectangle } from '../../shared/image';
import type { MapKind, PatchMap } from '../../shared/where';
import { emit } from '../components/events';
import type { Picture } from '../components/previews';
import { fillOf } from '../components/signedPalette';
import { theme } from '../components/theme';
import { type HeatScale, shareOf } from './heatScale';
import { cropMarks, isWhole, pictureStyles } from './largePicture';
import { mapSummary, unitOf } from './mapKinds';
import { patchAt, patchByKey, patchName, patchRectangle } from './patchGrid';

/** A map as it is drawn. */
export interface Heat {
  readonly map: PatchMap;
  readonly kind: MapKind['kind'];
  readonly title: string;
  readonly scale: HeatScale;
  /** URL of the interpolated map; null for the patches themselves. */
  readonly smooth: string | null;
  /** From 0 to 1. */
  readonly opacity: number;
}

/**
 * A picture with what the model saw of it and, where there is one, a map of its patches. The patches are a grid after the
 * ARIA pattern: arrow keys walk, Enter or a click opens. Emits `patch-look` (patch or null) and `patch-open` (patch).
 */
@customElement('clipsight-heat-map')
export class HeatMap extends LitElement {
  static override styles = [
    theme,
    pictureStyles,
    css`
      :host {
        width: 100%;
      }
      /* Colour is the map's alone. */
      .under {
        filter: grayscale(1);
      }
      svg.large:focus-visible {
        outline: none;
      }
      .patch {
        cursor: pointer;
      }
      .looked-at {
        fill: none;
        stroke: white;
        stroke-width: 1.5px;
        pointer-events: none;
      }
      .looked-at-edge {
        fill: none;
        stroke: black;
        stroke-width: 3.5px;
        pointer-events: none;
      }
      svg.large:focus-visible .looked-at {
        stroke: var(--focus);
        stroke-width: 2px;
      }
      svg.large:focus-visible .looked-at-edge {
        stroke: white;
        stroke-width: 4px;
      }
      .below {
        display: none;
        pointer-events: none;
      }
      .below-line {
        stroke: black;
      }
      /* Where contrast is asked for what is below zero is hatched as well. */
      :host-context(.vscode-high-contrast) .below,
      :host-context(.vscode-high-contrast-light) .below {
        display: inline;
      }
      @media (forced-colors: active) {
        svg.large {
          forced-color-adjust: none;
        }
        .below {
          display: inline;
        }
      }
    `,
  ];

  @property({ attribute: false }) picture!: Extract<Picture, { kind: 'picture' }>;
  @property() name = '';
  /** What is said of the picture's size. */
  @property() size = '';
  @property({ attribute: false }) crop: Rectangle | null = null;
  @property({ attribute: false }) heat: Heat | null = null;
  /** The patch whose components are listed. */
  @property({ attribute: false }) opened: number | null = null;

  /** Where the keys are. */
  @state() private current = 0;
  @state() private hovered: number | null = null;
  @state() private focused = false;
  @query('svg.large') private drawing!: SVGSVGElement;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('heat')) return;
    const patches = (this.heat?.map.rows ?? 0) * (this.heat?.map.columns ?? 0);
    this.current = Math.max(0, Math.min(this.current, patches - 1));
    if (this.hovered !== null && this.hovered >= patches) this.hovered = null;
  }

  override render(): TemplateResult {
    const { heat, name, size } = this;
    const { width, height } = this.picture;
    return heat === null
      ? html`<svg class="large" viewBox="0 0 ${width} ${height}" role="img" aria-label=${`${name}, ${size}`}>
          ${this.under()}
        </svg>`
      : html`<svg
          class="large"
          viewBox="0 0 ${width} ${height}"
          role="grid"
          aria-label=${`${heat.title}, over ${name}: ${mapSummary(heat.kind, heat.map)}`}
          aria-readonly="true"
          aria-rowcount=${heat.map.rows}
          aria-colcount=${heat.map.columns}
          aria-activedescendant=${`patch-${this.current}`}
          tabindex="0"
          @pointermove=${this.onMove}
          @pointerleave=${() => this.look(null)}
          @click=${this.onClick}
          @keydown=${this.onKey}
          @focus=${this.onFocus}
          @blur=${this.onBlur}
        >
          ${this.under()}${this.over(heat)}
        </svg>`;
  }

  private under() {
    const { crop, heat } = this;
    const { url, width, height } = this.picture;
    // In pixels of the original, whatever the size of the preview: the crop needs no conversion.
    return svg`<image
        class=${heat === null ? '' : 'under'}
        href=${url}
        width=${width}
        height=${height}
        preserveAspectRatio="none"
      ></image>
      ${crop === null || isWhole(crop, width, height) ? nothing : cropMarks(crop, width, height)}`;
  }

  private over({ map, kind, scale, smooth, opacity }: Heat) {
    const { rows, columns, crop, values } = map;
    const { format, unit } = unitOf(kind);
    const { left, top, width, height } = crop;
    const looked = this.hovered ?? (this.focused ? this.current : this.opened);
    return svg`
      <defs>
        <pattern id="hatch" width=${width / columns / 3} height=${height / rows / 3} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line class="below-line" y2=${height / rows / 3} stroke-width=${width / columns / 20}></line>
        </pattern>
      </defs>
      ${
        smooth === null
          ? nothing
          : svg`<image href=${smooth} x=${left} y=${top} width=${width} height=${height} opacity=${opacity} preserveAspectRatio="none"></image>`
      }
      <g shape-rendering="crispEdges" opacity=${smooth === null ? opacity : 1} role="rowgroup">
        ${Array.from({ length: rows }, (_, row) => {
          return svg`<g role="row" aria-rowindex=${row + 1}>${Array.from(
            { length: columns },
            (_c, column) => {
              const patch = row * columns + column;
              const value = values[patch]!;
              const share = shareOf(value, scale);
              const { fill, opacity: strength } = fillOf(share);
              const box = patchRectangle(map, patch);
              return svg`<rect
                class="patch"
                role="gridcell"
                id=${`patch-${patch}`}
                aria-colindex=${column + 1}
                aria-label=${`${patchName(map, patch)}: ${format(value)} ${unit}`}
                aria-selected=${patch === this.opened}
                x=${box.left}
                y=${box.top}
                width=${box.width}
                height=${box.height}
                fill=${smooth === null ? fill : 'transparent'}
                fill-opacity=${smooth === null ? strength : 0}
              ></rect>${
                share < -0.1
                  ? svg`<rect class="below" aria-hidden="true" x=${box.left} y=${box.top} width=${box.width} height=${box.height} fill="url(#hatch)"></rect>`
                  : nothing
              }`;
            },
          )}</g>`;
        })}
      </g>
      ${looked === null ? nothing : mark(patchRectangle(map, looked))}`;
  }

  private look(patch: number | null): void {
    if (patch === this.hovered) return;
    this.hovered = patch;
    emit(this, 'patch-look', patch ?? (this.focused ? this.current : null));
  }

  private patchUnder({ clientX, clientY }: MouseEvent): number | null {
    const { heat, drawing } = this;
    const matrix = drawing.getScreenCTM();
    if (heat === null || matrix === null) return null;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return patchAt(heat.map, x, y);
  }

  private onMove(event: PointerEvent): void {
    this.look(this.patchUnder(event));
  }

  private onClick(event: MouseEvent): void {
    const patch = this.patchUnder(event);
    if (patch === null) return;
    this.current = patch;
    emit(this, 'patch-open', patch);
  }

  private onKey(event: KeyboardEvent): void {
    const { heat } = this;
    if (heat === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      emit(this, 'patch-open', this.current);
      return;
    }
    const next = patchByKey(heat.map, this.current, event.key);
    if (next === null) return;
    event.preventDefault();
    this.current = next;
    this.hovered = null;
    emit(this, 'patch-look', next);
  }

  private onFocus(): void {
    // A press has its patch from the pointer.
    if (!this.drawing.matches(':focus-visible')) return;
    this.focused = true;
    emit(this, 'patch-look', this.current);
  }

  private onBlur(): void {
    this.focused = false;
    emit(this, 'patch-look', this.hovered);
  }
}

function mark({ left, top, width, height }: Rectangle) {
  const d = `M${left} ${top}h${width}v${height}h${-width}z`;
  return svg`<path class="looked-at-edge" vector-effect="non-scaling-stroke" d=${d}></path>
    <path class="looked-at" vector-effect="non-scaling-stroke" d=${d}></path>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-heat-map': HeatMap;
  }
}
