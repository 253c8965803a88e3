import { css, html, svg, type TemplateResult } from 'lit';
import { type HeatScale, rampStops, ticksOf } from './heatScale';

/** The scale of a map: its colours over light and over dark, as opaque as in the picture, and their numbers. */
export function heatLegend(
  scale: HeatScale,
  opacity: number,
  unit: string,
  format: (value: number) => string,
): TemplateResult {
  const ticks = ticksOf(scale);
  const said = ticks.map(({ value }) => format(value));
  return html`<div class="legend" role="img" aria-label=${`Scale: ${said.join(', ')} ${unit}`}>
    <svg viewBox="0 0 1 2" preserveAspectRatio="none" aria-hidden="true">
      <defs>
        <linearGradient id="ramp">
          ${rampStops(scale).map(({ at, fill, opacity }) => {
            return svg`<stop offset=${at} stop-color=${fill} stop-opacity=${opacity}></stop>`;
          })}
        </linearGradient>
      </defs>
      <rect class="light" width="1" height="1"></rect>
      <rect class="dark" width="1" y="1" height="1"></rect>
      <rect width="1" height="2" fill="url(#ramp)" opacity=${opacity}></rect>
    </svg>
    <div class="ticks ${ticks.length === 1 ? 'only' : ''}" aria-hidden="true">${said.map((text) => html`<span>${text}</span>`)}</div>
    <div class="unit" aria-hidden="true">${unit}</div>
  </div>`;
}

export const heatLegendStyles = css`
  .legend {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 8px;
  }
  .legend svg {
    display: block;
    width: 100%;
    height: 14px;
    border: 1px solid var(--line);
    border-radius: 2px;
    forced-color-adjust: none;
  }
  .legend .light {
    fill: #f4f4f4;
  }
  .legend .dark {
    fill: #2a2a2a;
  }
  .ticks {
    display: flex;
    grid-row: 2;
    justify-content: space-between;
    font-size: 0.92em;
  }
  /* The middle one in the middle, however wide the others are. */
  .ticks > * {
    flex: 1;
  }
  .ticks > :nth-child(2) {
    text-align: center;
  }
  .ticks > :last-child {
    text-align: end;
  }
  .ticks.only > * {
    text-align: center;
  }
  .legend .unit {
    grid-row: 1;
    grid-column: 2;
    align-self: center;
    color: var(--muted);
    font-size: 0.92em;
    line-height: 1;
  }
`;
