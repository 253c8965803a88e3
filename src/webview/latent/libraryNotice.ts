import { css, html, nothing, type TemplateResult } from 'lit';
import type { IndexingState, LibraryState } from '../../shared/inspectorProtocol';
import { indexingStage, type LibraryAccess } from '../../shared/library';
import { plainBar } from '../components/bars';
import { count, counted } from '../components/format';
import { icons } from '../components/icons';
import { moment, pace, timeLeft } from './words';

type OpenLibrary = Extract<LibraryState, { kind: 'open' }>;

/** What the notices ask the host for. */
export interface LibraryActions {
  readonly index: () => void;
  readonly pause: () => void;
  readonly cancel: () => void;
  readonly showFailures: () => void;
  readonly retry: () => void;
}

export const noFolder: TemplateResult = html`<div class="welcome">
  <h2>No folder is open</h2>
  <p>
    What a component means is read from pictures. Open a folder that has images, and they show what activates each
    component.
  </p>
</div>`;

/** There is nothing to look at yet; why, and what to do. */
export function notIndexed({ access, failures }: OpenLibrary, actions: LibraryActions): TemplateResult {
  if (access.kind === 'snapshot') {
    return html`<div class="welcome">
      <h2>Nothing to read yet</h2>
      <p>${owner(access)} owns the library of this workspace and has kept no images yet.</p>
      <vscode-button appearance="secondary" @click=${actions.retry}>Look Again</vscode-button>
    </div>`;
  }
  return html`<div class="welcome">
    <h2>What do components mean?</h2>
    <p>
      Index the images of this workspace, and every component gets the pictures that activate it most, a label with how
      sure that is, and which of your prompts rely on it.
    </p>
    <vscode-button @click=${actions.index}>Index Images</vscode-button>
    <p class="muted">Nothing leaves this machine. You can go on working, pause, or cancel at any time.</p>
    ${failureLink(failures.length, actions)}
  </div>`;
}

/** How far indexing is; `whole` where there is nothing else to see yet. */
export function indexingNotice(
  { kind, progress, imagesPerSecond, secondsLeft }: IndexingState,
  actions: LibraryActions,
  whole: boolean,
): TemplateResult {
  const { stage, done, total } = progress;
  const counts = total > 0;
  const paused = kind === 'paused';
  const facts = [
    ...(counts ? [`${count(done)} of ${count(total)}${stage === indexingStage ? ' images' : ''}`] : []),
    ...(imagesPerSecond === null || paused ? [] : [pace(imagesPerSecond)]),
    ...(secondsLeft === null || paused ? [] : [timeLeft(secondsLeft)]),
  ];
  const what = stage === '' ? 'Indexing' : `${stage[0]!.toUpperCase()}${stage.slice(1)}`;
  const title = paused ? 'Paused' : counts ? what : `${what}…`;
  return html`<div class="indexing ${whole ? 'whole' : ''}">
    <div class="indexing-title">${title}</div>
    <div
      class="indexing-bar"
      role="progressbar"
      aria-label="Indexing images"
      aria-valuemin="0"
      aria-valuemax=${counts ? total : nothing}
      aria-valuenow=${counts ? done : nothing}
      aria-valuetext=${facts.length === 0 ? nothing : facts.join(', ')}
    >
      ${plainBar(counts ? Math.min(1, done / total) : 0)}
    </div>
    <div class="indexing-facts muted">${facts.map((fact) => html`<span>${fact}</span>`)}</div>
    <div class="indexing-buttons">
      ${
        paused
          ? html`<vscode-button appearance="secondary" @click=${actions.index}>Resume</vscode-button>`
          : html`<vscode-button appearance="secondary" @click=${actions.pause}>Pause</vscode-button>`
      }
      <vscode-button appearance="secondary" @click=${actions.cancel}>Cancel</vscode-button>
    </div>
  </div>`;
}

/** Whose library is read, where it is another window's. */
export function snapshotNotice(access: LibraryAccess): TemplateResult | typeof nothing {
  if (access.kind === 'owner') return nothing;
  const taken = access.taken === null ? '' : ` as it was on ${moment(access.taken)}`;
  return html`<div class="remark">
    ${icons.info}
    <span>${owner(access)} owns the library. You see it${taken}; names and notes can be written there.</span>
  </div>`;
}

/** What everything in the view rests on, at its end. */
export function libraryFooter(
  { access, images, judged, live, failures }: OpenLibrary,
  judge: string | null,
  size: number | null,
  indexing: boolean,
  actions: LibraryActions,
): TemplateResult {
  const behind = judge !== null && judged < images;
  return html`<footer class="muted">
    <p>
      ${counted(images, 'image')} indexed; ${count(live)}${size === null ? '' : ` of ${count(size)}`} components fire in
      some image.
    </p>
    ${behind ? html`<p>${judge} has seen ${count(judged)} of the ${counted(images, 'image')}.</p>` : nothing}
    ${failureLink(failures.length, actions)}
    ${
      access.kind === 'owner' && !indexing
        ? html`<p><button class="plain link" @click=${actions.index}>Look for new images</button></p>`
        : nothing
    }
  </footer>`;
}

function failureLink(failures: number, actions: LibraryActions): TemplateResult | typeof nothing {
  if (failures === 0) return nothing;
  return html`<p>
    <button class="plain link" @click=${actions.showFailures}>${counted(failures, 'image')} could not be read</button>
  </p>`;
}

function owner({ pid }: Extract<LibraryAccess, { kind: 'snapshot' }>): string {
  return pid === null ? 'Another process' : `Another process (${pid})`;
}

export const libraryNoticeStyles = css`
  .welcome {
    display: grid;
    gap: 10px;
    max-width: 46ch;
    padding: 12px var(--edge) 20px;
  }
  .welcome > vscode-button {
    width: 100%;
    max-width: 300px;
  }
  .welcome > h2 {
    font-size: 1.1em;
  }
  .indexing {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px 8px;
    padding: 6px var(--edge) 8px;
  }
  .indexing-title,
  .indexing-facts {
    grid-column: 1;
    min-width: 0;
  }
  .indexing-title {
    font-weight: 600;
  }
  .indexing-bar {
    grid-column: 1 / -1;
    height: 8px;
  }
  .indexing-facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 10px;
    min-height: 1.45em;
  }
  .indexing-facts > span {
    white-space: nowrap;
  }
  .indexing-buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    grid-column: 2;
    grid-row: 1;
  }
  .indexing-facts {
    grid-column: 1 / -1;
  }
  .indexing.whole {
    padding-block: 14px;
  }
  .remark {
    display: flex;
    gap: 6px;
    padding: 6px var(--edge);
    color: var(--muted);
  }
  .remark > svg.icon {
    margin-top: 1px;
  }
  footer {
    display: grid;
    gap: 2px;
    padding: 10px var(--edge) 16px;
    border-top: 1px solid var(--section-line);
    font-size: 0.92em;
  }
  @media (max-width: 259px) {
    .indexing-buttons {
      grid-row: auto;
      grid-column: 1 / -1;
    }
  }
`;
