import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PanelHostProtocol } from '../../shared/panelProtocol';
import { signedPoints } from '../../shared/points';
import type { Remote } from '../../shared/rpc/protocol';
import type { Words } from '../../shared/words';
import { emit } from '../components/events';
import { raw } from '../components/format';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import { Asking } from './asking';
import { fillOf } from './signedPalette';
import { componentName, type Subject, strongest } from './subject';
import {
  type Answering,
  answersTo,
  componentWords,
  type SpecialMark,
  type WordMark,
  wordMarks,
} from './wordShares';

/** Components whose words are asked for beside the one looked at, so that a word can say which answer to it. */
const asked = 8;

/**
 * The words of the prompt, each tinted by what the score loses without it. Asked for when shown, the latest only. Emits
 * `component-open` (latent).
 */
@customElement('clipsight-word-strip')
export class WordStrip extends LitElement {
  static override styles = [
    theme,
    css`
      :host {
        /* As high while it is asked for as after, for a prompt of one line. */
        min-height: calc(34px + 1.45em);
        margin-block: 6px 2px;
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        align-items: stretch;
        gap: 4px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        min-width: 0;
        max-width: 100%;
      }
      button.word {
        position: relative;
        display: grid;
        grid-template-rows: auto 7px;
        min-width: 30px;
        max-width: 100%;
        padding: 1px 6px 2px;
        border: 1px solid var(--line);
        border-radius: 4px;
        overflow: hidden;
        text-align: center;
        overflow-wrap: anywhere;
        isolation: isolate;
      }
      button.word:hover {
        border-color: var(--focus);
      }
      button.word[aria-pressed='true'] {
        border-color: var(--focus);
        outline: 1px solid var(--focus);
        outline-offset: -2px;
      }
      button.word.disagrees {
        border-style: dashed;
        border-color: var(--vscode-editorWarning-foreground, currentColor);
      }
      .tint {
        position: absolute;
        z-index: -1;
        inset: 0;
        width: 100%;
        height: 100%;
        forced-color-adjust: none;
      }
      .bar {
        display: block;
        width: 100%;
        height: 7px;
        overflow: visible;
      }
      .positive {
        fill: var(--positive);
      }
      .negative {
        fill: var(--negative);
      }
      .axis {
        stroke: var(--muted);
        stroke-opacity: 0.6;
      }
      .tick {
        stroke: var(--vscode-foreground);
        stroke-width: 2px;
      }
      .disagrees .tick {
        stroke: var(--vscode-editorWarning-foreground, currentColor);
      }
      .special {
        align-self: center;
        color: var(--muted);
        font-size: 0.8em;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 0 14px;
        margin-top: 4px;
        color: var(--muted);
        font-size: 0.92em;
      }
      .key > span {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .key svg {
        width: 14px;
        height: 9px;
        overflow: visible;
      }
      .key .warn {
        border: 1px dashed var(--vscode-editorWarning-foreground, currentColor);
        border-radius: 3px;
        padding-inline: 3px;
      }
      p {
        margin-top: 4px;
        overflow-wrap: anywhere;
      }
      b {
        font-weight: 600;
      }
      .failure {
        display: flex;
        gap: 6px;
        color: var(--muted);
      }
      .skeleton {
        height: 30px;
        max-width: 26em;
        animation-delay: 300ms;
      }
      @media (forced-colors: active) {
        .positive,
        .tick {
          fill: Highlight;
          stroke: CanvasText;
        }
        .negative {
          fill: CanvasText;
        }
      }
    `,
  ];

  @property({ attribute: false }) host!: Pick<Remote<PanelHostProtocol>, 'attributeWords'>;
  @property({ attribute: false }) subject: Subject | null = null;

  /** The word whose components are listed, and of which prompt. */
  @state() private chosen: { readonly prompt: string; readonly word: number } | null = null;
  private readonly words = new Asking<Words>(() => this.requestUpdate(), 200);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.words.cancel();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override willUpdate(): void {
    const { host, subject } = this;
    if (subject === null) {
      this.words.cancel();
      return;
    }
    const { image, key, prompt: text, ready } = subject;
    const components = wanted(subject);
    this.words.want(`${key}\n${components.join()}\n${text}`, ready, (signal) =>
      host.attributeWords({ image, text, components }, { signal }),
    );
  }

  override render(): TemplateResult | typeof nothing {
    const { subject } = this;
    const answer = this.words.now;
    if (subject === null) return nothing;
    switch (answer.kind) {
      case 'none':
        return nothing;
      case 'waiting':
        return html`<div class="skeleton" role="status" aria-label="Weighing the words"></div>`;
      case 'failure': {
        const { message, remedy } = answer.error;
        return html`<p class="failure" role="status">
          ${icons.info}
          <span
            >The words could not be weighed. ${message} ${remedy ?? ''}
            <button class="plain link" @click=${() => this.retry()}>Retry</button></span
          >
        </p>`;
      }
      case 'answer':
        return this.strip(answer.value, subject);
    }
  }

  private retry(): void {
    this.words.retry();
    this.requestUpdate();
  }

  private strip(words: Words, subject: Subject): TemplateResult {
    const marks = wordMarks(words);
    const someDisagree = marks.some((mark) => mark.word !== null && mark.disagrees);
    return html`<ol aria-label="Words of the prompt">
        ${marks.map((mark) => html`<li>${mark.word === null ? special(mark) : this.chip(mark, subject)}</li>`)}
      </ol>
      <div class="key" aria-hidden="true">
        <span>${keyBar}score lost without the word, in points</span>
        <span>${keyTick}integrated gradients</span>
        ${someDisagree ? html`<span><span class="warn">word</span>the two disagree</span>` : nothing}
        ${subject.against.length === 0 ? nothing : html`<span>of the prompt on its own</span>`}
        ${subject.changed ? html`<span>of the model as it is</span>` : nothing}
      </div>
      ${this.own(words, subject)}${this.ofWord(words, subject)}
      ${words.notes.map((note) => html`<p class="muted">${note}</p>`)}`;
  }

  private chip(mark: WordMark, { prompt }: Subject): TemplateResult {
    const { word, text, leaveOneOut, share, contribution, contributionShare, disagrees, parts } = mark;
    const { fill, opacity } = fillOf(share);
    const pressed = this.chosen?.prompt === prompt && this.chosen.word === word;
    const split =
      parts.length === 0
        ? []
        : [parts.map((part) => `${part.text} ${signedPoints(part.contribution)}`).join(' · ')];
    const tooltip = [
      `${text}: without it the score loses ${signedPoints(leaveOneOut)} points (${raw(leaveOneOut)} of cosine), measured`,
      `Integrated gradients give it ${signedPoints(contribution)}`,
      ...(disagrees ? ['The two disagree: believe what was measured'] : []),
      ...split,
    ].join('\n');
    return html`<button
      class="plain word ${disagrees ? 'disagrees' : ''}"
      aria-pressed=${pressed}
      aria-label=${`${text}: ${signedPoints(leaveOneOut)} points lost without it, integrated gradients ${signedPoints(contribution)}${disagrees ? ', they disagree' : ''}`}
      title=${tooltip}
      @click=${() => {
        this.chosen = pressed ? null : { prompt, word };
      }}
    >
      <svg class="tint" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width="1" height="1" fill=${fill} fill-opacity=${0.38 * Number(opacity)}></rect>
      </svg>
      <span dir="auto">${text}</span>
      <svg class="bar" viewBox="-1 0 2 7" preserveAspectRatio="none" aria-hidden="true">
        <rect
          class=${share < 0 ? 'negative' : 'positive'}
          x=${Math.min(0, share)}
          y="1.5"
          width=${Math.abs(share)}
          height="4"
        ></rect>
        <line class="axis" y1="0" y2="7" vector-effect="non-scaling-stroke"></line>
        <line
          class="tick"
          x1=${contributionShare}
          x2=${contributionShare}
          y1="0"
          y2="7"
          vector-effect="non-scaling-stroke"
        ></line>
      </svg>
    </button>`;
  }

  /** The words of the component that is looked at. */
  private own(words: Words, { component, library }: Subject): TemplateResult | typeof nothing {
    const found = words.components.find((candidate) => candidate.component === component);
    if (found === undefined) return nothing;
    const to = answersTo(componentWords(words, found), found.attribution);
    return html`<p class="own">
      <span dir="auto">${componentName(library, found.component)}</span>
      ${
        to.length === 0
          ? 'answers to no word of this prompt.'
          : html`answers to:
            ${to.map((answer, i) => html`${i === 0 ? '' : ', '}<b dir="auto">${answer.text}</b> ${measured(answer)}`)}`
      }
    </p>`;
  }

  /** The components that answer to the word that was chosen. */
  private ofWord(words: Words, { prompt, library }: Subject): TemplateResult | typeof nothing {
    const { chosen } = this;
    const word = chosen?.prompt === prompt ? words.words[chosen.word] : undefined;
    if (chosen === null || word === undefined) return nothing;
    const found = words.components
      .flatMap((candidate) => {
        const answer = componentWords(words, candidate).find(({ word: index }) => index === chosen.word);
        return answer === undefined || answer.value === 0 ? [] : [{ component: candidate.component, answer }];
      })
      .sort((a, b) => Math.abs(b.answer.value) - Math.abs(a.answer.value))
      .slice(0, 5);
    return html`<p class="of-word" role="status">
      ${
        found.length === 0
          ? html`None of the strongest components answers to <b dir="auto">${word.text}</b>.`
          : html`To <b dir="auto">${word.text}</b> answer, of the strongest components:
            ${found.map(({ component, answer }, i) => {
              const name = componentName(library, component);
              return html`${i === 0 ? '' : ', '}<button
                  class="plain link"
                  dir="auto"
                  @click=${() => emit(this, 'component-open', component)}
                >${name}</button>&nbsp;${measured(answer)}`;
            })}`
      }
    </p>`;
  }
}

/** The strongest components and the one looked at, so that another of the strongest needs no new answer. */
function wanted({ components, component }: Subject): number[] {
  const latents = strongest(components, asked).map(({ latent }) => latent);
  return component === null || latents.includes(component) ? latents : [...latents, component];
}

/** What the component's attribution loses without the word, and beside it the estimate. */
function measured({ value, estimate }: Answering): TemplateResult {
  const tooltip = `Its attribution is ${signedPoints(value)} points more with the word than without, measured; integrated gradients say ${signedPoints(estimate)}`;
  return html`<span title=${tooltip}>${signedPoints(value)}</span>`;
}

function special({ text }: SpecialMark): TemplateResult {
  return html`<span class="special">${text}</span>`;
}

const keyBar = html`<svg viewBox="0 0 14 9"><rect class="positive" y="2" width="14" height="5"></rect></svg>`;
const keyTick = html`<svg viewBox="0 0 14 9"><line class="tick" x1="7" x2="7" y1="0" y2="9"></line></svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-word-strip': WordStrip;
  }
}
