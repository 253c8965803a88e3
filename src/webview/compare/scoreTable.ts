import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { mostCompared } from '../../shared/compareProtocol';
import type { Confidence } from '../../shared/confidence';
import type { ErrorInfo } from '../../shared/errors';
import { percent, points } from '../../shared/points';
import { barStyles, plainBar } from '../components/bars';
import { emit } from '../components/events';
import { raw } from '../components/format';
import { icons } from '../components/icons';
import type { Previews } from '../components/previews';
import { theme } from '../components/theme';
import { toolButton } from '../components/toolButton';
import './promptEditor';
import type { PromptActions } from './promptEditor';
import { promptLabelStyles } from './promptLabel';
import { scoreTableStyles } from './scoreTableStyles';
import type { PromptScore, ShownPrompt } from './tables';

/** An image of the header. */
export interface HeaderImage {
  readonly key: string;
  readonly name: string;
  readonly failure: ErrorInfo | null;
}

const confidenceNames: Readonly<Record<Confidence, { readonly name: string; readonly tooltip: string }>> = {
  share: {
    name: 'Share',
    tooltip:
      'Softmax over the prompts shown, with the model’s temperature; mean over the images. A rewording has the share that it would have in the place of what it rewords.',
  },
  probability: {
    name: 'Probability',
    tooltip: 'The model’s sigmoid of the score, for each prompt by itself; mean over the images',
  },
};

/**
 * Prompts and what each image makes of them; where prompts are read, reworded, added and taken away. Emits `prompt-open`,
 * `prompt-remove`, `draft-write`, `prompt-add`, `prompts-pick`, `image-open`.
 */
@customElement('clipsight-score-table')
export class ScoreTable extends LitElement {
  static override styles = [theme, barStyles, promptLabelStyles, scoreTableStyles];

  @property({ attribute: false }) prompts: readonly ShownPrompt[] = [];
  @property({ attribute: false }) scores: readonly PromptScore[] = [];
  @property({ attribute: false }) images: readonly HeaderImage[] = [];
  @property({ attribute: false }) previews!: Previews;
  /** Grows when a picture came, to be drawn. */
  @property({ type: Number }) pictureCount = 0;
  @property() confidence: Confidence = 'share';
  @property({ attribute: false }) actions!: PromptActions;
  @property({ type: Boolean }) computing = false;

  /** The column whose text is being edited. */
  @state() private editing: number | null = null;
  @query('input.add') private adding!: HTMLInputElement | null;
  private readonly nearby = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const index = Number((target as HTMLElement).dataset.image);
        const image = this.images[index];
        if (isIntersecting && image !== undefined) this.previews.get(image.key, index);
      }
    },
    { rootMargin: '120px' },
  );

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.nearby.disconnect();
  }

  protected override updated(): void {
    for (const element of this.renderRoot.querySelectorAll('[data-image]')) this.nearby.observe(element);
  }

  override render(): TemplateResult {
    const { name, tooltip } = confidenceNames[this.confidence];
    const ownColumns = this.prompts.flatMap(({ column }) => (column.draftOf === null ? [column] : []));
    const own = ownColumns.length;
    const among = ownColumns.filter(({ direction }) => direction !== '').length;
    return html`<div class="scroller">
        <table aria-label="Scores of the prompts">
          <thead>
            <tr>
              <th class="text" scope="col"><span class="muted">Prompt</span></th>
              <th scope="col" class="number mean" title="Similarity (cosine × 100), mean over the images">
                ${this.images.length === 1 ? this.picture(this.images[0]!, 0) : nothing}
                <span>${this.images.length > 1 ? 'Mean' : 'Score'}</span>
              </th>
              <th scope="col" class="share" title=${tooltip}>
                <span>${name}</span>
                ${this.confidence === 'share' && among > 0 ? html`<span class="among">among these ${among}</span>` : nothing}
              </th>
              ${
                this.images.length < 2
                  ? nothing
                  : this.images.map(
                      (image, index) =>
                        html`<th scope="col" class="number image">${this.picture(image, index)}</th>`,
                    )
              }
            </tr>
          </thead>
          <tbody>
            ${repeat(
              this.prompts,
              ({ column }) => column.id,
              (prompt, index) => this.row(prompt, this.scores[index]!),
            )}
          </tbody>
        </table>
      </div>
      <div class="adding">
        <input
          class="add"
          dir="auto"
          placeholder=${own < mostCompared ? 'Add a prompt…' : `${mostCompared} prompts fit`}
          aria-label="Add a prompt"
          maxlength="10000"
          ?disabled=${own >= mostCompared}
          @keydown=${this.onAddKey}
        />
        ${toolButton('Add the prompt', icons.add, own < mostCompared, () => this.add())}
        ${toolButton('Choose prompts to add…', icons.list, own < mostCompared, () => emit(this, 'prompts-pick', null))}
      </div>`;
  }

  /** A text was added. */
  clearAdded(): void {
    if (this.adding !== null) this.adding.value = '';
  }

  private picture({ key, name, failure }: HeaderImage, index: number): TemplateResult {
    const picture = this.previews.peek(key);
    const tooltip = failure === null ? name : `${name}\n${failure.message}`;
    return html`<button
      class="picture ${failure === null ? '' : 'failed'}"
      data-image=${index}
      title=${tooltip}
      aria-label=${failure === null ? `Open ${name}` : `${name}, failed: ${failure.message}`}
      @click=${() => emit(this, 'image-open', index)}
    >
      ${picture?.kind === 'picture' ? html`<img src=${picture.url} alt="" draggable="false" />` : nothing}
      ${failure !== null || picture?.kind === 'unavailable' ? html`<span class="mark">${icons.broken}</span>` : nothing}
    </button>`;
  }

  private row(prompt: ShownPrompt, score: PromptScore): TemplateResult {
    const { column } = prompt;
    const draft = column.draftOf !== null;
    const best = !draft && this.isBest(score);
    return html`<tr class="${draft ? 'draft' : ''} ${best ? 'best' : ''}">
      <th class="text" scope="row">${this.cell(prompt, score)}</th>
      <td class="number mean" title=${score.similarity === null ? nothing : `${raw(score.similarity)} of cosine`}>
        ${this.value(score.similarity, points)}
      </td>
      <td class="share">
        ${
          score.confidence === null
            ? this.value(null, percent)
            : html`<span class="share-box"
              ><span class="bar-box">${plainBar(score.confidence)}</span
              ><span class="share-number" title=${raw(score.confidence)}>${percent(score.confidence)}</span></span
            >`
        }
      </td>
      ${
        this.images.length < 2
          ? nothing
          : this.images.map(({ failure, name }, index) =>
              failure === null
                ? html`<td class="number" title=${name}>${this.value(score.perImage[index] ?? null, points)}</td>`
                : html`<td class="number muted" title=${`${name}: ${failure.message}`}>–</td>`,
            )
      }
    </tr>`;
  }

  private cell({ column, label }: ShownPrompt, score: PromptScore): TemplateResult {
    const { id, text, draftOf } = column;
    if (this.editing === id) {
      return html`<div class="cell">
        <span class="badge">${label}</span>
        <clipsight-prompt-editor
          class="main"
          .column=${column}
          .actions=${this.actions}
          @edit-end=${() => this.endEdit(id)}
          @place-open=${() => emit(this, 'prompt-open', id)}
        ></clipsight-prompt-editor>
      </div>`;
    }
    return html`<div class="cell">
      <span class="badge">${label}</span>
      <div class="main">
        <div class="prompt-text" dir="auto" title=${text} @dblclick=${() => this.edit(id)}>${text}</div>
        ${this.details(column, score)}
        ${
          draftOf === null
            ? nothing
            : html`<div class="draft-actions">
              <vscode-button
                title=${this.originalPlace(draftOf) === null ? 'In the place of the prompt that it rewords' : `Into ${this.originalPlace(draftOf)}`}
                @click=${() => emit(this, 'draft-write', id)}
                >${this.originalPlace(draftOf) === null ? 'Keep' : 'Write to File'}</vscode-button
              ><vscode-button appearance="secondary" @click=${() => emit(this, 'prompt-remove', id)}
                >Discard</vscode-button
              >
            </div>`
        }
      </div>
      <span class="row-tools">
        <button
          class="icon edit"
          data-column=${id}
          title="Reword it"
          aria-label=${`Reword prompt ${label}: ${text}`}
          @click=${() => this.edit(id)}
        >
          ${icons.edit}
        </button>
        ${
          draftOf === null
            ? html`<button
              class="icon"
              title="Take it out of the comparison"
              aria-label=${`Take prompt ${label} out: ${text}`}
              @click=${() => emit(this, 'prompt-remove', id)}
            >
              ${icons.close}
            </button>`
            : nothing
        }
      </span>
    </div>`;
  }

  /** What is scored where that is not the text itself, where it stands, and what should be known of it. */
  private details(
    { id, text, scored, texts, place, kind, draftOf }: ShownPrompt['column'],
    { readings }: PromptScore,
  ) {
    const filled =
      scored === null
        ? html`<span class="warned">${icons.warning} Nothing is known to fill this ${kind} with: it has no score.</span>`
        : texts > 1
          ? html`<span title=${`The mean of ${texts} texts, the first of which is “${scored}”`}>mean of ${texts} templates</span>`
          : scored === text
            ? nothing
            : html`<span dir="auto" title="What is scored">${scored}</span>`;
    return html`<div class="details">
      ${draftOf === null ? nothing : html`<span>rewording, not written</span>`} ${filled}
      ${
        place === null
          ? nothing
          : place.line === null
            ? html`<span title=${`${place.file}: ${place.fixed ?? ''}`}>not in ${fileName(place.file)} any more</span>`
            : html`<button
              class="plain link"
              title=${`Show it in ${place.file}`}
              aria-label=${`${place.file}:${place.line}`}
              @click=${() => emit(this, 'prompt-open', id)}
            >
              ${fileName(place.file)}:${place.line}
            </button>`
      }
      ${readings.map((reading) => html`<span class="warned">${icons.warning} ${reading}</span>`)}
    </div>`;
  }

  private originalPlace(draftOf: number): string | null {
    const original = this.prompts.find(({ column }) => column.id === draftOf);
    return original?.column.place?.file ?? null;
  }

  private value(value: number | null, format: (value: number) => string): TemplateResult | string {
    if (value !== null) return format(value);
    return this.computing ? html`<span class="skeleton" aria-label="Computing"></span>` : '–';
  }

  private isBest({ similarity }: PromptScore): boolean {
    if (similarity === null) return false;
    const known = this.scores.flatMap((score, i) =>
      this.prompts[i]?.column.draftOf === null && score.similarity !== null ? [score.similarity] : [],
    );
    return known.length > 1 && similarity === Math.max(...known);
  }

  private edit(column: number): void {
    this.editing = column;
  }

  private async endEdit(column: number): Promise<void> {
    this.editing = null;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`.edit[data-column="${column}"]`)?.focus();
  }

  private readonly onAddKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    this.add();
  };

  private add(): void {
    const text = this.adding?.value ?? '';
    if (text.trim() === '') this.adding?.focus();
    else emit(this, 'prompt-add', text);
  }
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
