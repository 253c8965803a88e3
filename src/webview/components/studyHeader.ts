import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EngineInfo } from '../../shared/engineProtocol';
import type { HookPoint, TokenSelection } from '../../shared/hook';
import type { Progress } from '../../shared/rpc/protocol';
import type { StudyInfo } from '../../shared/study';
import { barStyles, plainBar } from './bars';
import { emit } from './events';
import { count } from './format';
import { icons } from './icons';
import { theme } from './theme';
import './exportMenu';
import type { ExportMenu } from './exportMenu';

const tokenNames: Readonly<Record<TokenSelection, string>> = {
  cls: 'CLS token',
  patches: 'patch tokens',
  all: 'all tokens',
};

const hookNames: Readonly<Record<HookPoint, (layer: number) => string>> = {
  resid_post: (layer) => `the residual stream after block ${layer}`,
  mlp_out: (layer) => `what the MLP of block ${layer} writes`,
  attn_out: (layer) => `what the attention of block ${layer} writes`,
  neurons: (layer) => `the MLP activations of block ${layer}`,
  heads: (layer) => `what each attention head of block ${layer} writes`,
  embedding: () => 'the image embedding',
};

/** What the numbers shown are of, and what should be known before believing them. */
export interface About {
  readonly study: StudyInfo | null;
  readonly notes: readonly string[];
}

/** On what it runs, and how far it is. */
export interface Running {
  readonly engine: EngineInfo | null;
  readonly progress: Progress | null;
}

/** What is under study, on what it runs, and how far it is. Emits `cancel` and `export`. */
@customElement('clipsight-study-header')
export class StudyHeader extends LitElement {
  static override styles = [
    theme,
    barStyles,
    css`
      .line {
        display: flex;
        align-items: start;
        gap: 4px 16px;
        min-height: 26px;
      }
      clipsight-export-menu {
        margin-inline-start: auto;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 12px;
        min-width: 0;
        margin: 3px 0 0;
      }
      .facts > div {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      dt,
      dd {
        display: inline;
        margin: 0;
      }
      dt {
        margin-inline-end: 1px;
        color: var(--muted);
      }
      .skeleton {
        width: 18em;
        max-width: 60%;
        margin-top: 3px;
      }
      /* Short jobs come and go without a flicker. */
      .progress {
        display: flex;
        flex: none;
        align-items: center;
        gap: 8px;
        margin-inline-start: auto;
        animation: appear 1ms 400ms both;
      }
      .progress [role='progressbar'] {
        white-space: nowrap;
      }
      .progress .amount-done {
        width: 64px;
        height: 10px;
      }
      vscode-progress-ring {
        width: 16px;
        height: 16px;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      .notes {
        min-width: 0;
        margin-top: 3px;
        color: var(--muted);
      }
      .notes[open] .brief {
        display: none;
      }
      .notes:not([open]) .full {
        display: none;
      }
      .brief {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .more {
        flex: none;
      }
      ul {
        margin: 2px 0 0;
        padding-inline-start: 38px;
        color: var(--vscode-foreground);
      }
      @media (max-width: 519px) {
        .progress .amount-done {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) shown: Running | null = null;
  @property({ attribute: false }) about!: About;
  @property({ type: Boolean }) exportable = false;
  /** What can become of what is shown, where it is not a table of numbers. */
  @property({ attribute: false }) exports: Pick<ExportMenu, 'choices' | 'hint'> | null = null;

  override render(): TemplateResult {
    const { shown } = this;
    return html`<div class="line">
        ${shown === null ? html`<div class="skeleton" aria-hidden="true"></div>` : this.facts(shown)}
        ${this.exportMenu()}
      </div>
      <div class="line">
        ${notes(this.about.notes)}${shown?.progress ? this.progress(shown.progress) : nothing}
      </div>`;
  }

  private exportMenu(): TemplateResult {
    const { exports } = this;
    return exports === null
      ? html`<clipsight-export-menu ?disabled=${!this.exportable}></clipsight-export-menu>`
      : html`<clipsight-export-menu
          ?disabled=${!this.exportable}
          .choices=${exports.choices}
          .hint=${exports.hint}
        ></clipsight-export-menu>`;
  }

  private facts({ engine, progress }: Running): TemplateResult {
    const { study } = this.about;
    const waiting = html`<span class="muted">${progress === null ? 'none loaded' : 'loading…'}</span>`;
    return html`<dl class="facts">
      <div>
        <dt>Model</dt>
        <dd>
          ${study ? html`<strong title=${modelTooltip(study)}>${study.model.id}</strong>` : waiting}
        </dd>
      </div>
      ${study ? html`<div><dt>Dictionary</dt> <dd title=${dictionaryTooltip(study)}>${dictionary(study)}</dd></div>` : nothing}
      ${
        engine && study
          ? html`<div>
            <dt>Engine</dt>
            <dd title=${`Engine ${engine.version}, process ${engine.pid}`}>${study.computed.device} · ${study.computed.precision}</dd>
          </div>`
          : nothing
      }
    </dl>`;
  }

  private progress({ stage, done, total }: Progress): TemplateResult {
    const counted = total > 0;
    return html`<div class="progress">
      <vscode-progress-ring aria-hidden="true"></vscode-progress-ring>
      <div
        role="progressbar"
        aria-label=${stage}
        aria-valuemin="0"
        aria-valuemax=${counted ? total : nothing}
        aria-valuenow=${counted ? done : nothing}
      >
        ${stage}${counted ? ` ${count(done)} of ${count(total)}` : '…'}
      </div>
      ${counted ? html`<div class="amount-done">${plainBar(Math.min(1, done / total))}</div>` : nothing}
      <vscode-button appearance="secondary" @click=${() => emit(this, 'cancel', null)}>Cancel</vscode-button>
    </div>`;
  }
}

function dictionary({ model, dictionary: { id, point, layer, tokens, size } }: StudyInfo): TemplateResult {
  const place =
    point === 'embedding'
      ? 'image embedding'
      : `block ${layer} (of 0–${model.blocks - 1}) · ${tokenNames[tokens]}`;
  return html`<strong>${id}</strong> · ${place} · ${count(size)} ${point === 'heads' ? 'heads' : 'latents'}`;
}

function modelTooltip({ model }: StudyInfo): string {
  const { folder, imageSize, patchSize, embeddingSize, contextLength, sha256 } = model;
  return `${folder}
${imageSize} × ${imageSize} px in patches of ${patchSize}, embedding of ${embeddingSize}, prompts up to ${contextLength} tokens
SHA-256 ${sha256}`;
}

function dictionaryTooltip({ dictionary: { point, layer, sha256 } }: StudyInfo): string {
  return `Reads ${hookNames[point](layer)}\nBlocks count from 0, as in the settings and on the command line\nSHA-256 ${sha256}`;
}

function notes(sentences: readonly string[]): TemplateResult | typeof nothing {
  const [first, ...others] = sentences;
  if (first === undefined) return nothing;
  return html`<details class="notes">
    <summary>
      ${icons.info}<span class="brief">${first}</span>
      ${others.length === 0 ? nothing : html`<span class="brief more">+${others.length} more</span>`}
      <span class="full">${sentences.length === 1 ? 'Note' : 'Notes'}</span>${icons.twistie}
    </summary>
    <ul>
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </details>`;
}
