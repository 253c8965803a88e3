import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { along, hex } from './colour';
import type { ColourScale } from './colourScale';
import type { Palette } from './palette';

/** Stops of the drawn ramp. */
const steps = 12;
const width = 180;
/** Room for the numbers at the ends. */
const side = 24;

/** The scale with its numbers; where some points have no value also their colour, and why. */
export function legend(
  title: string,
  scale: ColourScale,
  palette: Palette,
  format: (value: number) => string,
  without: string | null,
): TemplateResult {
  const stops = scale.kind === 'sequential' ? palette.sequential : palette.diverging;
  const numbers = scale.ticks.map(({ value }) => format(value));
  // Colours and lengths are SVG attributes and not styles: the Content-Security-Policy allows no inline style.
  return html`<figure class="legend">
    <figcaption>${title}</figcaption>
    <svg
      viewBox="0 0 ${width + 2 * side} 30"
      width=${width + 2 * side}
      height="30"
      role="img"
      aria-label=${`Scale from ${numbers[0]} to ${numbers.at(-1)}`}
    >
      <defs>
        <linearGradient id="ramp">
          ${Array.from({ length: steps + 1 }, (_, i) => {
            return svg`<stop offset=${i / steps} stop-color=${hex(along(stops, i / steps))}></stop>`;
          })}
        </linearGradient>
      </defs>
      <rect class="ramp" x=${side} y="1" width=${width} height="9" fill="url(#ramp)"></rect>
      ${scale.ticks.map(({ share }, i) => {
        const x = side + share * width;
        return svg`<line class="tick" x1=${x} x2=${x} y1="10" y2="14"></line>
          <text x=${x} y="26" text-anchor="middle">${numbers[i]}</text>`;
      })}
    </svg>
    ${
      without === null
        ? nothing
        : html`<span class="without"
            ><svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
              <circle cx="5" cy="5" r="4" fill=${hex(palette.quiet)}></circle></svg
            >${without}</span
          >`
    }
  </figure>`;
}

export const legendStyles = css`
  .legend {
    display: grid;
    justify-items: start;
    margin: 0;
    font-size: 0.9em;
    line-height: 1.4;
  }
  .legend svg {
    display: block;
    max-width: 100%;
    overflow: visible;
    forced-color-adjust: none;
  }
  .legend text {
    fill: var(--vscode-foreground);
    font-size: 11px;
  }
  .legend .tick {
    stroke: var(--muted);
  }
  .legend .without {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    color: var(--muted);
  }
  @media (forced-colors: active) {
    .legend text {
      fill: CanvasText;
    }
    .legend .tick {
      stroke: CanvasText;
    }
  }
`;
