import { css, html, nothing, type TemplateResult } from 'lit';
import type { ComponentSummary } from '../../shared/library';
import { count } from '../components/format';
import { markIcons } from '../components/markIcons';
import { namingOf } from '../components/naming';
import { samplePictures } from '../components/samplePictures';
import type { Thumbnails } from '../components/thumbnails';

/** What the library says of components; null where there is none for the study. */
export type Summaries = ReadonlyMap<number, ComponentSummary> | null;

/**
 * A component by its pictures, its name and its number; as a button that opens it in the inspector. In a grid the keys
 * reach it through its cell, and it takes no focus.
 */
export function componentName(
  component: number,
  summaries: Summaries,
  thumbnails: Thumbnails,
  onOpen: () => void,
  tabindex: 0 | -1 = -1,
): TemplateResult {
  const summary = summaries?.get(component);
  return html`<button
    class="plain component"
    tabindex=${tabindex}
    title=${`${spokenName(component, summary)}\nOpen in the inspector`}
    @click=${onOpen}
  >
    ${summaries === null ? nothing : html`<span class="pictures">${samplePictures(summary, thumbnails, 2)}</span>`}
    <span class="names">
      ${summaries === null ? nothing : summary === undefined ? html`<span class="skeleton"></span>` : nameOf(summary)}
      <span class="latent">${component}${summary === undefined ? nothing : markIcons(summary.annotation)}</span>
    </span>
  </button>`;
}

function nameOf(summary: ComponentSummary): TemplateResult {
  const { kind, text } = namingOf(summary);
  return html`<span class="naming ${kind}" dir="auto">${text}</span>`;
}

export function spokenName(component: number, summary: ComponentSummary | undefined): string {
  if (summary === undefined) return `Latent ${component}`;
  const { text, tooltip } = namingOf(summary);
  return `Latent ${component}, ${text}\n${tooltip}, n = ${count(summary.n)}`;
}

export const componentNameStyles = css`
  .component {
    display: flex;
    align-items: center;
    gap: 6px;
    width: 100%;
    min-width: 0;
    min-height: 34px;
    line-height: 15px;
  }
  .component:hover .naming,
  .component:hover .latent {
    text-decoration: underline;
  }
  .pictures {
    display: flex;
    flex: none;
    gap: 2px;
    /* Of two, also where there are fewer: names begin below each other. */
    width: 58px;
  }
  .pictures > * {
    width: 28px;
    height: 28px;
  }
  .names {
    display: grid;
    flex: 1;
    min-width: 0;
  }
  .names > .skeleton {
    width: 80%;
    min-height: 11px;
    margin-block: 2px;
  }
  .naming {
    overflow: hidden;
    text-align: left;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .naming.name {
    font-weight: 600;
  }
  .naming.none {
    color: var(--muted);
    font-style: italic;
  }
  .latent {
    color: var(--muted);
    font-size: 0.9em;
    white-space: nowrap;
  }
  .latent svg.icon {
    width: 12px;
    height: 12px;
    vertical-align: -2px;
  }
`;
