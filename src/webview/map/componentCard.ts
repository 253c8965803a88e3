import { css, html, nothing, type TemplateResult } from 'lit';
import type { ComponentSummary } from '../../shared/library';
import { count } from '../components/format';
import { markIcons } from '../components/markIcons';
import { namingOf } from '../components/naming';
import { samplePictures } from '../components/samplePictures';
import type { Thumbnails } from '../components/thumbnails';

/** Pictures of a card. */
const pictures = 4;

/** What a component is called, what it fires in, and some facts. Its size is the same before the summary is there. */
export function componentCard(
  component: number,
  name: string,
  summary: ComponentSummary | undefined,
  facts: readonly string[],
  thumbnails: Thumbnails,
): TemplateResult {
  const naming = summary === undefined ? null : namingOf(summary);
  const text = naming?.text ?? (name || 'no name');
  const [first, ...others] = summary?.labels ?? [];
  const runnersUp = (naming?.kind === 'name' && first !== undefined ? [first, ...others] : others).slice(
    0,
    3,
  );
  return html`<div class="title">
      <b class="naming ${naming?.kind ?? ''}" dir="auto">${text}</b>${
        summary === undefined ? nothing : markIcons(summary.annotation)
      }
      <span class="muted number">${component}</span>
    </div>
    <div class="pictures">${samplePictures(summary, thumbnails, pictures)}</div>
    <p class="muted runners" dir="auto">
      ${runnersUp.length === 0 ? '\u00a0' : runnersUp.map(({ text: label }) => label).join(', ')}
    </p>
    <p class="facts">
      ${[...facts, ...(summary === undefined ? [] : [`n = ${count(summary.n)}`])].join(' · ')}
    </p>`;
}

export const componentCardStyles = css`
  .card {
    width: 266px;
    padding: 8px 10px;
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--line));
    border-radius: 4px;
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorHoverWidget-background, var(--vscode-editorWidget-background));
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  .card .title {
    display: flex;
    align-items: center;
    gap: 5px;
  }
  .card .naming {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .card .naming.none {
    font-style: italic;
    font-weight: normal;
  }
  .card .number {
    margin-inline-start: auto;
  }
  .card .pictures {
    display: flex;
    gap: 4px;
    height: 58px;
    margin-block: 6px 4px;
  }
  .card .pictures > * {
    flex: none;
    width: 58px;
    height: 58px;
  }
  .card .runners {
    overflow: hidden;
    font-size: 0.92em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .card .facts {
    font-size: 0.92em;
  }
`;
