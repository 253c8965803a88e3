import { css, html, svg, type TemplateResult } from 'lit';
import type { Rectangle } from '../../shared/image';
import { icons } from '../components/icons';
import type { Picture } from '../components/previews';

/** What stands in place of a picture that is not there. */
export function withoutPicture(picture: Exclude<Picture, { kind: 'picture' }>, name: string): TemplateResult {
  switch (picture.kind) {
    case 'loading':
      return html`<div class="skeleton" role="img" aria-label="Loading ${name}"></div>`;
    case 'unavailable':
      return html`<div class="missing">${icons.broken}<span>${picture.reason}</span></div>`;
  }
}

/** The part that the model saw, framed, and the rest of the picture dimmed. In pixels of the original. */
export function cropMarks({ left, top, width, height }: Rectangle, fullWidth: number, fullHeight: number) {
  const full = `M0 0H${fullWidth}V${fullHeight}H0Z`;
  const crop = `M${left} ${top}h${width}v${height}h${-width}z`;
  return svg`<path class="unseen-part" fill-rule="evenodd" d="${full}${crop}"></path>
    <path class="frame-edge" vector-effect="non-scaling-stroke" d=${crop}></path>
    <path class="frame" vector-effect="non-scaling-stroke" d=${crop}></path>`;
}

/** Whether the model saw all of the picture. */
export function isWhole({ width, height }: Rectangle, fullWidth: number, fullHeight: number): boolean {
  return Math.abs(width - fullWidth) < 0.5 && Math.abs(height - fullHeight) < 0.5;
}

/** The box that a large picture stands in, and what is drawn in it. */
export const pictureStyles = css`
  figure {
    margin: 0;
  }
  .picture {
    display: grid;
    place-items: center;
    gap: 8px;
    width: 100%;
    min-height: 120px;
    max-height: min(44vh, 420px);
    border: 1px solid var(--line);
    border-radius: 3px;
    background: var(--vscode-editorWidget-background);
    overflow: hidden;
  }
  svg.large {
    display: block;
    width: 100%;
    height: auto;
    max-height: min(44vh, 420px);
  }
  .picture > .missing {
    display: grid;
    justify-items: center;
    gap: 6px;
    padding: 24px 12px;
    color: var(--muted);
    text-align: center;
    overflow-wrap: anywhere;
  }
  .picture > .skeleton {
    width: 100%;
    height: 200px;
    border: none;
  }
  .unseen-part {
    fill: var(--vscode-editor-background);
    fill-opacity: 0.65;
  }
  .frame,
  .frame-edge {
    fill: none;
    pointer-events: none;
  }
  .frame-edge {
    stroke: rgb(0 0 0 / 70%);
    stroke-width: 3px;
  }
  .frame {
    stroke: white;
    stroke-width: 1px;
  }
  @media (max-width: 859px) {
    .picture,
    svg.large {
      max-height: 240px;
    }
    .picture > .skeleton {
      height: 160px;
    }
  }
`;
