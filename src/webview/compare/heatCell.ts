import { css, html, type TemplateResult } from 'lit';
import { fillOf, tintOf } from '../components/signedPalette';
import { luminance, mix, type Rgb } from '../map/colour';

// The tint is an SVG rectangle and not a background: the Content-Security-Policy allows no inline style.

/**
 * A number over its colour. `share` of the scale, −1 to 1; `ground` is the colour of the page, which shows through: the text
 * is black or white, whichever can be read better.
 */
export function heatCell(share: number, ground: Rgb, content: TemplateResult): TemplateResult {
  const { fill, opacity } = fillOf(share);
  return html`<svg class="tint" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100%" height="100%" fill=${fill} fill-opacity=${opacity}></rect></svg
    ><span class="over ${textOver(share, ground)}">${content}</span>`;
}

function textOver(share: number, ground: Rgb): 'plain' | 'black' | 'white' {
  const { colour, opacity } = tintOf(share);
  if (opacity < 0.08) return 'plain';
  // Black and white have the same contrast with a luminance of 0.179.
  return luminance(mix(ground, colour, opacity)) > 0.179 ? 'black' : 'white';
}

export const heatCellStyles = css`
  .tint {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    forced-color-adjust: none;
  }
  .over {
    position: relative;
    white-space: nowrap;
  }
  .over.black {
    color: #000;
  }
  .over.white {
    color: #fff;
  }
  .over svg.icon {
    width: 12px;
    height: 12px;
    margin-inline-end: 2px;
    vertical-align: -2px;
  }
  @media (forced-colors: active) {
    .tint {
      display: none;
    }
    .over.black,
    .over.white {
      color: CanvasText;
    }
  }
`;
