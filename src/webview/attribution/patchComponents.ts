import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { signedPoints } from '../../shared/points';
import type { PatchComponents } from '../../shared/where';
import { emit } from '../components/events';
import { activation, count, raw } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import type { Answer } from './asking';
import { patchName } from './patchGrid';
import { componentName, type Subject, unchangedSentence } from './subject';

/** Rows listed; what is at a patch beside them is small. */
const listed = 15;

/** The components that live at a patch. Emits `component-open` (latent), `patch-close` and `patch-retry`. */
@customElement('clipsight-patch-components')
export class PatchComponentList extends LitElement {
  static override styles = [
    theme,
    css`
      section {
        padding-top: 6px;
        border-top: 1px solid var(--line);
      }
      .head {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .head h3 {
        flex: 1;
        margin: 0;
        font-size: inherit;
        font-weight: 600;
      }
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        gap: 0 10px;
        margin: 4px 0 0;
        padding: 0;
        list-style: none;
      }
      li,
      .columns {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        min-height: 22px;
        padding-inline: 4px;
        border: 1px solid transparent;
      }
      .columns {
        color: var(--muted);
        font-size: 0.9em;
      }
      li:hover {
        background: var(--vscode-list-hoverBackground);
        border-color: var(--contrast-active);
        border-style: dashed;
      }
      li[aria-current='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        border-color: var(--contrast-active);
        border-style: dotted;
      }
      li button {
        overflow: hidden;
        text-align: left;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .number {
        text-align: end;
        white-space: nowrap;
      }
      .remark {
        margin-top: 4px;
        color: var(--muted);
      }
      .failure {
        margin-top: 4px;
        overflow-wrap: anywhere;
      }
      .waiting {
        animation: appear 1ms 300ms both;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) answer: Answer<PatchComponents> = { kind: 'none' };
  @property({ type: Number }) patch = 0;
  @property({ type: Number }) columns = 1;
  @property({ attribute: false }) subject!: Subject;

  override render(): TemplateResult {
    const place = patchName(this, this.patch);
    return html`<section aria-label=${`Components at ${place}`}>
      <div class="head">
        <h3>Components at ${place}</h3>
        <button class="icon" title="Close" aria-label="Close" @click=${() => emit(this, 'patch-close', null)}>
          ${icons.close}
        </button>
      </div>
      ${this.content()}
    </section>`;
  }

  private content(): TemplateResult {
    const { answer } = this;
    switch (answer.kind) {
      case 'none':
      case 'waiting':
        return html`<p class="waiting muted" role="status">Looking…</p>`;
      case 'failure': {
        const { message, remedy } = answer.error;
        return html`<p class="failure" role="alert">
          ${message} ${remedy ?? ''}
          <button class="plain link" @click=${() => emit(this, 'patch-retry', null)}>Retry</button>
        </p>`;
      }
      case 'answer':
        return this.list(answer.value);
    }
  }

  private list({ by, components, values, attributions, notes }: PatchComponents): TemplateResult {
    const { library, prompt, component: current } = this.subject;
    const unchanged = unchangedSentence(this.subject);
    if (components.length === 0) return html`<p class="remark">None has a value here.</p>`;
    const rows = Array.from(components.subarray(0, listed), (latent, i) => {
      const [value, attribution] = [values[i]!, attributions?.[i]];
      return html`<li aria-current=${latent === current}>
        <button
          class="plain"
          dir="auto"
          title=${componentName(library, latent)}
          @click=${() => emit(this, 'component-open', latent)}
        >
          ${componentName(library, latent)}
        </button>
        <span class="number" title=${raw(value)}>${activation(value)}</span>
        ${
          attribution === undefined
            ? nothing
            : html`<span class="number" title=${`${raw(attribution)} of cosine`}>${signedPoints(attribution)}</span>`
        }
      </li>`;
    });
    return html`<div class="remark">
        ${
          by === 'activation'
            ? html`By activation on the patch${attributions === null ? nothing : html`, with its part of the attribution to <q dir="auto">${prompt}</q>`}.`
            : 'The dictionary reads no patches: by what the patch gives to each one’s activation, compared with a flat picture.'
        }
        ${unchanged ?? nothing}
      </div>
      <ul aria-label="Components at the patch">
        <li class="columns" aria-hidden="true">
          <span></span><span class="number">${by === 'activation' ? 'Activation' : 'Evidence'}</span>
          ${attributions === null ? nothing : html`<span class="number">Attribution</span>`}
        </li>
        ${rows}
      </ul>
      ${components.length > listed ? html`<p class="remark">and ${count(components.length - listed)} more</p>` : nothing}
      ${notes.map((note) => html`<p class="remark">${note}</p>`)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-patch-components': PatchComponentList;
  }
}
