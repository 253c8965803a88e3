import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Confidence } from '../../shared/confidence';
import { percent, points, signedPoints } from '../../shared/points';
import { barStyles, plainBar } from '../components/bars';
import { emit } from '../components/events';
import { count, raw } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import { toolButton } from '../components/toolButton';
import { added, longestPrompt, mostPrompts, promptsIn, replaced } from './prompts';
import type { PromptScore } from './results';

/** How each is named. Components have shares, too: that of a prompt is called by its formula. */
const confidences: {
  readonly [L in Confidence]: { readonly title: string; readonly spoken: string; readonly tooltip: string };
} = {
  share: {
    title: 'Softmax',
    spoken: 'softmax',
    tooltip:
      'Share of each prompt: softmax over these prompts of the similarities at the model’s own temperature',
  },
  probability: {
    title: 'Probability',
    spoken: 'probability',
    tooltip:
      'Probability of each prompt by itself: sigmoid of the similarity at the model’s own temperature and bias',
  },
};

/**
 * The prompts and their scores for the selected image. A row is walked to with the arrow keys, edited with
 * Enter or F2, removed with Delete. Emits `prompt-select` (index), `prompts-change` (the list),
 * `prompts-pick`, `prompts-undo` and `prompts-redo`.
 */
@customElement('clipsight-prompt-table')
export class PromptTable extends LitElement {
  static override styles = [
    theme,
    barStyles,
    css`
      .title {
        display: flex;
        align-items: center;
        gap: 2px;
        min-height: 26px;
      }
      .title h2 {
        margin-inline-end: auto;
      }
      .title .muted {
        font-weight: normal;
      }
      [role='grid'] {
        max-height: 312px;
        overflow: hidden auto;
        border-block: 1px solid var(--line);
      }
      [role='row'] {
        display: grid;
        grid-template-columns: minmax(0, 1fr) var(--c-similarity, 76px) var(--c-confidence, 132px) 56px;
        align-items: center;
        min-height: 28px;
        padding-inline-start: 8px;
        border: 1px solid transparent;
      }
      .head {
        position: sticky;
        z-index: 1;
        top: 0;
        color: var(--muted);
        background: var(--vscode-editor-background);
        border-bottom-color: var(--line);
      }
      .body {
        cursor: default;
        content-visibility: auto;
        contain-intrinsic-height: auto 28px;
      }
      .body:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--contrast-active);
        border-style: dashed;
      }
      .body[aria-selected='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, inherit);
        background: var(--vscode-list-inactiveSelectionBackground);
        border-color: var(--contrast-active);
        border-style: solid;
      }
      [role='grid']:focus-within .body[aria-selected='true']:not(.editing) {
        color: var(--vscode-list-activeSelectionForeground, inherit);
        background: var(--vscode-list-activeSelectionBackground);
        --muted: currentColor;
        --vscode-icon-foreground: currentColor;
      }
      .number {
        text-align: end;
        white-space: nowrap;
      }
      .number > .second {
        display: block;
        color: var(--muted);
        font-size: 0.9em;
        line-height: 1.2;
      }
      .number .narrow {
        display: none;
      }
      .compared {
        --c-similarity: 104px;
        --c-confidence: 154px;
        --of-confidence: 76px;
        --c-narrow: 82px;
      }
      .text {
        padding-block: 3px;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .text.long {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 4;
      }
      .confidence {
        display: grid;
        grid-template-columns: 1fr var(--of-confidence, 52px);
        align-items: center;
        gap: 6px;
        padding-inline-start: 16px;
      }
      .confidence > .bar-box {
        height: 10px;
      }
      .actions {
        display: flex;
        justify-content: end;
      }
      .body:not(:hover, [aria-selected='true'], :focus-within) .actions {
        visibility: hidden;
      }
      vscode-text-field {
        width: 100%;
      }
      .editor {
        display: grid;
        grid-column: 1 / -1;
        margin-inline: -8px 0;
      }
      .add {
        display: flex;
        gap: 6px;
        margin-top: 6px;
      }
      .invitation {
        padding: 14px 8px;
        color: var(--muted);
        border-block: 1px solid var(--line);
      }
      @media (forced-colors: active) {
        [role='row'] {
          border-color: Canvas;
        }
        .body[aria-selected='true'] {
          border-color: Highlight;
        }
      }
      @media (min-width: 1280px) {
        [role='grid'] {
          max-height: max(312px, 70vh);
        }
      }
      @media (max-width: 519px) {
        [role='row'] {
          grid-template-columns: minmax(0, 1fr) 60px var(--c-narrow, 74px) 48px;
        }
        .number .wide {
          display: none;
        }
        .number .narrow {
          display: inline;
        }
        .confidence {
          grid-template-columns: 1fr;
          padding-inline-start: 0;
        }
        .confidence > .bar-box {
          display: none;
        }
      }
      /* The numbers of a prompt go below it. */
      @media (max-width: 379px) {
        [role='row'] {
          grid-template-columns: minmax(0, 1fr) var(--c-narrow, 74px) 48px;
        }
        [role='row'] > :first-child {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) prompts: readonly string[] = [];
  /** One per prompt. */
  @property({ attribute: false }) scores: readonly PromptScore[] = [];
  /** What the model makes of similarities. */
  @property({ attribute: false }) confidence: Confidence = 'share';
  @property({ type: Number }) selected = 0;
  /** The scores are of an earlier request; new ones are on their way. */
  @property({ type: Boolean }) stale = false;
  /** What is shown is of an earlier intervention, or of none: what it is with the one wanted is on its way. */
  @property({ type: Boolean }) behind = false;
  /** And it takes so long that it should be seen. */
  @property({ type: Boolean }) late = false;
  /** Scores that are missing are on their way. */
  @property({ type: Boolean }) waiting = false;
  @property({ type: Boolean }) undoable = false;
  @property({ type: Boolean }) redoable = false;

  @state() private editing: number | null = null;
  @query('.editor vscode-text-field') private editor!: HTMLInputElement | null;
  @query('.add vscode-text-field') private adder!: HTMLInputElement;
  private focusSelected = false;

  override render(): TemplateResult {
    return html`<div class="title">
        <h2>
          Prompts
          ${this.prompts.length > 1 ? html`<span class="muted">${count(this.prompts.length)}</span>` : nothing}
        </h2>
        ${toolButton('Undo (Ctrl+Z)', icons.undo, this.undoable, () => emit(this, 'prompts-undo', null))}
        ${toolButton('Redo (Ctrl+Shift+Z)', icons.redo, this.redoable, () => emit(this, 'prompts-redo', null))}
      </div>
      ${this.prompts.length === 0 ? invitation : this.grid()}
      <div class="add">
        <vscode-text-field
          class="named-by-place"
          placeholder="Add a prompt, for example: a photo of a wolf"
          maxlength=${longestPrompt}
          ?disabled=${this.prompts.length >= mostPrompts}
          @keydown=${this.onAdderKey}
          @paste=${this.onAdderPaste}
          >Add a prompt</vscode-text-field
        >
        <vscode-button
          appearance="secondary"
          ?disabled=${this.prompts.length >= mostPrompts}
          @click=${() => this.add(this.adder.value)}
          >Add</vscode-button
        >
        <vscode-button
          appearance="secondary"
          title="Choose prompts from a list"
          @click=${() => emit(this, 'prompts-pick', null)}
          >Pick…</vscode-button
        >
      </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const row = this.renderRoot.querySelector<HTMLElement>(`.body[data-index='${this.selected}']`);
    if (changed.has('selected')) row?.scrollIntoView({ block: 'nearest' });
    if (!this.focusSelected) return;
    this.focusSelected = false;
    (row ?? this.adder).focus();
  }

  private grid(): TemplateResult {
    const compared = this.scores.some(({ before }) => before != null);
    return html`<div role="grid" class=${compared ? 'compared' : ''} aria-label="Prompts" aria-rowcount=${this.prompts.length + 1} aria-busy=${this.stale || this.behind}>
      <div role="row" class="head">
        <span role="columnheader">Prompt</span>
        <span role="columnheader" class="number" title="Cosine of image and prompt × 100">Similarity</span>
        <span role="columnheader" class="number" title=${confidences[this.confidence].tooltip}
          >${confidences[this.confidence].title}</span
        >
        <span role="columnheader"><span class="unseen">Actions</span></span>
      </div>
      ${this.prompts.map((text, index) =>
        this.editing === index ? this.editingRow(text, index) : this.row(text, index),
      )}
    </div>`;
  }

  private row(text: string, index: number): TemplateResult {
    const selected = index === this.selected;
    const { similarity, confidence, before = null } = this.scores[index] ?? missingScore;
    const tab = selected ? 0 : -1;
    const stale = this.stale || this.late ? 'stale' : '';
    const missing = this.waiting ? '…' : '–';
    return html`<div
      role="row"
      class="body"
      data-index=${index}
      aria-rowindex=${index + 2}
      aria-selected=${selected}
      aria-label=${this.rowLabel(text, this.scores[index] ?? missingScore)}
      tabindex=${tab}
      @click=${() => this.select(index)}
      @dblclick=${() => this.edit(index)}
      @keydown=${(event: KeyboardEvent) => this.onRowKey(event, index)}
    >
      <span role="gridcell" class="text ${text.length > 200 ? 'long' : ''}" dir="auto" title=${text.length > 200 ? text : nothing}
        >${text}</span
      >
      <span
        role="gridcell"
        class="number similarity ${stale}"
        title=${similarity === null ? nothing : `Cosine ${raw(similarity)}`}
        >${similarity === null ? missing : before === null ? points(similarity) : changedSimilarity(similarity, before.similarity)}</span
      >
      <span role="gridcell" class="confidence ${stale}">
        <span class="bar-box">${confidence === null ? nothing : plainBar(confidence, before?.confidence ?? null)}</span>
        <span class="number"
          >${confidence === null ? missing : percent(confidence)}${
            before === null ? nothing : html`<span class="second">was ${percent(before.confidence)}</span>`
          }</span
        >
      </span>
      <span role="gridcell" class="actions">
        <button
          class="icon"
          tabindex=${tab}
          title="Edit (Enter)"
          aria-label=${`Edit prompt: ${text}`}
          @click=${(event: Event) => {
            event.stopPropagation();
            this.edit(index);
          }}
        >
          ${icons.edit}
        </button>
        <button
          class="icon"
          tabindex=${tab}
          title="Remove (Delete)"
          aria-label=${`Remove prompt: ${text}`}
          @click=${(event: Event) => {
            event.stopPropagation();
            this.replace(index, '');
          }}
        >
          ${icons.close}
        </button>
      </span>
    </div>`;
  }

  private rowLabel(text: string, { similarity, confidence, before = null }: PromptScore): string {
    const missing = this.waiting ? 'being computed' : 'none';
    const numbers = [
      `similarity ${similarity === null ? missing : `${points(similarity)} points`}`,
      ...(before === null ? [] : [`before ${points(before.similarity)}`]),
      ...(confidence === null ? [] : [`${confidences[this.confidence].spoken} ${percent(confidence)}`]),
      ...(before === null ? [] : [`before ${percent(before.confidence)}`]),
    ];
    return `${text}: ${numbers.join(', ')}`;
  }

  private editingRow(text: string, index: number): TemplateResult {
    return html`<div role="row" class="body editing" data-index=${index} aria-rowindex=${index + 2} aria-selected="true">
      <span role="gridcell" class="editor">
        <vscode-text-field
          class="named-by-place"
          .value=${text}
          maxlength=${longestPrompt}
          @keydown=${(event: KeyboardEvent) => this.onEditorKey(event, index)}
          @paste=${(event: ClipboardEvent) => this.onEditorPaste(event, index)}
          @focusout=${() => this.commit(index)}
          >Prompt</vscode-text-field
        >
      </span>
    </div>`;
  }

  private select(index: number): void {
    if (index !== this.selected) emit(this, 'prompt-select', index);
  }

  private async edit(index: number): Promise<void> {
    this.select(index);
    this.editing = index;
    await this.updateComplete;
    this.editor?.focus();
    this.editor?.shadowRoot?.querySelector('input')?.select();
  }

  /** Ends the editing. Leaving without a change keeps even what a text field could not have shown. */
  private commit(index: number): void {
    if (this.editing !== index || this.editor === null) return;
    const { value } = this.editor;
    this.editing = null;
    if (value !== this.prompts[index]?.replace(/[\n\r]/g, '')) this.replace(index, value);
  }

  private replace(index: number, text: string): void {
    // The row that had the focus is gone or redrawn: the one that is then selected takes it.
    this.focusSelected = true;
    this.change(replaced(this.prompts, index, text), text, index);
  }

  private add(text: string): void {
    this.adder.value = '';
    this.adder.focus();
    this.change(added(this.prompts, text), text, this.selected);
  }

  /** Selects the last of the prompts written, even where it was in the list before. */
  private change(prompts: readonly string[], written: string, otherwise: number): void {
    const last = promptsIn(written).at(-1);
    const row = last === undefined ? -1 : prompts.indexOf(last);
    emit(this, 'prompts-change', prompts);
    emit(this, 'prompt-select', Math.max(0, Math.min(row < 0 ? otherwise : row, prompts.length - 1)));
    this.requestUpdate();
  }

  private onRowKey(event: KeyboardEvent, index: number): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.prompts.length - 1;
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: last }[event.key];
    if (next !== undefined) {
      this.focusSelected = true;
      this.select(Math.min(Math.max(next, 0), last));
      this.requestUpdate();
    } else if (event.key === 'Enter' || event.key === 'F2') {
      void this.edit(index);
    } else if (event.key === 'Delete') {
      this.replace(index, '');
    } else {
      return;
    }
    event.preventDefault();
  }

  private onEditorKey(event: KeyboardEvent, index: number): void {
    if (event.isComposing) return;
    if (event.key === 'Enter') {
      this.focusSelected = true;
      this.commit(index);
    } else if (event.key === 'Escape') {
      this.focusSelected = true;
      this.editing = null;
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private onEditorPaste(event: ClipboardEvent, index: number): void {
    const pasted = severalLines(event);
    if (pasted === null || this.editor === null) return;
    const text = textWithPasted(this.editor, pasted);
    this.editing = null;
    this.replace(index, text);
  }

  private onAdderKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter') this.add(this.adder.value);
    else if (event.key === 'Escape') this.adder.value = '';
  }

  private onAdderPaste(event: ClipboardEvent): void {
    const pasted = severalLines(event);
    if (pasted !== null) this.add(textWithPasted(this.adder, pasted));
  }
}

const missingScore: PromptScore = { similarity: null, confidence: null };

function changedSimilarity(now: number, before: number): TemplateResult {
  return html`<span class="wide muted">${points(before)} → </span>${points(now)}<span class="second"
      ><span class="wide">Δ ${signedPoints(now - before)}</span
      ><span class="narrow">was ${points(before)}</span></span
    >`;
}

const invitation = html`<p class="invitation">
  No prompts yet. Write one below, paste several lines at once, or pick some that are there already.
</p>`;

/** The pasted text when it has several lines, which a text field would run together; it is then ours to put. */
function severalLines(event: ClipboardEvent): string | null {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (promptsIn(text).length < 2) return null;
  event.preventDefault();
  return text;
}

/** What the field would hold had it kept the line breaks. */
function textWithPasted(field: HTMLInputElement, pasted: string): string {
  const input = field.shadowRoot?.querySelector('input');
  const { value } = field;
  const start = input?.selectionStart ?? value.length;
  const end = input?.selectionEnd ?? value.length;
  return value.slice(0, start) + pasted + value.slice(end);
}
