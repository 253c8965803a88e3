import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { InspectorState } from '../../shared/inspectorProtocol';
import type { Annotation, ComponentSummary, Grounds, Mark } from '../../shared/library';
import { signedPoints } from '../../shared/points';
import { barStyles } from '../components/bars';
import { emit } from '../components/events';
import { activation, count, raw } from '../components/format';
import { icons } from '../components/icons';
import { judgement, namingOf } from '../components/naming';
import { theme } from '../components/theme';
import type { AnnotationChange } from './annotationEdits';
import { signedRow, signedRowStyles } from './signedRows';
import { alignment as aligned, fewestForMeaning } from './words';

type SeenInImage = NonNullable<NonNullable<InspectorState['selection']>['image']>;

/** Labels drawn, the runners-up included. */
const labelsShown = 4;
/** Prompts whose attribution in the image is drawn at once. */
const promptsShown = 5;

const marks: readonly { readonly mark: Mark | null; readonly label: string; readonly title: string }[] = [
  { mark: null, label: 'None', title: 'Not judged yet' },
  { mark: 'expected', label: 'Expected', title: 'Prompts may rely on it' },
  { mark: 'spurious', label: 'Spurious', title: 'Prompts should not rely on it' },
];

/**
 * Who a component is: number, name, label, who says so, the person's mark, and what it does in the image that it was
 * selected from. Emits `annotate` (AnnotationChange), `go-back`, `annotations-undo`, `annotations-redo` and
 * `judge-choose`.
 */
@customElement('clipsight-component-header')
export class ComponentHeader extends LitElement {
  static override styles = [
    theme,
    barStyles,
    signedRowStyles,
    css`
      :host {
        container-type: inline-size;
        padding: 4px var(--edge) 12px;
      }
      .tools {
        display: flex;
        align-items: center;
        min-height: 28px;
        margin-inline: -4px;
      }
      .number {
        flex: 1;
        min-width: 0;
        margin-inline-start: 4px;
        overflow: hidden;
        color: var(--muted);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .title {
        display: flex;
        align-items: flex-start;
        min-height: 28px;
      }
      .title > h1 {
        flex: 0 1 auto;
        min-width: 0;
        margin: 0;
        padding-block: 1px;
        overflow: hidden;
        overflow-wrap: anywhere;
        font-size: 1.35em;
        font-weight: 600;
        line-height: 1.35;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
      }
      .title > h1.nameless {
        color: var(--muted);
        font-weight: 400;
      }
      .title > .skeleton {
        width: 60%;
        height: 20px;
        margin-block: 4px;
      }
      .title > button.icon {
        flex: none;
        margin-inline-start: 2px;
      }
      vscode-text-field {
        width: 100%;
        --input-min-width: 0;
      }
      button.pinned {
        color: var(--vscode-inputOption-activeForeground, inherit);
        background: var(--vscode-inputOption-activeBackground, transparent);
        border-color: var(--vscode-inputOption-activeBorder, var(--contrast-active));
      }
      .labels {
        margin-top: 4px;
        min-height: 22px;
      }
      /* As high as the rows that take their place. */
      .labels.waiting {
        display: grid;
        gap: 8px;
        padding-block: 4px;
      }
      .labels > .skeleton {
        height: 14px;
        min-height: 0;
      }
      .labels .signed-row:not(:first-child) {
        color: var(--muted);
      }
      .says {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 10px;
        margin-top: 4px;
        min-height: 20px;
        color: var(--muted);
      }
      .judge {
        min-width: 0;
      }
      .judge[open] {
        flex-basis: 100%;
      }
      .judge summary {
        align-items: center;
        gap: 3px;
        border-radius: 3px;
      }
      .judge summary svg.icon {
        align-self: center;
        width: 14px;
        height: 14px;
        margin: 0;
      }
      .badge {
        padding: 0 6px;
        border: 1px solid var(--vscode-editorWarning-foreground, var(--line));
        border-radius: 8px;
        color: var(--vscode-foreground);
        font-size: 0.92em;
        white-space: nowrap;
      }
      .judge p {
        max-width: 60ch;
        margin-block: 4px 6px;
      }
      fieldset {
        display: flex;
        margin: 10px 0 0;
        padding: 0;
        border: none;
      }
      fieldset label {
        position: relative;
        flex: 0 1 auto;
        min-width: 64px;
        padding: 2px 8px;
        border: 1px solid var(--line);
        margin-inline-start: -1px;
        overflow: hidden;
        text-align: center;
        text-overflow: ellipsis;
        white-space: nowrap;
        cursor: pointer;
      }
      fieldset label:first-of-type {
        margin-inline-start: 0;
        border-start-start-radius: 3px;
        border-end-start-radius: 3px;
      }
      fieldset label:last-of-type {
        border-start-end-radius: 3px;
        border-end-end-radius: 3px;
      }
      fieldset label:hover {
        background: var(--vscode-toolbar-hoverBackground);
      }
      fieldset label:has(input:checked) {
        z-index: 1;
        color: var(--vscode-inputOption-activeForeground, inherit);
        background: var(--vscode-inputOption-activeBackground, transparent);
        border-color: var(--vscode-inputOption-activeBorder, var(--focus));
      }
      fieldset label:has(input:focus-visible) {
        z-index: 2;
        outline: 1px solid var(--focus);
        outline-offset: 1px;
      }
      fieldset[disabled] label {
        opacity: 0.6;
        cursor: default;
      }
      fieldset input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }
      .seen {
        max-width: 540px;
        margin-top: 10px;
        padding: 6px 8px;
        border: 1px solid var(--line);
        border-radius: 3px;
      }
      .seen > p {
        overflow-wrap: anywhere;
      }
      .seen details > summary {
        color: var(--muted);
      }
      @container (max-width: 209px) {
        fieldset label {
          min-width: 0;
          padding-inline: 3px;
          font-size: 0.85em;
        }
        .number > .word,
        .number > .of {
          display: none;
        }
        .number::before {
          content: '#';
        }
      }
      @media (forced-colors: active) {
        fieldset label:has(input:checked) {
          color: HighlightText;
          background: Highlight;
          forced-color-adjust: none;
        }
      }
    `,
  ];

  @property({ type: Number }) component = 0;
  /** Components of the dictionary; null while it is not known. */
  @property({ attribute: false }) size: number | null = null;
  /** Null while it is being looked up. */
  @property({ attribute: false }) summary: ComponentSummary | null = null;
  /** As it is shown: ahead of the host. */
  @property({ attribute: false }) annotation!: Annotation;
  @property({ attribute: false }) grounds: Grounds | null = null;
  @property({ attribute: false }) image: SeenInImage | null = null;
  @property({ attribute: false }) prompts: readonly string[] = [];
  @property({ type: Boolean }) canGoBack = false;
  @property({ type: Boolean }) canUndo = false;
  @property({ type: Boolean }) canRedo = false;
  /** Another window owns the library: nothing can be written. */
  @property({ type: Boolean }) readOnly = false;

  @state() private renaming = false;
  @query('.title vscode-text-field') private field!: HTMLInputElement | null;
  @query('.rename') private renameButton!: HTMLElement | null;

  override render(): TemplateResult {
    return html`${this.tools()}
      <div class="title">${this.renaming ? this.renamer() : this.heading()}</div>
      ${this.labels()} ${this.says()} ${this.marking()}
      ${this.image === null ? nothing : this.seen(this.image)}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('component') || this.readOnly) this.renaming = false;
  }

  async rename(): Promise<void> {
    if (this.readOnly || this.summary === null) return;
    this.renaming = true;
    await this.updateComplete;
    this.field?.focus();
    this.field?.shadowRoot?.querySelector('input')?.select();
  }

  private get undoTools(): readonly {
    label: string;
    icon: TemplateResult;
    enabled: boolean;
    run: () => void;
  }[] {
    const { canUndo, canRedo } = this;
    return [
      {
        label: 'Undo (Ctrl+Z)',
        icon: icons.undo,
        enabled: canUndo,
        run: () => emit(this, 'annotations-undo', null),
      },
      {
        label: 'Redo (Ctrl+Shift+Z)',
        icon: icons.redo,
        enabled: canRedo,
        run: () => emit(this, 'annotations-redo', null),
      },
    ];
  }

  private tools(): TemplateResult {
    const of = this.size === null ? '' : ` of ${count(this.size)}`;
    const { pinned } = this.annotation;
    const pin = this.readOnly ? readOnlyReason : pinned ? 'Unpin' : 'Pin: keep it in the list of this view';
    return html`<div class="tools" role="toolbar" aria-label="Component">
      <button
        class="icon"
        title="Back (Alt+Left)"
        aria-label="Back"
        ?disabled=${!this.canGoBack}
        @click=${() => emit(this, 'go-back', null)}
      >
        ${icons.back}
      </button>
      <span class="number" title=${`Component ${this.component}${of}, counted from 0`}
        ><span class="word">Component </span>${this.component}<span class="of">${of}</span></span
      >
      ${this.undoTools.map(
        ({ label, icon, enabled, run }) =>
          html`<button class="icon" title=${label} aria-label=${label} ?disabled=${!enabled} @click=${run}>
            ${icon}
          </button>`,
      )}
      <button
        class="icon ${pinned ? 'pinned' : ''}"
        title=${pin}
        aria-label="Pin"
        aria-pressed=${pinned}
        ?disabled=${this.readOnly || this.summary === null}
        @click=${() => this.annotate({ pinned: !pinned })}
      >
        ${icons.pin}
      </button>
    </div>`;
  }

  private heading(): TemplateResult {
    const { summary, annotation } = this;
    if (summary === null)
      return html`<div class="skeleton" role="status" aria-label="Looking the component up"></div>`;
    const { kind, text, tooltip } = namingOf({ ...summary, annotation });
    const title = this.readOnly ? readOnlyReason : 'Rename (F2)';
    return html`<h1 class=${kind === 'none' ? 'nameless' : ''} dir="auto" title=${`${text}\n${tooltip}`}>${kind === 'none' ? 'No label' : text}</h1>
      <button
        class="icon rename"
        title=${title}
        aria-label="Rename"
        ?disabled=${this.readOnly}
        @click=${() => this.rename()}
      >
        ${icons.edit}
      </button>`;
  }

  private renamer(): TemplateResult {
    return html`<vscode-text-field
      class="named-by-place"
      .value=${this.annotation.name ?? ''}
      placeholder=${this.summary?.labels[0]?.text ?? 'A name for it'}
      maxlength="200"
      @keydown=${this.onRenameKey}
      @focusout=${() => this.commit()}
      >Name</vscode-text-field
    >`;
  }

  private labels(): TemplateResult {
    const { summary } = this;
    if (summary === null) {
      return html`<div class="labels waiting" aria-hidden="true">
        ${Array.from({ length: labelsShown }, () => html`<div class="skeleton"></div>`)}
      </div>`;
    }
    const { labels, n } = summary;
    if (labels.length === 0) {
      const why =
        n === 0
          ? 'It fires in no indexed image, so nothing says what it means.'
          : n < fewestForMeaning
            ? `Too few images to say what it means: n = ${n}, and ${fewestForMeaning} are needed.`
            : 'There are no words to label it with.';
      return html`<p class="labels muted">${why}</p>`;
    }
    const shown = labels.slice(0, labelsShown);
    const scale = Math.max(...shown.map(({ alignment }) => Math.abs(alignment))) || 1;
    return html`<div class="labels" role="group" aria-label="Label and runners-up, by alignment">
      ${shown.map(({ text, alignment }) =>
        signedRow({ text, value: alignment, scale, format: aligned, what: 'Alignment' }),
      )}
    </div>`;
  }

  private says(): TemplateResult {
    const { summary, grounds } = this;
    return html`<div class="says">
      ${
        summary === null || summary.n === 0
          ? nothing
          : html`<span title="Images that its meaning is read from: those that activate it most">n = ${summary.n}</span>`
      }
      ${grounds === null ? nothing : this.judge(grounds)}
    </div>`;
  }

  private judge(grounds: Grounds): TemplateResult {
    const { text, tooltip } = judgement(grounds.judge);
    if (grounds.judge !== null) return html`<span title=${tooltip}>${text}</span>`;
    return html`<details class="judge">
      <summary title=${tooltip}>
        <span class="badge">${text}</span>${icons.info}
      </summary>
      <p>
        The model under study says itself what the pictures show. One that learned that wolves are snow finds snow in
        wolves, too: it cannot see its own confusions. Another CLIP as the judge can.
      </p>
      <vscode-button appearance="secondary" @click=${() => emit(this, 'judge-choose', null)}>Choose a Judge…</vscode-button>
    </details>`;
  }

  private marking(): TemplateResult {
    const { mark } = this.annotation;
    return html`<fieldset ?disabled=${this.readOnly || this.summary === null} title=${this.readOnly ? readOnlyReason : nothing}>
      <legend class="unseen">Mark</legend>
      ${marks.map(
        (choice) =>
          html`<label title=${choice.title}
            ><input
              type="radio"
              name="mark"
              .checked=${choice.mark === mark}
              @change=${() => this.annotate({ mark: choice.mark })}
            />${choice.label}</label
          >`,
      )}
    </fieldset>`;
  }

  private seen({ name, activation: z, attributions }: SeenInImage): TemplateResult {
    const rows = attributions
      .map((attribution, index) => ({ attribution, prompt: this.prompts[index] }))
      .filter((row): row is { attribution: number; prompt: string } => row.prompt !== undefined)
      .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
    // Attributions of other prompts than those at hand would be numbers beside the wrong words.
    const known = attributions.length === this.prompts.length ? rows : [];
    const scale = Math.abs(known[0]?.attribution ?? 0) || 1;
    const row = ({ prompt, attribution }: (typeof rows)[number]) =>
      signedRow({ text: prompt, value: attribution, scale, format: signedPoints, what: 'Attribution' });
    const rest = known.slice(promptsShown);
    return html`<section class="seen" aria-label="In the image it was selected from">
      <p>
        <span class="muted">In</span> <span dir="auto" title=${name}>${name}</span
        ><span class="muted">: activation</span> <b title=${raw(z)}>${activation(z)}</b>
      </p>
      ${known.length === 0 ? nothing : html`<p class="muted">Attribution in points</p>`}
      ${known.slice(0, promptsShown).map(row)}
      ${
        rest.length === 0
          ? nothing
          : html`<details>
            <summary>${icons.twistie}${count(rest.length)} more</summary>
            ${rest.map(row)}
          </details>`
      }
    </section>`;
  }

  private annotate(change: AnnotationChange): void {
    emit(this, 'annotate', change);
  }

  private commit(): void {
    if (!this.renaming || this.field === null) return;
    const name = this.field.value.trim();
    this.renaming = false;
    this.annotate({ name: name === '' ? null : name });
  }

  private async onRenameKey(event: KeyboardEvent): Promise<void> {
    if (event.isComposing) return;
    if (event.key === 'Enter') this.commit();
    else if (event.key === 'Escape') this.renaming = false;
    else return;
    event.preventDefault();
    event.stopPropagation();
    await this.updateComplete;
    this.renameButton?.focus();
  }
}

export const readOnlyReason = 'Another window owns the library: names and notes can be written there';
