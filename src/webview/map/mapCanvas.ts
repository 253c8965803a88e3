import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { emit } from '../components/events';
import { theme } from '../components/theme';
import { hex, type Rgb } from './colour';
import { inside, nearest, nextToward, type Places } from './findPoints';
import { type Box, type Labelled, type PlacedLabel, placeLabels } from './labelPlacement';
import { between, carriedOver } from './movement';
import type { Palette } from './palette';
import { drawDiscs } from './raster';
import {
  fitted,
  onScreen,
  type Point,
  panned,
  resized,
  revealing,
  type Size,
  type Viewport,
  zoomed,
  zoomOf,
} from './viewport';

/** Points of a layout. */
export interface Layout extends Places {
  readonly components: Int32Array;
  readonly names: readonly string[];
}

/** How points look; by their number in the layout. */
export interface Look {
  /** Numbers of `colours`; the last colour is that of what has no value. */
  readonly shades: Uint8Array;
  readonly colours: readonly Rgb[];
  /** In CSS pixels where all of the map is seen. */
  readonly radii: Float32Array;
  /** All points, the most prominent first. */
  readonly prominence: Uint32Array;
}

/** A point that is pointed at, and where it is drawn, in CSS pixels of this element. */
export interface Pointed {
  readonly point: number;
  readonly x: number;
  readonly y: number;
}

/** How far from a point one may point at it, in CSS pixels. */
const reach = 14;
/** A press that moves less is a click. */
const clickSlack = 4;
const moveTime = 700;
const keyZoom = 1.4;
const keyPan = 60;
const longestLabel = 28;

/**
 * The points, and all that is done to them with pointer and keys. Emits `point-hover` (Pointed or null), `point-select`
 * (a point), `points-lasso` (points), `lasso-clear` and `point-describe` (the point that the keys have reached).
 */
@customElement('clipsight-map-canvas')
export class MapCanvas extends LitElement {
  static override styles = [
    theme,
    css`
      :host {
        position: relative;
        overflow: hidden;
        background: var(--vscode-editor-background);
        color: var(--vscode-foreground);
        touch-action: none;
        user-select: none;
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        forced-color-adjust: none;
      }
      .surface {
        position: absolute;
        inset: 0;
        outline: none;
        cursor: grab;
      }
      .surface.over-point {
        cursor: pointer;
      }
      .surface.moving {
        cursor: grabbing;
      }
      .surface.lasso {
        cursor: crosshair;
      }
      .surface:focus-visible {
        outline: 1px solid var(--focus);
        outline-offset: -1px;
      }
    `,
  ];

  @property({ attribute: false }) layout: Layout | null = null;
  @property({ attribute: false }) look: Look | null = null;
  @property({ attribute: false }) palette: Palette | null = null;
  /** 1 for each point that is looked for; the others then stand back. */
  @property({ attribute: false }) emphasis: Uint8Array | null = null;
  @property({ attribute: false }) selected: number | null = null;
  /** Pointed at elsewhere, in a list say. */
  @property({ attribute: false }) pointed: number | null = null;
  /** Whether dragging draws a lasso. */
  @property({ type: Boolean }) lassoing = false;
  @property() label = '';
  /** What lies over a part of the map: no label is drawn below it. In CSS pixels of this element. */
  covered: readonly Box[] = [];

  @query('.points') private readonly points!: HTMLCanvasElement;
  @query('.overlay') private readonly overlay!: HTMLCanvasElement;
  @query('.surface') private readonly surface!: HTMLElement;

  private size: Size = { width: 0, height: 0 };
  private viewport: Viewport | null = null;
  /** Where the points are drawn: on their way, while they move. */
  private places: Places = { x: new Float32Array(), y: new Float32Array() };
  private move: { readonly from: Places; readonly to: Places; readonly start: number } | null = null;
  private drag: { readonly start: Point; last: Point; moved: boolean; outline: Point[] | null } | null = null;
  private hovered: number | null = null;
  private frame = 0;
  private pixels: ImageData | null = null;
  private readonly widths = new Map<string, number>();
  private readonly sizes = new ResizeObserver(() => this.measure());
  private readonly rescaled = () => this.invalidate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
    window.addEventListener('resize', this.rescaled);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    window.removeEventListener('resize', this.rescaled);
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  override render(): TemplateResult {
    return html`<canvas class="points" aria-hidden="true"></canvas>
      <canvas class="overlay" aria-hidden="true"></canvas>
      <div
        class="surface ${this.lassoing ? 'lasso' : ''}"
        role="application"
        tabindex="0"
        aria-label=${this.label}
        aria-describedby="keys"
        @pointerdown=${this.onDown}
        @pointermove=${this.onMove}
        @pointerup=${this.onUp}
        @pointercancel=${this.onUp}
        @pointerleave=${() => this.hover(null)}
        @dblclick=${this.fit}
        @keydown=${this.onKey}
      ></div>
      <div id="keys" class="unseen">
        Arrow keys go to the next component that way, Enter selects it. Plus and minus zoom, 0 shows all, Shift and an
        arrow key moves the map, Escape leaves a lasso.
      </div>`;
  }

  protected override firstUpdated(): void {
    // Lit would listen passively, and the page would scroll.
    this.surface.addEventListener('wheel', this.onWheel, { passive: false });
    this.measure();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('layout')) this.take((changed.get('layout') as Layout | null | undefined) ?? null);
  }

  protected override updated(): void {
    this.invalidate();
  }

  /** Shows all of the map. */
  readonly fit = (): void => {
    this.show(fitted(this.size));
  };

  /** Zooms around the point that is pointed at or selected, where one can be seen, else around the middle. */
  zoom(factor: number): void {
    const { hovered, size, viewport } = this;
    if (viewport === null) return;
    this.show(zoomed(viewport, factor, this.inSight(hovered ?? this.selected) ?? middleOf(size), size));
    this.hover(hovered);
  }

  /** Where a point is drawn, if it can be seen. */
  private inSight(point: number | null): Point | null {
    const place = point === null ? null : this.placeOf(point);
    if (place === null) return null;
    const { width, height } = this.size;
    return place.x >= 0 && place.y >= 0 && place.x <= width && place.y <= height ? place : null;
  }

  /** Where a point is drawn, in CSS pixels of this element. */
  placeOf(point: number): Point | null {
    const { x, y } = this.places;
    if (this.viewport === null || point >= x.length) return null;
    return onScreen(this.viewport, { x: x[point]!, y: y[point]! });
  }

  /** Brings a point into sight. */
  reveal(point: number): void {
    const { x, y } = this.places;
    if (this.viewport === null || point >= x.length) return;
    this.show(revealing(this.viewport, { x: x[point]!, y: y[point]! }, this.size));
  }

  private show(viewport: Viewport): void {
    this.viewport = viewport;
    this.hover(null);
    this.invalidate();
  }

  private take(before: Layout | null): void {
    const { layout } = this;
    this.hovered = null;
    this.move = null;
    if (layout === null) {
      this.places = { x: new Float32Array(), y: new Float32Array() };
      return;
    }
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (before === null || still || before.components.length === 0) {
      this.places = layout;
      return;
    }
    const from = carriedOver({ ...this.places, components: before.components }, layout);
    this.places = from;
    this.move = { from, to: layout, start: performance.now() };
  }

  private measure(): void {
    const { width, height } = this.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    const [before, size] = [this.size, { width, height }];
    if (before.width === width && before.height === height) return;
    this.size = size;
    this.viewport =
      this.viewport === null || before.width === 0 ? fitted(size) : resized(this.viewport, before, size);
    this.draw();
  }

  private invalidate(): void {
    if (this.frame !== 0 || !this.isConnected) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      if (this.move !== null) {
        const { from, to, start } = this.move;
        const share = Math.max(0, (now - start) / moveTime);
        this.places = share >= 1 ? to : between(from, to, share);
        if (share >= 1) this.move = null;
      }
      this.draw();
      if (this.move !== null) this.invalidate();
    });
  }

  private draw(): void {
    const { viewport, palette, look, layout, points, overlay, size } = this;
    if (viewport === null || palette === null || points === null) return;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    for (const canvas of [points, overlay]) {
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
    const ready = look !== null && layout !== null && look.shades.length === this.places.x.length;
    const screen = this.screen(viewport);
    this.drawPoints(screen, ready ? look : null, palette, ratio);
    this.drawOverlay(screen, ready ? look : null, palette, ratio);
  }

  private screen({ scale, left, top }: Viewport): Places {
    return { x: this.places.x.map((x) => left + x * scale), y: this.places.y.map((y) => top - y * scale) };
  }

  private drawPoints(screen: Places, look: Look | null, palette: Palette, ratio: number): void {
    const context = this.points.getContext('2d', { alpha: false });
    const { width, height } = this.points;
    if (context === null || width === 0 || height === 0) return;
    if (this.pixels?.width !== width || this.pixels.height !== height) {
      this.pixels = context.createImageData(width, height);
    }
    const { pixels } = this;
    const discs =
      look === null
        ? {
            x: new Float32Array(),
            y: new Float32Array(),
            radii: new Float32Array(),
            shades: new Uint8Array(),
            order: new Uint32Array(),
          }
        : {
            x: screen.x.map((x) => x * ratio),
            y: screen.y.map((y) => y * ratio),
            ...this.emphasised(look, this.growth * ratio),
          };
    drawDiscs(pixels.data, width, height, palette.background, look?.colours ?? [], discs);
    context.putImageData(pixels, 0, 0);
  }

  /** Points grow a little as one comes nearer. */
  private get growth(): number {
    const zoom = this.viewport === null ? 1 : zoomOf(this.viewport, this.size);
    return Math.min(3, Math.max(0.8, zoom ** 0.35));
  }

  /** The most prominent are drawn last, over the others; those that stand back lie below all. */
  private emphasised(
    { shades, radii, prominence, colours }: Look,
    growth: number,
  ): { readonly shades: Uint8Array; readonly radii: Float32Array; readonly order: Uint32Array } {
    const { emphasis } = this;
    const grown = radii.map((radius) => radius * growth);
    const order = prominence.slice().reverse();
    if (emphasis === null) return { shades, radii: grown, order };
    const quiet = colours.length - 1;
    return {
      shades: shades.map((shade, i) => (emphasis[i] ? shade : quiet)),
      radii: grown.map((radius, i) => (emphasis[i] ? radius * 1.25 : radius * 0.75)),
      order: Uint32Array.from([...order.filter((i) => !emphasis[i]), ...order.filter((i) => emphasis[i])]),
    };
  }

  private drawOverlay(screen: Places, look: Look | null, palette: Palette, ratio: number): void {
    const context = this.overlay.getContext('2d');
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    if (look !== null && this.move === null) this.drawLabels(context, screen, look, palette);
    if (look !== null) {
      this.ring(context, screen, look, this.selected, hex(palette.focus), palette);
      this.ring(context, screen, look, this.hovered ?? this.pointed, hex(palette.foreground), palette);
    }
    const outline = this.drag?.outline;
    if (outline) drawOutline(context, outline, palette);
  }

  private ring(
    context: CanvasRenderingContext2D,
    { x, y }: Places,
    { radii }: Look,
    point: number | null,
    colour: string,
    palette: Palette,
  ): void {
    if (point === null || point >= x.length) return;
    const radius = radii[point]! * this.growth + 3;
    for (const [width, style] of [
      [5, hex(palette.background)],
      [2, colour],
    ] as const) {
      context.beginPath();
      context.arc(x[point]!, y[point]!, radius, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke();
    }
  }

  private drawLabels(context: CanvasRenderingContext2D, screen: Places, look: Look, palette: Palette): void {
    const style = getComputedStyle(this);
    const px = Number.parseFloat(style.fontSize) || 13;
    context.font = `${px - 1}px ${style.fontFamily}`;
    context.textBaseline = 'middle';
    const widthOf = (text: string) => {
      const known = this.widths.get(text) ?? context.measureText(text).width;
      this.widths.set(text, known);
      return known;
    };
    const line = px + 2;
    for (const { text, left, top } of this.placed(screen, look, widthOf, line)) {
      context.lineWidth = 4;
      context.lineJoin = 'round';
      context.strokeStyle = hex(palette.background);
      context.strokeText(text, left, top + line / 2);
      context.fillStyle = hex(palette.foreground);
      context.fillText(text, left, top + line / 2);
    }
  }

  private placed(screen: Places, look: Look, widthOf: (text: string) => number, line: number): PlacedLabel[] {
    const { size, viewport } = this;
    const zoom = viewport === null ? 1 : zoomOf(viewport, size);
    const room = Math.floor((size.width * size.height) / 9000);
    const most = Math.min(120, Math.round(room * Math.min(1, 0.2 + 0.25 * Math.max(0, zoom - 0.5))));
    return placeLabels(this.candidates(screen, look), widthOf, line, size, {
      most: Math.max(4, most),
      taken: this.covered,
    });
  }

  /** What may have a label: what is pointed at and selected, then the most prominent first. */
  private *candidates({ x, y }: Places, look: Look): Generator<Labelled> {
    const { selected, hovered, pointed, emphasis, layout, size, growth } = this;
    const labelled = (point: number): Labelled | null => {
      const name = layout?.names[point] ?? '';
      if (name === '') return null;
      const text = name.length > longestLabel ? `${name.slice(0, longestLabel - 1)}…` : name;
      const ringed = point === hovered || point === pointed || point === selected;
      const radius = look.radii[point]! * growth + (ringed ? 4 : 0);
      return { point, text, x: x[point]!, y: y[point]!, radius };
    };
    for (const point of new Set([hovered, pointed, selected])) {
      const first = point === null || point >= x.length ? null : labelled(point);
      if (first !== null) yield first;
    }
    for (const point of look.prominence) {
      const [px, py] = [x[point]!, y[point]!];
      if (px < 0 || py < 0 || px > size.width || py > size.height) continue;
      if (emphasis !== null && !emphasis[point]) continue;
      const next = labelled(point);
      if (next !== null) yield next;
    }
  }

  private hover(point: number | null): void {
    if (point === this.hovered) return;
    this.hovered = point;
    this.surface.classList.toggle('over-point', point !== null && !this.lassoing);
    const place = point === null ? null : this.placeOf(point);
    emit<Pointed | null>(this, 'point-hover', point === null || place === null ? null : { point, ...place });
    this.invalidate();
  }

  private at(event: MouseEvent): Point {
    const { left, top } = this.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private found(at: Point): number | null {
    return this.viewport === null ? null : nearest(this.screen(this.viewport), at, reach);
  }

  private readonly onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const at = this.at(event);
    const lasso = this.lassoing || event.shiftKey;
    this.drag = { start: at, last: at, moved: false, outline: lasso ? [at] : null };
    this.surface.setPointerCapture(event.pointerId);
  };

  private readonly onMove = (event: PointerEvent): void => {
    const at = this.at(event);
    const { drag } = this;
    if (drag === null) {
      this.hover(this.found(at));
      return;
    }
    if (!drag.moved && Math.hypot(at.x - drag.start.x, at.y - drag.start.y) < clickSlack) return;
    drag.moved = true;
    this.hover(null);
    if (drag.outline !== null) drag.outline.push(at);
    else if (this.viewport !== null) {
      this.surface.classList.add('moving');
      this.viewport = panned(this.viewport, at.x - drag.last.x, at.y - drag.last.y, this.size);
    }
    drag.last = at;
    this.invalidate();
  };

  private readonly onUp = (event: PointerEvent): void => {
    const { drag } = this;
    this.drag = null;
    this.surface.classList.remove('moving');
    if (drag === null || event.type === 'pointercancel') return;
    if (!drag.moved) {
      const point = this.found(drag.start);
      if (point !== null) emit(this, 'point-select', point);
      else if (drag.outline !== null) emit(this, 'lasso-clear', null);
    } else if (drag.outline !== null && this.viewport !== null) {
      emit(this, 'points-lasso', inside(this.screen(this.viewport), drag.outline));
    }
    this.invalidate();
  };

  private readonly onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (this.viewport === null) return;
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A pinch comes as a wheel with Ctrl, in small steps.
    const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016));
    this.show(zoomed(this.viewport, factor, this.at(event), this.size));
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || this.viewport === null) return;
    const toward = {
      ArrowLeft: { x: -1, y: 0 },
      ArrowRight: { x: 1, y: 0 },
      ArrowUp: { x: 0, y: 1 },
      ArrowDown: { x: 0, y: -1 },
    }[event.key];
    const { key } = event;
    if (toward !== undefined && event.shiftKey) {
      this.show(panned(this.viewport, -toward.x * keyPan, toward.y * keyPan, this.size));
    } else if (toward !== undefined) this.step(toward);
    else if (key === '+' || key === '=') this.zoom(keyZoom);
    else if (key === '-') this.zoom(1 / keyZoom);
    else if (key === '0') this.fit();
    else if (key === 'Escape') emit(this, 'lasso-clear', null);
    else if (key === 'Enter' || key === ' ') {
      if (this.hovered !== null) emit(this, 'point-select', this.hovered);
    } else return;
    event.preventDefault();
  };

  /** From the point that the keys are at, else from the selected one, else to the one nearest to the middle. */
  private step(toward: Point): void {
    const from = this.hovered ?? this.selected;
    const next =
      from === null
        ? this.viewport && nearest(this.screen(this.viewport), middleOf(this.size), Number.POSITIVE_INFINITY)
        : nextToward(this.places, from, toward);
    if (next === null) return;
    this.reveal(next);
    this.hover(next);
    emit(this, 'point-describe', next);
  }
}

function middleOf({ width, height }: Size): Point {
  return { x: width / 2, y: height / 2 };
}

function drawOutline(context: CanvasRenderingContext2D, outline: readonly Point[], palette: Palette): void {
  context.beginPath();
  outline.forEach(({ x, y }, i) => {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  context.closePath();
  context.globalAlpha = 0.15;
  context.fillStyle = hex(palette.focus);
  context.fill('evenodd');
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.setLineDash([5, 3]);
  context.strokeStyle = hex(palette.focus);
  context.stroke();
  context.setLineDash([]);
}

declare global {
  interface HTMLElementTagNameMap {
    'clipsight-map-canvas': MapCanvas;
  }
}
