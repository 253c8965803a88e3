import { css, html, nothing, type TemplateResult } from 'lit';
import type { ShownAudit } from '../../shared/auditProtocol';
import { percent } from '../../shared/points';
import { count, counted } from '../components/format';
import { icons } from '../components/icons';
import { judgement } from '../components/naming';
import { subjectsText } from './sentences';

const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** What was audited, how, and when: what a reader of the numbers has to know. */
export function auditFacts(audit: ShownAudit): TemplateResult {
  const { judge, counts, pairs, margin, level, ended } = audit;
  const judged = judgement(judge);
  return html`<p class="facts">
    <span title=${judged.tooltip}>${judged.text}</span>
    <span>${subjectsText(counts)}</span>
    <span title="Images of the library that were looked at">${counted(counts.images, 'image')}</span>
    <span title="Pairs of a prompt and a component that were looked at: what is of one of the four kinds was tested">${counted(pairs, 'pair')}</span>
    <span title="A finding’s share is above what is expected by more than this">margin ${percent(margin)}</span>
    <span title="Expected share of false findings among the findings, at most">level ${percent(level)}</span>
    <span title=${ended}>${times.format(new Date(ended))}</span>
  </p>`;
}

/** Said before any finding is read: a model that is its own judge cannot see its own confusions. */
export function selfJudged(onChoose: () => void): TemplateResult {
  return html`<div class="warning" role="note">
    ${icons.warning}
    <p>
      The model judges itself: it rates what it mistakes for a thing as that thing, so reliance on its own confusions is
      missed, and alignments are too high where it errs.
    </p>
    <vscode-button appearance="secondary" @click=${onChoose}>Choose Judge…</vscode-button>
  </div>`;
}

/** Said once, where the numbers may be old: what is in use, or what is indexed, is another than was audited. */
export function outdatedNotice(outdated: 'study' | 'library', onRun: () => void): TemplateResult {
  return html`<div class="warning" role="note">
    ${icons.warning}
    <p>
      ${
        outdated === 'study'
          ? 'Another model or dictionary is in use than this audit is of: its components are not those of the other views.'
          : 'The library has changed since this audit: its numbers are of the images that were indexed then.'
      }
    </p>
    <vscode-button appearance="secondary" @click=${onRun}>Run Again</vscode-button>
  </div>`;
}

/** Components that tell nothing apart, once for all prompts. */
export function backgroundSection(
  { background }: ShownAudit,
  onInspect: ((component: number) => void) | null,
): TemplateResult | typeof nothing {
  if (background.length === 0) return nothing;
  return html`<details class="aside">
    <summary>
      ${icons.twistie}<span
        >${counted(background.length, 'background component')}
        <span class="muted">fire for nearly every image, and are in no pair</span></span
      >
    </summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Component</th>
          <th scope="col" class="number" title="Share of the images of the library in which it fires">Fires in</th>
          <th scope="col" class="number" title="The largest mean share that any prompt gives it">Largest share</th>
        </tr>
      </thead>
      <tbody>
        ${background.map(
          ({ component, label, rate, measured }) => html`<tr>
            <td>
              ${
                onInspect === null
                  ? html`${label ?? 'too few images'}`
                  : html`<button class="plain link" title="Open in the inspector" @click=${() => onInspect(component)}>
                    <span dir="auto">${label ?? 'too few images'}</span>
                  </button>`
              }
              <span class="muted">${component}</span>
            </td>
            <td class="number">${percent(rate)}</td>
            <td class="number">${percent(measured)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

/** What could not be audited, and why. */
export function untestedSection({ untested }: ShownAudit): TemplateResult | typeof nothing {
  const { count: all, listed } = untested;
  if (all === 0) return nothing;
  return html`<details class="aside">
    <summary>
      ${icons.twistie}<span
        >${all === 1 ? '1 prompt was' : `${count(all)} prompts were`} not audited
        <span class="muted">too few images, or what went wrong</span></span
      >
    </summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Prompt</th>
          <th scope="col" class="number">Images</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        ${listed.map(
          ({ prompt, images, reason }) => html`<tr>
            <td dir="auto">${prompt}</td>
            <td class="number">${count(images)}</td>
            <td dir="auto" class="reason">${reason}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${all > listed.length ? html`<p class="muted">The first ${count(listed.length)} are listed; the report has all.</p>` : nothing}
  </details>`;
}

export const factsStyles = css`
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 14px;
    color: var(--muted);
  }
  .warning {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 10px;
    padding: 6px 10px;
    border: 1px solid var(--vscode-editorWarning-foreground, var(--line));
    border-radius: 3px;
  }
  .warning > svg {
    color: var(--vscode-editorWarning-foreground, currentColor);
  }
  .warning > p {
    flex: 1 1 24em;
    min-width: 0;
  }
`;
