import type { ImageAnalysis } from '../../shared/analysis';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError, hasCode, toErrorInfo } from '../../shared/errors';
import type { ComponentMap, ComponentSummary, LibraryRequest, Vocabulary } from '../../shared/library';
import type { MapColour, MapState } from '../../shared/mapProtocol';
import type { Progress, Remote } from '../../shared/rpc/protocol';

/** What the map asks of the engine. */
export type MapEngine = Pick<
  Remote<EngineProtocol>,
  'mapComponents' | 'alignments' | 'summarise' | 'thumbnail'
>;

/** Which library and study the map is of, and by which texts its components are named. */
export interface MapSubject {
  readonly request: LibraryRequest;
  readonly vocabulary: Vocabulary;
  /** AnalysisKey of the study that the library was read for. */
  readonly study: string;
}

/** What an image gave that attributions can be shown of, one direction per prompt. */
export interface MapAnalysis {
  /** Path relative to the workspace, for people. */
  readonly name: string;
  readonly prompts: readonly string[];
  readonly analysis: ImageAnalysis;
}

export interface MapSources {
  /** Asked for with every question. */
  readonly engine: () => MapEngine;
  /** Rejects with a ClipsightError where there is nothing to map. */
  readonly subject: () => Promise<MapSubject>;
  readonly prompts: () => readonly string[];
  /** The image of the panel that was used last, once it is computed; null where there is none. */
  readonly analysis: () => MapAnalysis | null;
  /** The component in the inspector. */
  readonly selected: () => number | null;
  readonly select: (component: number) => void;
  /** Told the AnalysisKey of an answer that is of another study than the subject. */
  readonly answeredFor: (study: string) => void;
}

/** Who is told of what the map is now; progress comes often, so it comes alone. */
export interface MapListener {
  readonly onState: () => void;
  readonly onProgress: (progress: Progress | null) => void;
}

/** What happens while the map is laid out a second time. */
const stages = { pca: 'Laying out', umap: 'UMAP' } as const;

/**
 * The state of the map and the questions that fill it. Every change of what it is of makes the answers under way
 * outdated: they are cancelled, and dropped if they come.
 */
export class MapHost {
  private current: MapState;
  /** What the map shown was asked with; null before there is one. */
  private subject: MapSubject | null = null;
  /** The text of the prompt that the colour is about: prompts come and go, numbers change. */
  private text: string | null = null;
  private laying = new AbortController();
  private colouring = new AbortController();
  /** Alignments of the components of the map shown, by text. */
  private aligned = new Map<string, Float32Array>();

  constructor(
    private readonly sources: MapSources,
    private readonly listener: MapListener,
  ) {
    this.current = {
      revision: 0,
      map: null,
      prompts: [...sources.prompts()],
      image: sources.analysis()?.name ?? null,
      colour: { kind: 'firing-rate' },
      values: null,
      selected: sources.selected(),
      progress: null,
      error: null,
    };
    void this.load();
  }

  get state(): MapState {
    return this.current;
  }

  /** The library, the study or what components are called has changed: everything is asked for again. */
  async load(): Promise<void> {
    this.laying.abort();
    const laying = new AbortController();
    this.laying = laying;
    const isCurrent = () => this.laying === laying && !laying.signal.aborted;
    this.change({ error: null });
    try {
      const subject = await this.sources.subject();
      for (const layout of ['pca', 'umap'] as const) {
        if (!isCurrent()) return;
        this.progress({ stage: stages[layout], done: 0, total: 0 });
        const map = await this.sources.engine().mapComponents(
          { ...subject.request, vocabulary: subject.vocabulary, layout },
          {
            signal: laying.signal,
            onProgress: (progress) => {
              if (isCurrent()) this.progress(progress);
            },
          },
        );
        if (!isCurrent()) return;
        this.demandStudy(map.grounds.key, subject);
        this.subject = subject;
        const last = layout === 'umap' || map.components.length === 0;
        this.take(map, last);
        if (last) return;
      }
    } catch (thrown) {
      if (!isCurrent() || hasCode(thrown, 'cancelled')) return;
      // A layout that was there before stays: what went wrong stands above it.
      this.change({ error: toErrorInfo(thrown), progress: null });
    }
  }

  /** The prompts have changed. The colour stays with its text; where that is gone it is the firing rate's again. */
  promptsChanged(): void {
    const prompts = [...this.sources.prompts()];
    const { colour } = this.current;
    const at = this.text === null ? -1 : prompts.indexOf(this.text);
    if (colour.kind === 'firing-rate') this.change({ prompts });
    else if (at < 0) this.recolour({ kind: 'firing-rate' }, { prompts });
    // Values are by text and stay; only their number has changed.
    else this.change({ prompts, colour: { kind: colour.kind, prompt: at } });
  }

  /** Another image is looked at, or the same one was computed again. */
  analysisChanged(): void {
    const image = this.sources.analysis()?.name ?? null;
    const { colour } = this.current;
    if (colour.kind !== 'attribution') this.change({ image });
    else this.recolour(image === null ? { kind: 'firing-rate' } : colour, { image });
  }

  selectionChanged(): void {
    const selected = this.sources.selected();
    if (selected !== this.current.selected) this.change({ selected });
  }

  /** @throws ClipsightError 'protocol' where there is no such prompt */
  setColour(colour: MapColour): void {
    if (colour.kind !== 'firing-rate' && this.current.prompts[colour.prompt] === undefined) {
      throw new ClipsightError('protocol', `The map has no prompt ${colour.prompt}.`);
    }
    this.recolour(colour, {});
  }

  select(component: number): void {
    this.sources.select(component);
    // Shown at once; the inspector says the same when it has followed.
    this.change({ selected: component });
  }

  async summarise(components: readonly number[], signal: AbortSignal): Promise<ComponentSummary[]> {
    if (this.subject === null) return [];
    const { subject } = this;
    const { request, vocabulary } = subject;
    const known = await this.sources
      .engine()
      .summarise({ ...request, vocabulary, components: [...components] }, { signal });
    this.demandStudy(known.grounds.key, subject);
    return known.components;
  }

  /** @throws ClipsightError 'image' where there is no map to have pictures of */
  thumbnail(sha256: string, size: number, signal: AbortSignal): ReturnType<MapEngine['thumbnail']> {
    if (this.subject === null) throw new ClipsightError('image', `There is no picture ${sha256}.`);
    const { library } = this.subject.request;
    return this.sources.engine().thumbnail({ library, sha256, size }, { signal });
  }

  dispose(): void {
    this.laying.abort();
    this.colouring.abort();
  }

  private take(map: ComponentMap, final: boolean): void {
    const same = this.current.map !== null && sameNumbers(map.components, this.current.map.components);
    const progress = final ? null : this.current.progress;
    // UMAP has the components of PCA, as long as nobody wrote to the library in between: their values stay.
    if (same && final) {
      this.change({ map, progress });
      return;
    }
    this.aligned = new Map();
    this.recolour(this.current.colour, { map, progress });
  }

  /** Shows a colour, with its values as soon as they are there. */
  private recolour(colour: MapColour, change: Partial<MapState>): void {
    this.colouring.abort();
    this.colouring = new AbortController();
    const state = { ...this.current, ...change };
    this.text = colour.kind === 'firing-rate' ? null : (state.prompts[colour.prompt] ?? null);
    const { map } = state;
    switch (colour.kind) {
      case 'firing-rate':
        this.change({ ...change, colour, values: null });
        return;
      case 'attribution':
        this.change({ ...change, colour, values: map && this.attributions(map, this.text) });
        return;
      case 'alignment': {
        const known = this.text === null ? undefined : this.aligned.get(this.text);
        this.change({ ...change, colour, values: known ?? null });
        if (known === undefined && map !== null && this.text !== null) {
          void this.align(map, this.text, this.colouring.signal);
        }
      }
    }
  }

  private async align(map: ComponentMap, text: string, signal: AbortSignal): Promise<void> {
    const { subject } = this;
    if (subject === null) return;
    try {
      const answer = await this.sources.engine().alignments({ ...subject.request, text }, { signal });
      if (signal.aborted) return;
      this.demandStudy(answer.key, subject);
      const values = placed(map.components, answer.components, answer.alignments);
      this.aligned.set(text, values);
      this.change({ values });
    } catch (thrown) {
      if (!signal.aborted) this.change({ error: toErrorInfo(thrown) });
    }
  }

  /** Throws at numbers of another study: its components are others, and nothing of them may stand in this map. */
  private demandStudy(key: string, { study }: MapSubject): void {
    if (key === study) return;
    this.sources.answeredFor(key);
    throw new ClipsightError(
      'checkpoint',
      'The model or the dictionary has changed on disk since the library was looked at.',
      'Open the map again when the files are complete.',
    );
  }

  /** Attributions of the components of the map; not a number where one is not active or the prompt was not computed. */
  private attributions({ components }: ComponentMap, text: string | null): Float32Array {
    const of = this.sources.analysis();
    const direction =
      of === null || text === null ? undefined : of.analysis.directions[of.prompts.indexOf(text)];
    if (of === null || direction === undefined) return new Float32Array(components.length).fill(Number.NaN);
    return placed(components, of.analysis.latents, direction.attributions);
  }

  private change(change: Partial<MapState>): void {
    this.current = { ...this.current, ...change, revision: this.current.revision + 1 };
    this.listener.onState();
  }

  /** Kept in the state for a page that comes up later, and told without sending the state. */
  private progress(progress: Progress): void {
    this.current = { ...this.current, progress };
    this.listener.onProgress(progress);
  }
}

/** The values in the order of other components; not a number where there is none. */
function placed(components: Int32Array, of: Int32Array, values: Float32Array): Float32Array {
  const at = new Map(Array.from(of, (component, i) => [component, i]));
  return Float32Array.from(components, (component) => {
    const known = at.get(component);
    return known === undefined ? Number.NaN : values[known]!;
  });
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
