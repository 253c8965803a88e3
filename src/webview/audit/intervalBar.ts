import { css, html, nothing, svg, type TemplateResult } from 'lit';

/** What one bar's width stands for: shares from `low` to `high`. */
export interface IntervalScale {
  readonly low: number;
  readonly high: number;
}

/** From zero, or the lowest interval where that is lower, to the highest. */
export function intervalScale(intervals: readonly (readonly [number, number])[]): IntervalScale {
  const low = intervals.reduce((least, [start]) => Math.min(least, start), 0);
  const high = intervals.reduce((most, [, end]) => Math.max(most, end), 0);
  return { low, high: high > low ? high : low + 1 };
}

/**
 * A score as a bar from zero, its interval as a line across its end, and the margin above which it is a finding as a
 * dashed line. All bars of a list have one scale.
 */
export function intervalBar(
  score: number,
  [low, high]: readonly [number, number],
  margin: number,
  scale: IntervalScale,
): TemplateResult {
  const x = (value: number) => (100 * (value - scale.low)) / (scale.high - scale.low);
  const [zero, end] = [x(0), x(score)];
  return html`<svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="score" x=${Math.min(zero, end)} y="2.5" width=${Math.abs(end - zero)} height="5"></rect>
    ${
      margin > scale.high
        ? nothing
        : svg`<line class="margin" x1=${x(margin)} x2=${x(margin)} y1="0" y2="10" vector-effect="non-scaling-stroke"></line>`
    }
    <line class="zero" x1=${zero} x2=${zero} y1="0" y2="10" vector-effect="non-scaling-stroke"></line>
    <path
      class="whisker"
      d="M${x(low)} 5H${x(high)}M${x(low)} 2v6M${x(high)} 2v6"
      vector-effect="non-scaling-stroke"
    ></path>
  </svg>`;
}

export const intervalStyles = css`
  svg.interval {
    display: block;
    width: 100%;
    height: 10px;
    overflow: visible;
  }
  .interval .score {
    fill: var(--positive);
    fill-opacity: 0.55;
  }
  .interval .whisker {
    fill: none;
    stroke: var(--vscode-foreground);
    stroke-width: 1.25px;
  }
  .interval .zero {
    stroke: var(--muted);
    stroke-opacity: 0.7;
  }
  .interval .margin {
    stroke: var(--muted);
    stroke-dasharray: 2 2;
  }
  @media (forced-colors: active) {
    .interval .score {
      fill: Highlight;
      fill-opacity: 1;
    }
    .interval .whisker,
    .interval .zero,
    .interval .margin {
      stroke: CanvasText;
    }
  }
`;
