import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Evidence, ShownFinding, sampleLists } from '../../shared/auditProtocol';
import type { Verdict } from '../../shared/decisions';
import type { ErrorInfo } from '../../shared/errors';
import type { ComponentSummary } from '../../shared/library';
import { percent } from '../../shared/points';
import { barStyles } from '../components/bars';
import { errorNotice, errorNoticeStyles } from '../components/errorNotice';
import { emit } from '../components/events';
import { icons } from '../components/icons';
import { namingOf } from '../components/naming';
import { samplePictures as componentPictures } from '../components/samplePictures';
import { theme } from '../components/theme';
import type { Thumbnails } from '../components/thumbnails';
import { type Decided, decisionIcon, decisionStyles } from './decisions';
import {
  alignments,
  besidePrompt,
  effects,
  evidenceSectionStyles,
  kindTests,
  samplePictures,
} from './evidenceSections';
import { type IntervalScale, intervalBar, intervalStyles } from './intervalBar';
import { excuseSentence, findingSentence, kindTexts, scoreSentence, verdictTexts } from './sentences';

/** Where the evidence of the finding is. */
export type EvidenceState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'there'; readonly evidence: Evidence }
  | { readonly kind: 'failed'; readonly error: ErrorInfo };

export interface OpenedImage {
  readonly list: (typeof sampleLists)[number];
  readonly image: number;
}

/** Pictures that the component itself fires in. */
const ownPictures = 6;

const verdictKeys: Readonly<Record<Verdict, string>> = { expected: 'E', spurious: 'S', todo: 'T' };

const verdictHints: Readonly<Record<Verdict, string>> = {
  expected: 'The prompt may rely on it: it is no Problem any more (E)',
  spurious: 'The prompt should not rely on it: the Problem stays (S)',
  todo: 'To be looked at later: the Problem stays (T)',
};

/**
 * All that one finding rests on, and what is decided about it. Emits `decide` (Decided), `component-open` (number),
 * `prompt-open`, `image-open` (OpenedImage), `evidence-retry`, and `evidence-leave` on Escape.
 */
@customElement('clipsight-evidence-pane')
export class EvidencePane extends LitElement {
  static override styles = [
    theme,
    barStyles,
    errorNoticeStyles,
    intervalStyles,
    decisionStyles,
    evidenceSectionStyles,
    css`
      :host {
        container-type: inline-size;
      }
      article {
        padding: 8px 12px 14px;
      }
      h2 {
        font-size: 1.1em;
        overflow-wrap: anywhere;
        border-radius: 2px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 2px 12px;
      }
      .where {
        overflow-wrap: anywhere;
      }
      .component {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 4px 10px;
        margin-block: 8px;
      }
      .pictures {
        display: flex;
        flex-wrap: wrap;
        gap: 3px;
        width: 100%;
      }
      .pictures > * {
        width: 52px;
        height: 52px;
      }
      .name {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .name b {
        font-weight: 600;
      }
      .found {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 4px;
        padding: 8px 10px;
        border-inline-start: 3px solid var(--positive);
        background: color-mix(in srgb, var(--positive) 8%, transparent);
      }
      .found p {
        overflow-wrap: anywhere;
      }
      .found .bar-line > span {
        white-space: nowrap;
      }
      .found .bar-line {
        display: grid;
        grid-template-columns: auto minmax(30px, 1fr) auto;
        align-items: center;
        gap: 8px;
      }
      .decision {
        display: grid;
        gap: 6px;
        margin-top: 10px;
      }
      .verdicts {
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
      }
      .verdicts button {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        height: 26px;
        padding: 0 6px;
        border: 1px solid var(--vscode-dropdown-border, var(--line));
        border-radius: 3px;
      }
      .verdicts button:not([aria-disabled='true']):hover {
        background: var(--vscode-toolbar-hoverBackground);
        border-color: var(--contrast-active);
      }
      .verdicts button[aria-pressed='true'] {
        border-color: var(--focus);
        background: color-mix(in srgb, var(--focus) 22%, transparent);
      }
      .verdicts button[aria-disabled='true'] {
        opacity: 0.4;
        cursor: default;
      }
      .key {
        min-width: 1.3em;
        padding-inline: 3px;
        border: 1px solid var(--line);
        border-radius: 3px;
        color: var(--muted);
        font-size: 0.82em;
        line-height: 1.35;
        text-align: center;
      }
      @container (max-width: 379px) {
        .key {
          display: none;
        }
      }
      @container (max-width: 319px) {
        .found .bar-line {
          grid-template-columns: 1fr auto;
        }
        .found svg.interval {
          grid-area: 1 / 1 / auto / span 2;
        }
      }
      textarea {
        display: block;
        width: 100%;
        min-height: 2.6em;
        padding: 4px 6px;
        border: 1px solid var(--vscode-input-border, var(--line));
        border-radius: 2px;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        font: inherit;
        resize: vertical;
        field-sizing: content;
        max-height: 12em;
      }
      textarea::placeholder {
        color: var(--vscode-input-placeholderForeground);
      }
      .waiting {
        display: grid;
        gap: 8px;
        margin-top: 12px;
      }
      .waiting > div {
        height: 20px;
      }
      .notes {
        margin-top: 10px;
      }
    `,
  ];

  /** Names the finding: what is typed belongs to it. */
  @property() key = '';
  @property({ attribute: false }) finding!: ShownFinding;
  @property({ attribute: false }) evidence: EvidenceState = { kind: 'loading' };
  @property({ type: Number }) margin = 0;
  @property({ attribute: false }) scale!: IntervalScale;
  /** What the library says of the component; undefined where it has not answered, null where it has nothing to say. */
  @property({ attribute: false }) summary: ComponentSummary | undefined | null;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  /** Whether the component is one of the study in use, which the inspector shows. */
  @property({ type: Boolean }) inspectable = false;

  /** What was typed and is not kept yet, by finding. */
  @state() private drafts: ReadonlyMap<string, string> = new Map();
  @query('h2') private heading!: HTMLElement | null;

  /** Begins reading: gives the heading the focus. */
  enter(): void {
    this.heading?.focus();
    this.heading?.scrollIntoView({ block: 'nearest' });
  }

  /** What is typed as a note now; null where there is none. */
  get note(): string | null {
    const text = (this.drafts.get(this.key) ?? this.finding.decision?.note ?? '').trim();
    return text === '' ? null : text;
  }

  protected override willUpdate(changed: PropertyValues): void {
    // What was kept is no draft any more.
    const draft = this.drafts.get(this.key);
    if (
      changed.has('finding') &&
      draft !== undefined &&
      draft.trim() === (this.finding.decision?.note ?? null)
    ) {
      const drafts = new Map(this.drafts);
      drafts.delete(this.key);
      this.drafts = drafts;
    }
  }

  override render(): TemplateResult {
    const { finding } = this;
    const { prompt, probe, file, kind, score, interval } = finding;
    const excused = excuseSentence(finding);
    return html`<article
      aria-label="Evidence"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        emit(this, 'evidence-leave', null);
      }}
    >
      <div class="head">
        <h2 tabindex="-1" dir="auto">${prompt}</h2>
        ${
          file === null
            ? nothing
            : html`<button class="plain link where" title="Open the prompt in its file" @click=${() => emit(this, 'prompt-open', null)}>
              ${file}
            </button>`
        }
      </div>
      ${probe === null ? nothing : html`<p class="muted">class of ${probe}</p>`} ${this.component()}
      <div class="found">
        <p>${findingSentence(finding)}</p>
        <div class="bar-line">
          <span class="muted">expected ${percent(finding.expected)}</span>
          ${intervalBar(score, interval, this.margin, this.scale)}
          <span class="muted">measured ${percent(finding.measured)}</span>
        </div>
        ${excused === null ? nothing : html`<p class="muted">${excused}</p>`}
        <p class="muted">${scoreSentence(finding)}.</p>
        <p><b>${kindTexts[kind].label}.</b> ${kindTexts[kind].meaning}</p>
      </div>
      ${this.decision()} ${this.sections()}
    </article>`;
  }

  private component(): TemplateResult {
    const { component, label } = this.finding;
    const { summary } = this;
    const naming = summary === undefined || summary === null ? null : namingOf(summary);
    return html`<div class="component">
      <span class="name"
        ><b dir="auto" title=${naming?.tooltip ?? nothing}>${label ?? 'too few images'}</b>
        <span class="muted">latent ${component}</span></span
      >
      ${
        this.inspectable
          ? html`<button class="plain link" @click=${() => emit(this, 'component-open', component)}>
            Open in the inspector
          </button>`
          : nothing
      }
      ${
        summary === null
          ? nothing
          : html`<span class="pictures"
            >${componentPictures(summary, this.thumbnails, ownPictures)}</span
          >`
      }
    </div>`;
  }

  private decision(): TemplateResult {
    const { decision } = this.finding;
    const press = (verdict: Verdict | null) => emit<Decided>(this, 'decide', { verdict, note: this.note });
    return html`<div class="decision" role="group" aria-label="Decision">
      <div class="verdicts">
        ${(['expected', 'spurious', 'todo'] as const).map(
          (verdict) => html`<button
            class="plain"
            aria-pressed=${decision?.verdict === verdict}
            aria-keyshortcuts=${verdictKeys[verdict]}
            title=${verdictHints[verdict]}
            @click=${() => press(verdict)}
          >
            ${decisionIcon(verdict)}${verdictTexts[verdict]}<span class="key" aria-hidden="true">${verdictKeys[verdict]}</span>
          </button>`,
        )}
        <button
          class="plain"
          aria-keyshortcuts="C"
          title="Take the decision out (C)"
          aria-disabled=${decision === null}
          @click=${() => {
            // Not disabled: that would take the focus from who has just pressed it.
            if (decision !== null) press(null);
          }}
        >
          Clear<span class="key" aria-hidden="true">C</span>
        </button>
      </div>
      <textarea
        rows="1"
        maxlength="10000"
        aria-label="Note"
        placeholder=${decision === null ? 'Note, kept with the decision' : 'Note'}
        .value=${this.drafts.get(this.key) ?? decision?.note ?? ''}
        @input=${(event: InputEvent) => this.type((event.target as HTMLTextAreaElement).value)}
        @change=${() => this.keepNote()}
        @keydown=${(event: KeyboardEvent) => this.onNoteKey(event)}
      ></textarea>
    </div>`;
  }

  private sections(): TemplateResult {
    const { evidence: state, finding, thumbnails } = this;
    switch (state.kind) {
      case 'loading':
        return html`<div class="waiting" role="status" aria-label="Looking up the evidence">
          ${Array.from({ length: 5 }, () => html`<div class="skeleton"></div>`)}
        </div>`;
      case 'failed':
        return html`<div class="waiting">
          ${errorNotice(state.error, [{ label: 'Retry', run: () => emit(this, 'evidence-retry', null) }])}
        </div>`;
      case 'there': {
        const { evidence } = state;
        const open = (list: OpenedImage['list']) => (image: number) =>
          emit<OpenedImage>(this, 'image-open', { list, image });
        return html`${besidePrompt(finding, evidence)}
          ${samplePictures(
            'Where it speaks most',
            'Images of the prompt in which the component has the largest share',
            evidence.samples,
            finding.probe,
            thumbnails,
            open('samples'),
          )}
          ${samplePictures(
            'Without it',
            'Images of the prompt with the largest score in which the component is silent',
            evidence.absent,
            finding.probe,
            thumbnails,
            open('absent'),
          )}
          ${effects(finding, evidence)} ${kindTests(evidence.tests, finding.kind)} ${alignments(evidence)}
          ${evidence.notes.map((note) => html`<p class="notes muted">${icons.info} ${note}</p>`)}`;
      }
    }
  }

  private type(text: string): void {
    this.drafts = new Map(this.drafts).set(this.key, text);
  }

  /** A note of a finding without a decision waits for one. */
  private keepNote(): void {
    const { decision } = this.finding;
    if (decision === null || this.note === decision.note) return;
    emit<Decided>(this, 'decide', { verdict: decision.verdict, note: this.note });
  }

  private onNoteKey(event: KeyboardEvent): void {
    // Letters are text here, and Escape first leaves the field.
    event.stopPropagation();
    if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      // Leaving the field keeps what it says.
      this.enter();
    }
  }
}
