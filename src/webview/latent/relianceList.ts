import { css, html, nothing, type TemplateResult } from 'lit';
import type { Reliance } from '../../shared/library';
import { signedPoints } from '../../shared/points';
import { signedBar } from '../components/bars';
import { count, raw } from '../components/format';
import { icons } from '../components/icons';
import { byReliance, scalesOf } from './reliance';
import { alignment as aligned } from './words';

/** Prompts drawn at once; the others on request. */
const shownAtFirst = 8;

/** Per prompt, what the component has to do with it by its meaning, and how much the prompt relies on it. */
export function relianceList(reliance: readonly Reliance[]): TemplateResult {
  const ordered = byReliance(reliance);
  const scales = scalesOf(reliance);
  const computed = reliance.some(({ mean }) => mean !== null);
  const rest = ordered.slice(shownAtFirst);
  const row = (one: Reliance) => relianceOf(one, scales);
  if (!computed && reliance.every(({ alignment }) => alignment === null)) {
    return html`<p class="muted">Too few images to say what prompts have to do with it.</p>`;
  }
  return html`<p class="muted legend">
      <span title="How much better the prompt describes its pictures than no text does: a difference of cosines"
        >Alignment</span
      >${
        computed
          ? html`<span title="How much the component adds to the similarity with the prompt, in points, mean over all indexed images"
              >mean attribution in points</span
            >`
          : nothing
      }
    </p>
    ${ordered.slice(0, shownAtFirst).map(row)}
    ${
      rest.length === 0
        ? nothing
        : html`<details class="more">
          <summary>${icons.twistie}${count(rest.length)} more</summary>
          ${rest.map(row)}
        </details>`
    }
    ${
      computed
        ? nothing
        : html`<p class="muted">
          How much prompts rely on it over the library is not known: contributions were not computed with this dictionary.
        </p>`
    }`;
}

function relianceOf(
  { prompt, alignment, mean, classes }: Reliance,
  scales: { readonly alignment: number; readonly mean: number },
): TemplateResult {
  return html`<div class="reliance">
    <div class="prompt" dir="auto" title=${prompt}>${prompt}</div>
    <div class="measure">
      <span class="what">alignment</span>
      <span class="bar-box">${alignment === null ? nothing : signedBar(alignment / scales.alignment)}</span>
      <span class="value" title=${alignment === null ? 'Too few images' : `Alignment ${raw(alignment)}`}
        >${alignment === null ? '–' : aligned(alignment)}</span
      >
    </div>
    ${
      mean === null
        ? nothing
        : html`<div class="measure">
          <span class="what">attribution</span>
          <span class="bar-box">${signedBar(mean / scales.mean)}</span>
          <span class="value" title=${`Mean attribution ${raw(mean)}`}>${signedPoints(mean)}</span>
        </div>`
    }
    ${
      classes.length === 0
        ? nothing
        : html`<div class="classes muted">
          ${classes.map(
            ({ name, images, mean: classMean }) =>
              html`<span title=${`${name}: mean attribution ${raw(classMean)} over ${count(images)} images`}
                ><span class="class-name" dir="auto">${name}</span> ${signedPoints(classMean)}
                <span class="n">n = ${count(images)}</span></span
              >`,
          )}
        </div>`
    }
  </div>`;
}

export const relianceStyles = css`
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    font-size: 0.92em;
  }
  .reliance {
    padding-block: 5px;
  }
  .reliance + .reliance,
  .more > .reliance {
    border-top: 1px solid var(--section-line);
  }
  .prompt {
    display: -webkit-box;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .measure {
    display: grid;
    grid-template-columns: 68px minmax(0, 1fr) 52px;
    align-items: center;
    gap: 8px;
    min-height: 18px;
    max-width: 560px;
  }
  .measure > .what {
    color: var(--muted);
    font-size: 0.92em;
  }
  .measure > .bar-box {
    height: 12px;
  }
  .measure > .value {
    text-align: end;
    white-space: nowrap;
  }
  .classes {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    font-size: 0.92em;
  }
  .classes > span {
    display: flex;
    gap: 4px;
    max-width: 100%;
    white-space: nowrap;
  }
  .class-name {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--vscode-foreground);
  }
  .n {
    opacity: 0.85;
  }
  .more > summary {
    color: var(--muted);
  }
  @media (max-width: 219px) {
    .measure {
      grid-template-columns: 60px minmax(0, 1fr) 46px;
      gap: 4px;
    }
  }
`;
