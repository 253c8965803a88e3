import { css, html, nothing, type TemplateResult } from 'lit';
import type { ComponentSummary } from '../../shared/library';
import { count } from '../components/format';
import { markIcons } from '../components/markIcons';
import { namingOf, spokenMarks } from '../components/naming';
import { samplePictures } from '../components/samplePictures';
import type { Thumbnails } from '../components/thumbnails';

/** What the library says of the components of the panel. */
export interface KnownComponents {
  /** Id of the judge; null where the model judges itself. */
  readonly judge: string | null;
  /** By component. */
  readonly summaries: ReadonlyMap<number, ComponentSummary>;
  /** The component in the inspector. */
  readonly selected: number | null;
}

/** Samples shown of a component. */
const pictures = 3;

/** The cells that say which component a row is of, `badge` beside its number. They are as large before the library has answered as after. */
export function identityCells(
  latent: number,
  summary: ComponentSummary | undefined,
  thumbnails: Thumbnails,
  badge: TemplateResult,
): TemplateResult {
  return html`<span role="gridcell" class="thumbnails">${samplePictures(summary, thumbnails, pictures)}</span>
    <span role="gridcell" class="identity">${summary === undefined ? unknown : name(summary)}
      <span class="second"
        ><span class="latent">${latent}</span>${badge}${summary === undefined ? nothing : remarks(summary)}</span
      >
    </span>`;
}

const unknown = html`<span class="skeleton"></span>`;

function name(summary: ComponentSummary): TemplateResult {
  const { kind, text, tooltip } = namingOf(summary);
  return html`<span class="naming ${kind}" dir="auto" title=${`${text}\n${tooltip}`}>${text}</span>`;
}

/** What the person marked it as; and where there is no label, of how many images one would have been made. */
function remarks(summary: ComponentSummary): TemplateResult {
  const { annotation, labels, n } = summary;
  return html`${markIcons(annotation)}${labels.length === 0 && n > 0 ? html`<span>n = ${count(n)}</span>` : nothing}`;
}

/** How a screen reader calls the component of a row. */
export function spokenIdentity(latent: number, summary: ComponentSummary | undefined): string {
  if (summary === undefined) return `Latent ${latent}`;
  const { kind, text } = namingOf(summary);
  const why = kind === 'none' && summary.n > 0 ? ` (${count(summary.n)})` : '';
  return `Latent ${latent}, ${text}${why}${spokenMarks(summary.annotation)}`;
}

/** What a text filter looks at, in lower case: the person's name and the label. */
export function searchable(summary: ComponentSummary | undefined): string {
  if (summary === undefined) return '';
  return `${summary.annotation.name ?? ''}\n${summary.labels[0]?.text ?? ''}`.toLowerCase();
}

export const identityStyles = css`
  .thumbnails {
    display: flex;
    gap: 2px;
  }
  .thumbnails > * {
    flex: none;
    width: 32px;
    height: 32px;
  }
  .identity {
    display: grid;
    gap: 1px;
    min-width: 0;
    line-height: 16px;
  }
  .naming {
    overflow: hidden;
    /* Of any script, they begin where the numbers below them begin. */
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
  .identity > .skeleton {
    width: 70%;
    min-height: 12px;
    margin-block: 2px;
  }
  .second {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    /* What has no room goes to a line that is not shown, rather than being cut. */
    gap: 15px 6px;
    height: 15px;
    overflow: hidden;
    color: var(--muted);
    font-size: 0.9em;
    white-space: nowrap;
  }
  .second > * {
    flex: none;
  }
  .mark {
    display: inline-flex;
  }
  .mark svg.icon {
    width: 13px;
    height: 13px;
    stroke-width: 1.4;
  }
  .mark.expected {
    color: var(--vscode-charts-green, currentColor);
  }
  .mark.spurious {
    color: var(--vscode-editorWarning-foreground, currentColor);
  }
`;
