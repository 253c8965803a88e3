import { css, html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ShownAudit, ShownFinding } from '../../shared/auditProtocol';
import { percent } from '../../shared/points';
import { emit } from '../components/events';
import { linePath } from '../components/plotScale';
import { theme } from '../components/theme';
import { edge, fitLine, height, type PlotScales, plotScales } from './plotScales';
import { alignmentText, spokenFinding } from './sentences';

/** Pixels from a point within which the pointer means it. */
const reach = 14;

interface Spot {
  readonly place: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Share against alignment: the curve of what is expected, the margin above it, and the findings that are listed. Emits
 * `finding-select` (place) by a click or arrow keys, `finding-enter` on Enter.
 */
@customElement('clipsight-audit-plot')
export class AuditPlot extends LitElement {
  static override styles = [
    theme,
    css`
      .plot {
        position: relative;
        outline: none;
        border: 1px solid transparent;
        border-radius: 3px;
      }
      .plot:focus-visible {
        border-color: var(--focus);
      }
      svg {
        display: block;
        max-width: 100%;
      }
      text {
        fill: var(--muted);
        font-size: 11px;
      }
      .grid {
        stroke: var(--muted);
        stroke-opacity: 0.22;
      }
      .fit {
        fill: none;
        stroke: var(--vscode-foreground);
        stroke-width: 1.75px;
      }
      .margin {
        fill: none;
        stroke: var(--muted);
        stroke-dasharray: 4 3;
      }
      .key {
        fill: var(--muted);
      }
      .point {
        fill: var(--positive);
        fill-opacity: 0.7;
        stroke: var(--vscode-editor-background);
        stroke-width: 0.75px;
        cursor: pointer;
      }
      .point.expected {
        fill: var(--muted);
      }
      .mark {
        fill: var(--positive);
        stroke: var(--vscode-foreground);
        stroke-width: 1.5px;
        pointer-events: none;
      }
      .mark.selected {
        fill: var(--negative);
      }
      .said {
        min-height: 1.45em;
        overflow: hidden;
        color: var(--muted);
        font-size: 0.92em;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (forced-colors: active) {
        text {
          fill: CanvasText;
        }
        .point {
          fill: CanvasText;
        }
        .mark {
          fill: Highlight;
        }
        .fit,
        .margin {
          stroke: CanvasText;
        }
      }
    `,
  ];

  @property({ attribute: false }) findings: readonly ShownFinding[] = [];
  /** Places of those that are listed. */
  @property({ attribute: false }) shown: readonly number[] = [];
  @property({ attribute: false }) fit!: ShownAudit['fit'];
  @property({ type: Number }) margin = 0;
  @property({ type: Number }) selected: number | null = null;

  @state() private width = 0;
  @state() private hovered: number | null = null;
  @query('.plot') private plot!: HTMLElement | null;
  private spots: readonly Spot[] = [];
  private scales: PlotScales | null = null;
  private readonly resized = new ResizeObserver(() => {
    this.width = this.clientWidth;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (
      this.width === 0 ||
      !['findings', 'shown', 'fit', 'margin', 'width'].some((name) => changed.has(name))
    )
      return;
    // Of all findings, so that a filter moves nothing.
    this.scales = plotScales(this.findings, this.fit, this.margin, this.width);
    const { x, y } = this.scales;
    this.spots = this.shown
      .map((place) => {
        const { excuse, measured } = this.findings[place]!;
        return { place, x: x.at(excuse), y: y.at(measured) };
      })
      .sort((a, b) => a.x - b.x || a.y - b.y);
  }

  override render(): TemplateResult {
    const told = this.hovered ?? this.selected;
    const finding = told === null ? undefined : this.findings[told];
    return html`<div
        class="plot"
        role="listbox"
        tabindex="0"
        aria-label="Findings by alignment"
        aria-description="Arrow keys go from finding to finding by alignment, Enter goes to the evidence."
        aria-activedescendant=${this.selected === null ? nothing : `point-${this.selected}`}
        @keydown=${this.onKey}
        @pointermove=${(event: PointerEvent) => {
          this.hovered = this.at(event);
        }}
        @pointerleave=${() => {
          this.hovered = null;
        }}
        @click=${(event: PointerEvent) => {
          const place = this.at(event);
          if (place !== null) emit(this, 'finding-select', place);
        }}
      >
        ${this.scales === null ? nothing : this.drawing(this.scales)}
      </div>
      <div class="said" aria-hidden="true" dir="auto">
        ${finding === undefined ? (this.shown.length === 0 ? 'What is expected by alignment, and the margin above it' : 'Each point is a finding') : `${finding.prompt} · ${finding.label ?? finding.component}: ${percent(finding.measured)} at alignment ${alignmentText(finding.excuse)}`}
      </div>`;
  }

  private drawing(scales: PlotScales): TemplateResult {
    const { width } = this;
    const { x, y } = scales;
    const [right, bottom] = [width - edge.right, height - edge.bottom];
    const line = fitLine(this.fit, scales);
    const path = (above: number) => linePath(line.map(([a, share]) => [x.at(a), y.at(share + above)]));
    // Over the others, where it is not hidden by one; the points themselves stay in their order.
    const marks = [this.hovered, this.selected].flatMap((place) =>
      this.spots.filter((spot) => spot.place === place),
    );
    return html`<svg viewBox="0 0 ${width} ${height}" width=${width} height=${height}>
      ${y.ticks.map(
        (tick) => svg`<line class="grid" x1=${edge.left} x2=${right} y1=${y.at(tick)} y2=${y.at(tick)}></line>
          <text x=${edge.left - 5} y=${y.at(tick) + 4} text-anchor="end">${tickPercent(tick, y.ticks)}</text>`,
      )}
      ${x.ticks.map(
        (
          tick,
        ) => svg`<line class="grid" x1=${x.at(tick)} x2=${x.at(tick)} y1=${bottom} y2=${bottom + 4}></line>
          <text x=${x.at(tick)} y=${bottom + 15} text-anchor="middle">${tick.toFixed(tickDigits(x.ticks)).replace('-', '\u2212')}</text>`,
      )}
      <text x=${(edge.left + right) / 2} y=${height - 4} text-anchor="middle">alignment</text>
      ${
        line.length === 0
          ? nothing
          : svg`<path class="margin" d=${path(this.margin)}></path><path class="fit" d=${path(0)}></path>`
      }
      ${this.spots.map(({ place, x: cx, y: cy }) => {
        const finding = this.findings[place]!;
        const classes = `point ${finding.decision?.verdict ?? ''}`;
        return svg`<circle
          class=${classes}
          id=${`point-${place}`}
          role="option"
          aria-selected=${place === this.selected}
          aria-label=${spokenFinding(finding)}
          cx=${cx.toFixed(1)}
          cy=${cy.toFixed(1)}
          r=${this.spots.length > 200 ? 3 : 4}
        ></circle>`;
      })}
      ${marks.map(
        ({ place, x: cx, y: cy }) =>
          svg`<circle class="mark ${place === this.selected ? 'selected' : ''}" cx=${cx.toFixed(1)} cy=${cy.toFixed(1)} r="5.5" aria-hidden="true"></circle>`,
      )}
    </svg>`;
  }

  /** Place of the finding that the pointer means. */
  private at({ clientX, clientY }: PointerEvent): number | null {
    const box = this.plot?.getBoundingClientRect();
    if (box === undefined) return null;
    const [px, py] = [clientX - box.left, clientY - box.top];
    let best: { place: number; distance: number } | null = null;
    for (const { place, x, y } of this.spots) {
      const distance = Math.hypot(x - px, y - py);
      if (distance <= reach && (best === null || distance < best.distance)) best = { place, distance };
    }
    return best?.place ?? null;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.spots.length === 0) return;
    const at = this.spots.findIndex(({ place }) => place === this.selected);
    if (event.key === 'Enter' && this.selected !== null) {
      event.preventDefault();
      emit(this, 'finding-enter', this.selected);
      return;
    }
    const next = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: this.spots.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    emit(this, 'finding-select', this.spots[Math.max(0, Math.min(next, this.spots.length - 1))]!.place);
  }
}

function tickDigits([first = 0, second = 1]: readonly number[]): number {
  const step = Math.abs(second - first);
  return step >= 0.1 - 1e-9 ? 1 : step >= 0.01 - 1e-9 ? 2 : 3;
}

function tickPercent(tick: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  return `${(tick * 100).toFixed(step >= 0.01 - 1e-9 ? 0 : 1)}\u00a0%`;
}
