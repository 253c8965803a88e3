import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ErrorInfo } from '../../shared/errors';
import { dropdown } from '../components/controls';
import { emit } from '../components/events';
import { icons } from '../components/icons';
import { theme } from '../components/theme';
import { heatLegend, heatLegendStyles } from './heatLegend';
import type { Heat } from './heatMap';
import { elsewhereSentence, type MapSight, sightNames, sightsFor, sightTooltips, unitOf } from './mapKinds';
import { patchName } from './patchGrid';
import { componentName, type Subject, strongest, unchangedSentence } from './subject';
import type { MapOptions } from './whereView';

export type MapFormat = 'png' | 'svg';

/** Components offered by the list of them; any other is chosen by a click in the table. */
const offered = 40;

/**
 * What is drawn over the picture, how, and what its colours mean. Emits `map-options-change`, `component-look` (latent),
 * `map-save` (format) and `map-retry`.
 */
@customElement('clipsight-map-tools')
export class MapTools extends LitElement {
  static override styles = [
    theme,
    heatLegendStyles,
    css`
      .choices {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr));
        gap: 6px 8px;
      }
      .choice {
        display: grid;
        gap: 2px;
        min-width: 0;
      }
      .choice > span {
        color: var(--muted);
        font-size: 0.9em;
        line-height: 1.3;
      }
      vscode-dropdown {
        width: 100%;
        min-width: 0;
      }
      .look {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 14px;
        margin-block: 8px 6px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      input {
        margin: 0;
        accent-color: var(--vscode-button-background, var(--focus));
      }
      input:focus-visible {
        outline-offset: 2px;
      }
      /* Buttons of these themes are as black as what is behind them. */
      :host-context(.vscode-high-contrast) input {
        accent-color: var(--contrast-active, var(--focus));
      }
      :host-context(.vscode-dark) input,
      :host-context(.vscode-high-contrast:not(.vscode-high-contrast-light)) input {
        color-scheme: dark;
      }
      .opacity {
        flex: 1 1 130px;
      }
      .opacity input {
        flex: 1 1 60px;
        width: 60px;
        min-width: 0;
      }
      .title {
        margin-bottom: 4px;
        overflow-wrap: anywhere;
      }
      /* It comes and goes with the pointer: nothing may move. */
      .readout {
        min-height: 1.45em;
      }
      .below-map {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 2px 8px;
        margin-top: 4px;
      }
      .save {
        display: flex;
        flex: none;
        gap: 2px;
        margin-inline-start: auto;
      }
      .save button {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        height: 24px;
        padding: 0 6px;
        border: 1px solid var(--contrast);
        border-radius: 4px;
      }
      .save button:hover:enabled {
        background: var(--vscode-toolbar-hoverBackground);
        border-color: var(--contrast-active);
      }
      .save button:disabled {
        opacity: 0.4;
        cursor: default;
      }
      .remark {
        margin-top: 4px;
        color: var(--muted);
      }
      .failure {
        display: flex;
        gap: 6px;
        margin-top: 8px;
        overflow-wrap: anywhere;
      }
      .failure svg.icon {
        margin-top: 1px;
        color: var(--vscode-errorForeground);
      }
      .failure button {
        margin-inline-start: 4px;
      }
      /* Short jobs come and go without a flicker. */
      .waiting {
        margin-top: 8px;
        animation: appear 1ms 300ms both;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) subject!: Subject;
  @property({ attribute: false }) options!: MapOptions;
  @property({ attribute: false }) heat: Heat | null = null;
  @property({ type: Boolean }) waiting = false;
  @property({ attribute: false }) failure: ErrorInfo | null = null;
  /** Why the map could not be saved. */
  @property({ attribute: false }) refusal: ErrorInfo | null = null;
  @property({ type: Boolean }) saving = false;
  /** The patch that is pointed at. */
  @property({ attribute: false }) patch: number | null = null;

  override render(): TemplateResult {
    const { sight } = this.options;
    const ofComponent = sight !== 'off' && sight !== 'score';
    return html`<div role="group" aria-label="Map over the picture">
      <div class="choices">
        <div class="choice" title=${sightTooltips[sight]}>
          <span aria-hidden="true">Over the picture</span>${this.sights()}
        </div>
        ${
          ofComponent
            ? html`<div class="choice">
              <span aria-hidden="true">Component</span>${this.components()}
            </div>`
            : nothing
        }
      </div>
      ${sight === 'off' ? nothing : this.state()}
    </div>`;
  }

  private state(): TemplateResult {
    const { failure, heat, options, subject } = this;
    if (failure !== null) return refused(failure, () => emit(this, 'map-retry', null));
    if (heat !== null) return html`${this.look()}${this.reading(heat)}`;
    const text =
      options.sight !== 'score' && subject.component === null
        ? 'No component is active in this image.'
        : 'Computing the map…';
    return html`<p class="waiting muted" role="status">${text}</p>`;
  }

  private sights(): TemplateResult {
    const choices = sightsFor(this.subject.study.dictionary).map((value) => ({
      value,
      label: sightNames[value],
    }));
    return dropdown<MapSight>('Over the picture', choices, this.options.sight, (sight) =>
      this.change({ sight }),
    );
  }

  private components(): TemplateResult {
    const { components, component, library } = this.subject;
    const listed = strongest(components, offered).map(({ latent }) => latent);
    const latents = component === null || listed.includes(component) ? listed : [component, ...listed];
    return dropdown(
      'Component of the map',
      latents.map((latent) => ({ value: String(latent), label: componentName(library, latent) })),
      String(component ?? ''),
      (value) => emit(this, 'component-look', Number(value)),
    );
  }

  private look(): TemplateResult {
    const { opacity, smooth } = this.options;
    return html`<div class="look">
      <label class="opacity"
        ><span>Opacity</span
        ><input
          type="range"
          min="0"
          max="100"
          step="5"
          aria-label="Opacity of the map"
          aria-valuetext=${`${Math.round(opacity * 100)} %`}
          .value=${String(Math.round(opacity * 100))}
          @input=${(event: InputEvent) =>
            this.change({ opacity: Number((event.target as HTMLInputElement).value) / 100 })}
      /></label>
      <label title="Interpolated between the centres of the patches; the numbers stay those of the patches"
        ><input
          type="checkbox"
          .checked=${smooth}
          @change=${(event: Event) => this.change({ smooth: (event.target as HTMLInputElement).checked })}
        />Smooth${smooth ? html` <span class="muted">(interpolated)</span>` : nothing}</label
      >
    </div>`;
  }

  private reading(heat: Heat): TemplateResult {
    const { map, kind, scale, title } = heat;
    const { format, unit } = unitOf(kind);
    const elsewhere = elsewhereSentence(kind, map);
    const unchanged = unchangedSentence(this.subject);
    const { patch, saving } = this;
    const value = patch === null ? undefined : map.values[patch];
    const save = (format: MapFormat) => html`<button
      class="plain"
      ?disabled=${saving}
      title=${`Save picture, map, scale and caption as ${format.toUpperCase()}`}
      @click=${() => emit(this, 'map-save', format)}
    >
      ${icons.export}<span>${format.toUpperCase()}</span>
    </button>`;
    return html`<p class="title" dir="auto">${title}</p>
      ${heatLegend(scale, heat.opacity, unit, format)}
      <div class="below-map">
        <div class="readout">
          ${
            patch === null || value === undefined
              ? html`<span class="muted">${
                  scale.far === 0 ? 'Zero on every patch.' : 'Point at a patch; click it for its components.'
                }</span>`
              : html`<b>${format(value)}</b> ${unit} <span class="muted">at ${patchName(map, patch)}</span>`
          }
        </div>
        <div class="save">${save('png')}${save('svg')}</div>
      </div>
      ${elsewhere === null ? nothing : html`<p class="remark elsewhere">${elsewhere}</p>`}
      ${unchanged === null ? nothing : html`<p class="remark">${unchanged}</p>`}
      ${map.notes.map((note) => html`<p class="remark">${note}</p>`)}
      ${this.refusal === null ? nothing : refused(this.refusal, null)}`;
  }

  private change(change: Partial<MapOptions>): void {
    emit(this, 'map-options-change', change);
  }
}

function refused({ message, remedy }: ErrorInfo, retry: (() => void) | null): TemplateResult {
  return html`<div class="failure" role="alert">
    ${icons.error}
    <div>
      ${message} ${remedy === undefined ? nothing : html`<span class="muted">${remedy}</span>`}
      ${retry === null ? nothing : html`<button class="plain link" @click=${retry}>Retry</button>`}
    </div>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-map-tools': MapTools;
  }
}
