import { css, html, nothing, type TemplateResult } from 'lit';
import type { Method } from '../../shared/measurement';
import { points, signedPoints } from '../../shared/points';
import { raw } from '../components/format';
import { icons } from '../components/icons';
import { methodTexts } from './methods';

/** One image against one prompt, or the difference of prompts, by running the model; in units of cosine. */
export interface Whole {
  readonly similarity: number;
  /** y with all components removed. */
  readonly without: number;
  /** Σ of the integrated gradients; null where they are not known. */
  readonly integrated: number | null;
}

/**
 * The whole as measured, on one line: the only numbers of which it may be said that they add up. While new ones are on
 * their way those from before the last change stay, and fade if that takes long.
 */
export function wholeLine(
  whole: Whole | null,
  { waiting, late }: { readonly waiting: boolean; readonly late: boolean },
  difference: boolean,
): TemplateResult | typeof nothing {
  if (whole === null) {
    return waiting
      ? html`<p class="whole" role="status" aria-label="Measuring the whole"><span class="skeleton"></span></p>`
      : nothing;
  }
  const { similarity, without, integrated } = whole;
  const number = difference ? signedPoints : points;
  const explained = similarity - without;
  return html`<p class="whole ${late ? 'stale' : ''}">
    <span title=${raw(similarity)}>y <b>${number(similarity)}</b></span>
    <span title=${`The model run once with every active component taken out; what no component explains stays.\n${raw(without)}`}
      >without all components <b>${number(without)}</b></span
    >
    <span title=${raw(explained)}>difference <b>${signedPoints(explained)}</b></span>
    ${
      integrated === null
        ? nothing
        : html`<span
          title=${`Sum of the integrated gradients, which by their nature add up to the difference; here to within ${signedPoints(integrated - explained)} points, from the steps of the integral.\n${raw(integrated)}`}
          >Σ integrated gradients <b>${signedPoints(integrated)}</b></span
        >`
    }
  </p>`;
}

export const wholeStyles = css`
  .whole {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    margin-block: 2px;
    color: var(--muted);
  }
  .whole b {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .whole > .skeleton {
    width: min(100%, 30em);
    height: 1.2em;
  }
`;

const A = html`<i>A<sub>j</sub></i>`;
const z = html`<i>z<sub>j</sub></i>`;

/** What attributions are, and why they do not add up. */
export function explanation(
  method: Method,
  mode: 'forward' | 'reverse',
  difference: boolean,
): TemplateResult {
  return html`<details class="explanation">
    <summary>
      ${icons.info}
      <span
        >${
          method === 'activation-gradient'
            ? html`${A} = ${z} · ∂y/∂${z}, in points; the attributions do not add up to the similarity.`
            : `${methodTexts[method].tooltip}.`
        }</span
      >
      ${icons.twistie}
    </summary>
    <p>
      ${z} is the activation of latent j and y the ${
        difference ? 'difference of similarities' : 'similarity, the cosine of image and prompt'
      }. A point is a hundredth of cosine.
      The attribution ${A} = ${z} · ∂y/∂${z} is what y would lose to first order without the component, the rest held as it is.
      Computed in ${mode} mode.
    </p>
    <p>
      They do not add up to y: behind a LayerNorm and a normalised embedding y hardly changes when everything is scaled, so
      all first-order parts together, those of the error and the biases included, come to about zero. What can be said of
      the whole is measured: y, y with all components taken out, and integrated gradients, which add up to the difference.
    </p>
  </details>`;
}
