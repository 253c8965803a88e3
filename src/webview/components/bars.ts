import { css, html, nothing, svg, type TemplateResult } from 'lit';

// Lengths are SVG attributes and not styles: the Content-Security-Policy allows no inline style.

/** `fraction` of the half-width, from −1 to 1: zero in the middle, positive to the right. */
export function signedBar(fraction: number): TemplateResult {
  return html`<svg class="bar" viewBox="-1 0 2 10" preserveAspectRatio="none" aria-hidden="true">
    <rect
      class=${fraction < 0 ? 'negative' : 'positive'}
      x=${Math.min(0, fraction)}
      y="1.5"
      width=${Math.abs(fraction)}
      height="7"
    ></rect>
    <line class="axis" x1="0" x2="0" y1="0" y2="10" vector-effect="non-scaling-stroke"></line>
  </svg>`;
}

/** `fraction` of the width, from 0 to 1; with an outline of what it was `before`, where that is given. */
export function plainBar(fraction: number, before: number | null = null): TemplateResult {
  return html`<svg class="bar" viewBox="0 0 1 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="1" y="2" height="6"></rect>
    <rect class="amount" width=${fraction} y="2" height="6"></rect>
    ${before === null ? nothing : svg`<rect class="before" width=${before} y="1" height="8" vector-effect="non-scaling-stroke"></rect>`}
  </svg>`;
}

export const barStyles = css`
  svg.bar {
    display: block;
    width: 100%;
    height: 100%;
    overflow: visible;
  }
  .positive {
    fill: var(--positive);
  }
  .negative {
    fill: var(--negative);
  }
  .axis {
    stroke: var(--muted);
    stroke-opacity: 0.5;
  }
  .amount {
    fill: var(--vscode-progressBar-background, var(--positive));
  }
  .track {
    fill: var(--muted);
    fill-opacity: 0.15;
  }
  .before {
    fill: none;
    stroke: var(--vscode-foreground);
    stroke-opacity: 0.65;
  }
  @media (forced-colors: active) {
    .positive,
    .amount {
      fill: Highlight;
    }
    .negative {
      fill: CanvasText;
    }
    .axis {
      stroke: CanvasText;
      stroke-opacity: 1;
    }
    .track {
      fill: none;
    }
  }
`;
