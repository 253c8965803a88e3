import { css, html, nothing, type TemplateResult } from 'lit';
import type { ComponentCard, Grounds, Sample } from '../../shared/library';
import { icons } from '../components/icons';
import '../components/thumbnail';
import type { Thumbnails } from '../components/thumbnails';
import { groupsOf, type Score, scoresOf } from './scores';
import { fileName } from './words';

/** Pictures shown of each of two groups. */
const groupShown = 8;

/** The scores, each with what it rests on; opened, what it is. */
export function scoreList(
  card: ComponentCard,
  grounds: Grounds,
  byActivation: readonly Sample[] | null,
  thumbnails: Thumbnails,
): TemplateResult {
  const groups = groupsOf(card, byActivation);
  return html`${scoresOf(card, grounds).map(
    (score) =>
      html`${scoreOf(score)}${
        score.name === 'Polysemanticity' && groups !== null ? groupStrips(groups, thumbnails) : nothing
      }`,
  )}`;
}

function scoreOf({ name, value, exact, qualifier, meaning }: Score): TemplateResult {
  return html`<details class="score">
    <summary title=${meaning}>
      ${icons.twistie}<span class="score-name">${name}</span>
      <span class="score-qualifier muted">${qualifier}</span>
      <span class="score-value" title=${exact ?? qualifier}>${value ?? '–'}</span>
    </summary>
    <p class="muted">${meaning}</p>
  </details>`;
}

function groupStrips(groups: readonly (readonly Sample[])[], thumbnails: Thumbnails): TemplateResult {
  return html`<div class="groups">
    ${groups.map(
      (group, index) =>
        html`<div class="group" role="group" aria-label=${`Group ${index + 1} of its pictures, ${group.length}`}>
          <span class="muted" aria-hidden="true">${group.length}</span>
          ${group.slice(0, groupShown).map(
            (sample) =>
              html`<clipsight-thumbnail
                  view="crop"
                  title=${fileName(sample.path)}
                  .thumbnails=${thumbnails}
                  .picture=${sample}
                ></clipsight-thumbnail>`,
          )}
        </div>`,
    )}
  </div>`;
}

export const scoreStyles = css`
  .score > summary {
    align-items: center;
    min-height: 24px;
    margin-inline-start: -4px;
  }
  .score > summary > svg.icon {
    align-self: center;
    margin: 0;
    color: var(--muted);
  }
  .score-name {
    flex: none;
  }
  .score-qualifier {
    flex: 1;
    min-width: 0;
    margin-inline-start: 6px;
    font-size: 0.92em;
    text-align: end;
  }
  .score-value {
    flex: none;
    min-width: 52px;
    text-align: end;
  }
  .score > p {
    max-width: 60ch;
    padding: 0 0 6px 16px;
  }
  .groups {
    display: grid;
    gap: 4px;
    margin: 2px 0 6px 16px;
  }
  .group {
    display: flex;
    align-items: center;
    gap: 2px;
    min-width: 0;
    overflow: hidden;
  }
  .group > span {
    flex: none;
    min-width: 18px;
  }
  .group > clipsight-thumbnail {
    flex: 0 1 32px;
    min-width: 20px;
    aspect-ratio: 1;
  }
  @media (max-width: 239px) {
    .score > summary {
      flex-wrap: wrap;
    }
    .score-name {
      flex: 1;
    }
    .score-qualifier {
      flex-basis: 100%;
      order: 1;
      margin: -4px 0 3px 20px;
      text-align: start;
    }
    .score-value {
      min-width: 0;
    }
  }
`;
