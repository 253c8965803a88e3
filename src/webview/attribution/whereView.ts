import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type ErrorInfo, toErrorInfo } from '../../shared/errors';
import type { Rectangle } from '../../shared/image';
import type { PanelHostProtocol } from '../../shared/panelProtocol';
import type { Remote } from '../../shared/rpc/protocol';
import type { MapKind, PatchComponents, PatchMap } from '../../shared/where';
import { theme } from '../components/theme';
import { Asking } from './asking';
import './heatMap';
import type { Heat } from './heatMap';
import { heatScale } from './heatScale';
import { pictureStyles } from './largePicture';
import { elsewhereSentence, hasNumbers, mapKindOf, mapTitle, sightsFor, unitOf } from './mapKinds';
import { mapFileName, mapPicture } from './mapPicture';
import './mapTools';
import type { MapFormat } from './mapTools';
import './patchComponents';
import type { Picture } from '../components/previews';
import { dataUrl, rasterised, smoothMap } from './pictureFile';
import type { Subject } from './subject';
import type { ViewState } from './viewState';

export type MapOptions = ViewState['map'];

/** What may be drawn over a picture, and whom to ask for it. */
export interface Where {
  readonly host: Pick<Remote<PanelHostProtocol>, 'mapPatches' | 'componentsAt' | 'savePicture'>;
  /** Null while nothing is computed of the picture. */
  readonly subject: Subject | null;
  readonly options: MapOptions;
}

interface Drawn {
  readonly map: PatchMap;
  readonly kind: MapKind;
}

const notNumbers: ErrorInfo = {
  code: 'internal',
  message: 'The engine gave a map that is not made of numbers.',
  remedy: 'Show the log and retry.',
};

/**
 * The large picture, what is drawn over it, the tools for that, and the components that live at a patch. Its content is
 * the picture's caption. Emits `map-options-change` (a part of MapOptions), `component-look` (latent) when another
 * component is to be seen, and `component-open` (latent).
 */
@customElement('clipsight-where')
export class WhereView extends LitElement {
  static override styles = [
    theme,
    pictureStyles,
    css`
      clipsight-map-tools,
      clipsight-patch-components {
        margin-top: 10px;
      }
    `,
  ];

  @property({ attribute: false }) picture!: Extract<Picture, { kind: 'picture' }>;
  @property() name = '';
  @property() size = '';
  @property({ attribute: false }) crop: Rectangle | null = null;
  @property({ attribute: false }) where!: Where;

  @state() private looked: number | null = null;
  /** The patch whose components are listed, and of which picture. */
  @state() private opened: { readonly key: string; readonly patch: number } | null = null;
  @state() private smooth: { readonly map: PatchMap; readonly blob: Blob; readonly url: string } | null =
    null;
  @state() private saving = false;
  @state() private refusal: ErrorInfo | null = null;

  private readonly maps = new Asking<Drawn>(() => this.requestUpdate());
  private readonly patches = new Asking<PatchComponents>(() => this.requestUpdate(), 0);
  private smoothing: PatchMap | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.maps.cancel();
    this.patches.cancel();
    this.release();
  }

  protected override willUpdate(changed: PropertyValues): void {
    this.wantMap();
    if (changed.has('where') && this.opened !== null && this.opened.key !== this.where.subject?.key) {
      this.opened = null;
    }
    this.wantPatch();
    const map = this.drawn?.map ?? null;
    if (this.where.options.smooth && map !== null) void this.smoothen(map);
    else this.release();
  }

  override render(): TemplateResult {
    const { crop, looked, name, picture, size } = this;
    const { subject } = this.where;
    const heat = this.heat();
    const opened = heat === null ? null : (this.opened?.patch ?? null);
    return html`<div class="picture">
        <clipsight-heat-map
          .picture=${picture}
          .name=${name}
          .size=${size}
          .crop=${crop}
          .heat=${heat}
          .opened=${opened}
          @patch-look=${(event: CustomEvent<number | null>) => {
            this.looked = event.detail;
          }}
          @patch-open=${(event: CustomEvent<number>) => this.open(event.detail)}
        ></clipsight-heat-map>
      </div>
      <slot></slot>
      ${subject === null ? nothing : this.tools(subject, heat, looked ?? opened)}
      ${
        subject === null || heat === null || opened === null
          ? nothing
          : html`<clipsight-patch-components
            .answer=${this.patches.now}
            .patch=${opened}
            .columns=${heat.map.columns}
            .subject=${subject}
            @patch-close=${() => {
              this.opened = null;
            }}
            @patch-retry=${() => this.patches.retry()}
          ></clipsight-patch-components>`
      }`;
  }

  private tools(subject: Subject, heat: Heat | null, patch: number | null): TemplateResult {
    const answer = this.maps.now;
    const failure =
      answer.kind === 'failure'
        ? answer.error
        : answer.kind === 'answer' && heat === null
          ? notNumbers
          : null;
    return html`<clipsight-map-tools
      .subject=${subject}
      .options=${this.options}
      .heat=${heat}
      .failure=${failure}
      .refusal=${this.refusal}
      ?waiting=${answer.kind === 'waiting'}
      ?saving=${this.saving}
      .patch=${patch}
      @map-retry=${() => {
        this.maps.retry();
        this.requestUpdate();
      }}
      @map-save=${(event: CustomEvent<MapFormat>) => void this.save(event.detail)}
    ></clipsight-map-tools>`;
  }

  /** As the person set them, where that can be drawn for this dictionary. */
  private get options(): MapOptions {
    const { options, subject } = this.where;
    const served = subject !== null && sightsFor(subject.study.dictionary).includes(options.sight);
    return served ? options : { ...options, sight: 'off' };
  }

  private get drawn(): Drawn | null {
    const answer = this.maps.now;
    return answer.kind === 'answer' && hasNumbers(answer.value.map) ? answer.value : null;
  }

  private heat(): Heat | null {
    const { drawn, smooth } = this;
    const { subject } = this.where;
    if (drawn === null || subject === null) return null;
    const { map, kind } = drawn;
    const { options } = this.where;
    return {
      map,
      kind: kind.kind,
      title: mapTitle(kind, subject),
      scale: heatScale(kind.kind, map.values),
      smooth: options.smooth && smooth?.map === map ? smooth.url : null,
      opacity: options.opacity,
    };
  }

  private wantMap(): void {
    const { host, subject } = this.where;
    const kind = subject === null ? null : mapKindOf(this.options.sight, subject);
    if (subject === null || kind === null) {
      this.maps.cancel();
      return;
    }
    const { image } = subject;
    this.maps.want(`${subject.key}\n${JSON.stringify(kind)}`, subject.ready, async (signal) => ({
      map: await host.mapPatches({ image, map: kind }, { signal }),
      kind,
    }));
  }

  private wantPatch(): void {
    const { host, subject } = this.where;
    const { opened } = this;
    if (subject === null || opened === null || this.options.sight === 'off') {
      this.patches.cancel();
      return;
    }
    const { image, prompt } = subject;
    const { patch } = opened;
    this.patches.want(`${subject.key}\n${patch}\n${prompt}`, subject.ready, (signal) =>
      host.componentsAt({ image, prompt, patch }, { signal }),
    );
  }

  private open(patch: number): void {
    const { subject } = this.where;
    if (subject !== null) this.opened = { key: subject.key, patch };
  }

  private async smoothen(map: PatchMap): Promise<void> {
    if (this.smoothing === map) return;
    this.release();
    this.smoothing = map;
    const { drawn } = this;
    if (drawn === null) return;
    const blob = await smoothMap(map, heatScale(drawn.kind.kind, map.values));
    if (this.smoothing !== map || !this.isConnected) return;
    this.smooth = { map, blob, url: URL.createObjectURL(blob) };
  }

  private release(): void {
    this.smoothing = null;
    if (this.smooth === null) return;
    URL.revokeObjectURL(this.smooth.url);
    this.smooth = null;
  }

  private async save(format: MapFormat): Promise<void> {
    const { drawn, picture, smooth } = this;
    const { host, subject } = this.where;
    const heat = this.heat();
    if (drawn === null || subject === null || heat === null || this.saving) return;
    this.saving = true;
    this.refusal = null;
    try {
      const { map, kind } = drawn;
      const { unit, format: written } = unitOf(kind.kind);
      const drawing = mapPicture({
        picture: await dataUrl(picture.blob),
        smooth: heat.smooth === null || smooth === null ? null : await dataUrl(smooth.blob),
        width: picture.width,
        height: picture.height,
        map,
        scale: heat.scale,
        opacity: heat.opacity,
        format: written,
        unit,
        title: heat.title,
        caption: captionOf(subject, heat),
      });
      const bytes = format === 'svg' ? new TextEncoder().encode(drawing.svg) : await rasterised(drawing);
      await host.savePicture({ name: mapFileName(subject.name, heat.title), format, bytes });
    } catch (thrown) {
      this.refusal = toErrorInfo(thrown);
    } finally {
      this.saving = false;
    }
  }
}

/** What a map is of, in full: a picture that leaves the editor must say it by itself. */
function captionOf(subject: Subject, { map, kind, smooth }: Heat): string[] {
  const { name, study, prompt, against, changed } = subject;
  const { model, dictionary } = study;
  const elsewhere = elsewhereSentence(kind, map);
  return [
    `${name}; ${smooth === null ? '' : 'interpolated between the centres of '}${map.rows} × ${map.columns} patches`,
    ...(kind === 'attribution' || kind === 'score'
      ? [
          `Prompt “${prompt}”${against.length === 0 ? '' : `, versus ${against.map((text) => `“${text}”`).join(', ')}`}`,
        ]
      : []),
    `Model ${model.id}, dictionary ${dictionary.id}, block ${dictionary.layer} (from 0)`,
    // Whoever has the picture has not the changes that were beside it.
    ...(changed ? ['Of the model as it is: no component is switched off or scaled.'] : []),
    ...(elsewhere === null ? [] : [elsewhere]),
    ...map.notes,
    `Clipsight, key ${study.key}`,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-where': WhereView;
  }
}
