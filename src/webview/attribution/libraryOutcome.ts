import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { LibraryIntervention } from '../../shared/libraryIntervention';
import { percent, points, signedPoints } from '../../shared/points';
import type { Progress } from '../../shared/rpc/protocol';
import { barStyles, plainBar } from '../components/bars';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { emit } from '../components/events';
import { count, counted } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import '../components/thumbnail';
import type { Thumbnails } from '../components/thumbnails';
import { factorText } from './factors';
import type { KnownComponents } from './identity';
import type { LibraryEffect, LibraryRunState } from './libraryRun';
import { componentName } from './subject';

/** Images that change class drawn at once; the rest comes when asked for, as many at a time. */
const atOnce = 50;
/** Classes listed before all of them are asked for. */
const mostClasses = 12;

type Accuracy = NonNullable<LibraryIntervention['accuracy']>;

/**
 * What changes do to the whole library: how many images they touch, accuracy before and after, the classes that lost or
 * gained, and the images that change class. Emits `library-close` (which cancels what is under way), `library-again`.
 */
@customElement('clipsight-library-outcome')
export class LibraryOutcome extends LitElement {
  static override styles = [
    theme,
    barStyles,
    errorNoticeStyles,
    css`
      section {
        margin-block: 8px;
        padding: 6px 10px 10px;
        border: 1px solid var(--line);
        border-radius: 4px;
      }
      .title {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 26px;
      }
      .title h3 {
        flex: 1;
        min-width: 0;
        margin: 0;
        font-size: inherit;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .title .muted {
        font-weight: normal;
      }
      .progress {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
      }
      .progress vscode-progress-ring {
        width: 16px;
        height: 16px;
      }
      .amount-done {
        width: 120px;
        height: 10px;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 28px;
        margin: 4px 0 8px;
      }
      dt {
        color: var(--muted);
        font-size: 0.9em;
      }
      dd {
        margin: 0;
      }
      dd b {
        font-size: 1.2em;
        font-weight: 600;
      }
      .worse {
        color: var(--negative);
      }
      .better {
        color: var(--positive);
      }
      h4 {
        margin: 10px 0 4px;
        font-size: inherit;
        font-weight: 600;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th {
        color: var(--muted);
        font-weight: normal;
        text-align: start;
      }
      th,
      td {
        padding: 2px 8px 2px 0;
        border-bottom: 1px solid var(--line);
      }
      td:first-child {
        overflow-wrap: anywhere;
      }
      .number {
        text-align: end;
        white-space: nowrap;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
        max-height: 340px;
        overflow: hidden auto;
        gap: 6px 12px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 48px minmax(0, 1fr);
        align-items: center;
        gap: 8px;
      }
      li clipsight-thumbnail {
        width: 48px;
        height: 48px;
      }
      li .path {
        overflow: hidden;
        color: var(--muted);
        font-size: 0.9em;
        text-overflow: ellipsis;
        white-space: nowrap;
        direction: rtl;
        text-align: left;
      }
      li .classes {
        overflow-wrap: anywhere;
      }
      li svg.icon {
        width: 13px;
        height: 13px;
        vertical-align: -2px;
      }
      .more {
        margin-top: 6px;
      }
      p.muted {
        margin-block: 4px;
      }
    `,
  ];

  @property({ attribute: false }) run: LibraryRunState | null = null;
  /** What the components are called. */
  @property({ attribute: false }) library: KnownComponents | null = null;
  /** The changes are others by now. */
  @property({ type: Boolean }) outdated = false;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @state() private most = atOnce;
  @state() private allClasses = false;

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('run') || this.run?.kind !== 'running') return;
    this.most = atOnce;
    this.allClasses = false;
  }

  override render(): TemplateResult | typeof nothing {
    const { run } = this;
    if (run === null) return nothing;
    const what = run.intervention
      .map(({ component, factor }) => `${componentName(this.library, component)} ${factorText(factor)}`)
      .join(', ');
    return html`<section aria-label="Library with the changes">
      <div class="title">
        <h3>
          The library with
          ${counted(run.intervention.length, 'component')} changed
          <span class="muted" title=${what} dir="auto">${what.length > 60 ? `${what.slice(0, 60)}…` : what}</span>
        </h3>
        ${
          run.kind === 'running'
            ? nothing
            : html`<button class="icon" title="Close" aria-label="Close" @click=${() => emit(this, 'library-close', null)}>
              ${icons.close}
            </button>`
        }
      </div>
      ${this.content(run)}
    </section>`;
  }

  private content(run: LibraryRunState): TemplateResult {
    switch (run.kind) {
      case 'running':
        return this.progress(run.progress);
      case 'failed':
        return errorNotice(run.error, [{ label: 'Try Again', run: () => emit(this, 'library-again', null) }]);
      case 'done':
        return this.effect(run.effect);
    }
  }

  private progress(progress: Progress | null): TemplateResult {
    const counted = progress !== null && progress.total > 0;
    return html`<div class="progress">
      <vscode-progress-ring aria-hidden="true"></vscode-progress-ring>
      <div
        role="progressbar"
        aria-label=${progress?.stage ?? 'Starting'}
        aria-valuemin="0"
        aria-valuemax=${counted ? progress.total : nothing}
        aria-valuenow=${counted ? progress.done : nothing}
      >
        ${progress?.stage ?? 'Starting'}${counted ? ` ${count(progress.done)} of ${count(progress.total)}` : '…'}
      </div>
      ${counted ? html`<div class="amount-done">${plainBar(Math.min(1, progress.done / progress.total))}</div>` : nothing}
      <vscode-button appearance="secondary" @click=${() => emit(this, 'library-close', null)}>Cancel</vscode-button>
    </div>`;
  }

  private effect({ classes, outcome }: LibraryEffect): TemplateResult {
    const { images, affected, accuracy, changes, notes } = outcome;
    return html`${
      this.outdated
        ? html`<p class="muted">${icons.info} The changes above are others by now; this is of those named here.</p>`
        : nothing
    }
      <dl>
        <div><dt>Images</dt><dd><b>${count(images)}</b></dd></div>
        <div>
          <dt>Affected</dt>
          <dd title="Images in which a changed component is active"><b>${count(affected)}</b> ${images === 0 ? nothing : percent(affected / images)}</dd>
        </div>
        <div><dt>Change class</dt><dd><b>${count(changes)}</b> ${images === 0 ? nothing : percent(changes / images)}</dd></div>
        ${
          accuracy === null
            ? html`<div><dt>Accuracy</dt><dd class="muted">no image’s class is known</dd></div>`
            : html`<div><dt>Accuracy of ${counted(accuracy.images, 'image')}</dt><dd>${accuracies(accuracy, true)}</dd></div>`
        }
      </dl>
      ${notes.map((note) => html`<p class="muted">${note}</p>`)}${this.classes(classes, outcome)}${this.changed(classes, outcome)}`;
  }

  private classes(
    names: readonly string[],
    { classes }: LibraryIntervention,
  ): TemplateResult | typeof nothing {
    const rows = classes
      .map((one, index) => ({ ...one, name: names[index] ?? String(index) }))
      .filter(({ predicted, accuracy }) => predicted.before !== predicted.after || moved(accuracy) !== 0)
      .sort((a, b) => Math.abs(gain(b)) - Math.abs(gain(a)));
    // Where no image changes class that is said of the images.
    if (rows.length === 0) return nothing;
    const shown = this.allClasses ? rows : rows.slice(0, mostClasses);
    return html`<h4>Classes that gain or lose</h4>
      <div class="scroll">
        <table>
          <tr>
            <th>Class</th>
            <th class="number" title="Images put into the class">Images put into it</th>
            <th class="number" title="Of the images of the class">Accuracy</th>
            <th class="number" title="Mean change of the similarity of the images of the class to it, in points">Mean change</th>
          </tr>
          ${shown.map(
            ({ name, predicted, accuracy, change }) => html`<tr>
              <td dir="auto">${name}</td>
              <td class="number">
                ${count(predicted.before)} → ${count(predicted.after)}
                <span class=${tone(predicted.after - predicted.before)}>${signed(predicted.after - predicted.before)}</span>
              </td>
              <td class="number">${accuracy === null ? '–' : accuracies(accuracy, false)}</td>
              <td class="number">${change === null ? '–' : signedPoints(change)}</td>
            </tr>`,
          )}
        </table>
      </div>
      ${
        shown.length === rows.length
          ? nothing
          : html`<button
            class="plain link more"
            @click=${() => {
              this.allClasses = true;
            }}
          >
            Show all ${count(rows.length)} classes
          </button>`
      }`;
  }

  private changed(names: readonly string[], { changes, changed }: LibraryIntervention): TemplateResult {
    if (changes === 0) return html`<p class="muted">No image changes class.</p>`;
    const shown = changed.slice(0, this.most);
    const name = (index: number) => names[index] ?? String(index);
    return html`<h4>Images that change class <span class="muted">${count(shown.length)} of ${count(changes)}, the largest change first</span></h4>
      <ul>
        ${shown.map(({ sha256, path, truth, before, after, scores }) => {
          const right = truth === null ? '' : truth === after ? 'better' : truth === before ? 'worse' : '';
          const verdict = {
            better: 'now right',
            worse: 'was right',
            '': truth === null ? '' : `in truth ${name(truth)}`,
          }[right];
          return html`<li title=${`${path}\nagainst ${name(before)}: ${points(scores[0])} → ${points(scores[1])} points`}>
            <clipsight-thumbnail .thumbnails=${this.thumbnails} .picture=${{ path, sha256 }}></clipsight-thumbnail>
            <div>
              <div class="classes" dir="auto">
                ${name(before)} → <b>${name(after)}</b>
                ${verdict === '' ? nothing : html`<span class=${right || 'muted'}>${right === 'better' ? icons.check : nothing}${verdict}</span>`}
              </div>
              <div class="path"><bdi>${path}</bdi></div>
            </div>
          </li>`;
        })}
      </ul>
      ${
        changed.length > shown.length
          ? html`<button
            class="plain link more"
            @click=${() => {
              this.most += atOnce;
            }}
          >
            Show ${count(Math.min(atOnce, changed.length - shown.length))} more
          </button>`
          : nothing
      }
      ${
        changed.length === shown.length && changes > changed.length
          ? html`<p class="muted">${count(changes - changed.length)} more change class and are not listed.</p>`
          : nothing
      }`;
  }
}

function accuracies({ images, before, after }: Accuracy, long: boolean): TemplateResult {
  const right = (share: number) => count(Math.round(share * images));
  if (before === after) {
    const counts = `${right(after)} of ${count(images)} right, before and after`;
    return html`<span title=${counts}
      >${long ? html`<b>${percent(after)}</b> <span class="muted">as before, ${right(after)} right</span>` : percent(after)}</span
    >`;
  }
  const counts = `${right(before)} → ${right(after)} right`;
  return html`<span title=${`${counts}; the difference is in percentage points`}
    >${percent(before)} → <b>${percent(after)}</b>
    <span class=${tone(after - before)}>${signedPoints(after - before)} pp</span>${long ? html` <span class="muted">${counts}</span>` : nothing}</span
  >`;
}

function moved(accuracy: Accuracy | null): number {
  return accuracy === null ? 0 : accuracy.after - accuracy.before;
}

/** In images: of the class's own where they are known. */
function gain({ predicted, accuracy }: LibraryIntervention['classes'][number]): number {
  const right = moved(accuracy) * (accuracy?.images ?? 0);
  return right === 0 ? predicted.after - predicted.before : right;
}

function tone(change: number): string {
  return change < 0 ? 'worse' : change > 0 ? 'better' : 'muted';
}

function signed(change: number): string {
  return change === 0 ? '±0' : change > 0 ? `+${count(change)}` : `−${count(-change)}`;
}
