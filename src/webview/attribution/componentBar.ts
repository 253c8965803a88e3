import { css, html, nothing, svg, type TemplateResult } from 'lit';

/** All as fractions of the half-width, from −1 to 1: zero in the middle, positive to the right. */
export interface ComponentBar {
  readonly value: number;
  /** Where it was without the intervention; drawn as an outline. */
  readonly before: number | null;
  /** Effect of removing the component, where it is on the same axis. */
  readonly measured: number | null;
  /** Where the end that is dragged stands: where the bar would end if it went with the factor. */
  readonly handle: number;
}

/** The bar of a component, with an end to drag. Lengths are SVG attributes and not styles: no inline style is allowed. */
export function componentBar({ value, before, measured, handle }: ComponentBar): TemplateResult {
  const [end, was] = [clamped(value), before === null ? null : clamped(before)];
  const at = clamped(handle);
  return html`<svg class="bar" viewBox="-1 0 2 10" preserveAspectRatio="none" aria-hidden="true">
    <rect
      class=${value < 0 ? 'negative' : 'positive'}
      x=${Math.min(0, end)}
      y="2"
      width=${Math.abs(end)}
      height="6"
    ></rect>
    ${
      was === null
        ? nothing
        : svg`<rect class="was" x=${Math.min(0, was)} y="0.6" width=${Math.abs(was)} height="8.8" vector-effect="non-scaling-stroke"></rect>`
    }
    <line class="axis" x1="0" x2="0" y1="0" y2="10" vector-effect="non-scaling-stroke"></line>
    ${measured === null ? nothing : tick(clamped(measured))}
    <line class="handle" x1=${at} x2=${at} y1="1" y2="9" vector-effect="non-scaling-stroke"></line>
    <line class="grip" x1=${at} x2=${at} y1="0" y2="10" vector-effect="non-scaling-stroke"></line>
  </svg>`;
}

function tick(at: number) {
  return svg`<line class="tick-edge" x1=${at} x2=${at} y1="0" y2="10" vector-effect="non-scaling-stroke"></line>
    <line class="tick" x1=${at} x2=${at} y1="0" y2="10" vector-effect="non-scaling-stroke"></line>`;
}

function clamped(fraction: number): number {
  return Math.max(-1, Math.min(1, fraction));
}

export const componentBarStyles = css`
  .was {
    fill: none;
    stroke: var(--vscode-foreground);
    stroke-opacity: 0.65;
    stroke-width: 1px;
    pointer-events: none;
  }
  .tick,
  .tick-edge {
    pointer-events: none;
  }
  .tick {
    stroke: var(--vscode-foreground);
    stroke-width: 2px;
  }
  .tick-edge {
    stroke: var(--vscode-editor-background);
    stroke-width: 4px;
  }
  .handle {
    stroke: var(--changed);
    stroke-width: 4px;
    stroke-linecap: round;
    visibility: hidden;
    pointer-events: none;
  }
  .grip {
    stroke: transparent;
    stroke-width: 18px;
    pointer-events: stroke;
    cursor: ew-resize;
    touch-action: pan-y;
  }
  .measured-late .tick {
    stroke-opacity: 0.4;
  }
  @media (forced-colors: active) {
    .tick,
    .was {
      stroke: CanvasText;
    }
    .tick-edge {
      stroke: Canvas;
    }
    .handle {
      stroke: Highlight;
    }
  }
`;
