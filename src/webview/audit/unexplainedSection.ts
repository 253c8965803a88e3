import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ShownUnexplained } from '../../shared/auditProtocol';
import { percent } from '../../shared/points';
import { emit } from '../components/events';
import { count, raw } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import { asideStyles } from './asideStyles';
import { alignmentText, signedPercent } from './sentences';

/** Rows drawn at once; the others on request. */
const shownAtFirst = 50;

/**
 * What gets more than its alignment explains and is of no kind, apart from the findings and drawn only when it is opened.
 * Emits `component-open` (number) where `inspectable`.
 */
@customElement('clipsight-unexplained')
export class UnexplainedSection extends LitElement {
  static override styles = [
    theme,
    asideStyles,
    css`
      .explained {
        max-width: 820px;
        margin: 2px 0 4px 20px;
      }
      .more {
        margin: 0 0 8px 20px;
      }
      :host {
        display: block;
        container-type: inline-size;
      }
      @container (max-width: 619px) {
        table,
        tbody {
          display: block;
        }
        /* Every number has its name beside it. */
        thead {
          display: none;
        }
        tr {
          display: grid;
          grid-template-columns: repeat(4, auto) 1fr;
          gap: 0 8px;
          padding-block: 3px;
          border-bottom: 1px solid var(--line);
        }
        .aside td {
          padding: 1px 0;
          border: none;
        }
        td:not(.number) {
          grid-column: 1 / -1;
        }
        td.number::before {
          display: block;
          color: var(--muted);
          font-size: 0.9em;
          content: attr(data-name);
        }
        .aside td.number {
          text-align: start;
        }
      }
    `,
  ];

  @property({ attribute: false }) unexplained: readonly ShownUnexplained[] = [];
  @property({ type: Boolean }) inspectable = false;
  @state() private isOpen = false;
  @state() private most = shownAtFirst;

  override render(): TemplateResult {
    const { unexplained, isOpen, most } = this;
    return html`<details
      class="aside"
      @toggle=${({ target }: Event) => {
        this.isOpen = (target as HTMLDetailsElement).open;
      }}
    >
      <summary>
        ${icons.twistie}<span
          >Unexplained (${count(unexplained.length)}) <span class="muted">features that look-alikes share; no findings</span></span
        >
      </summary>
      ${
        isOpen
          ? html`<p class="explained">
                These get more than their alignment lets one expect, but none of the four tests says what kind of thing
                they are: mostly they are what look-alikes have in common, as an orange has the colour of a fox.
              </p>
              <table>
                <thead>
                  <tr>
                    <th scope="col">Prompt</th>
                    <th scope="col">Component</th>
                    <th scope="col" class="number" title="Of all that switching off components costs the prompt, the share that switching off this one costs">Measured</th>
                    <th scope="col" class="number" title="Share that components of that alignment usually have">Expected</th>
                    <th scope="col" class="number" title="Measured less expected; not tested">More</th>
                    <th scope="col" class="number" title="How well the prompt describes what the component fires in">Alignment</th>
                  </tr>
                </thead>
                <tbody>
                  ${unexplained.slice(0, most).map((one) => this.row(one))}
                </tbody>
              </table>
              ${
                unexplained.length > most
                  ? html`<p class="more">
                    <button
                      class="plain link"
                      @click=${() => {
                        this.most += shownAtFirst;
                      }}
                    >
                      Show more of ${count(unexplained.length - most)}
                    </button>
                  </p>`
                  : nothing
              }`
          : nothing
      }
    </details>`;
  }

  private row({ prompt, probe, component, label, active, ...shares }: ShownUnexplained): TemplateResult {
    const { measured, expected, score, alignment } = shares;
    const name = html`<span dir="auto">${label ?? 'too few images'}</span>`;
    return html`<tr>
      <td>
        <span dir="auto">${prompt}</span>${probe === null ? nothing : html` <span class="muted">class of ${probe}</span>`}
      </td>
      <td title=${`Active in ${count(active)} of the prompt’s images`}>
        ${
          this.inspectable
            ? html`<button
              class="plain link"
              title="Open in the inspector"
              @click=${() => emit(this, 'component-open', component)}
            >
              ${name}
            </button>`
            : name
        }
        <span class="muted">${component}</span>
      </td>
      <td class="number" data-name="measured" title=${raw(measured)}>${percent(measured)}</td>
      <td class="number" data-name="expected" title=${raw(expected)}>${percent(expected)}</td>
      <td class="number" data-name="more" title=${raw(score)}>${signedPercent(score)}</td>
      <td class="number" data-name="alignment" title=${raw(alignment)}>${alignmentText(alignment)}</td>
    </tr>`;
  }
}
