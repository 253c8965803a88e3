import { ClipsightError } from '../../../src/shared/errors';
import { type MapState, mapHostProtocol, mapViewProtocol } from '../../../src/shared/mapProtocol';
import { connect } from '../../../src/shared/rpc/connect';
import type { Pipe } from '../../../src/shared/rpc/pipe';
import type { Progress } from '../../../src/shared/rpc/protocol';
import { serve } from '../../../src/shared/rpc/serve';
import { alignmentsOf, attributionsOf, type MapScene, mapOf, mapScenes } from './mapScenes';
import { libraryImages, sha256Of, summaryOf } from './scenes';
import { type ThemeName, themes } from './themes';

/** What a test may ask of the made-up extension, as `window.mapHost`. */
export interface MapTestHost {
  /** Every call of the page but `ready` and `thumbnail`, in order. */
  readonly calls: { readonly method: string; readonly request: unknown }[];
  readonly violations: string[];
  /** While true, every call is refused. */
  refuse: boolean;
  show(change: Partial<MapState>): Promise<void>;
  /** Goes on to the same components in another layout. */
  lay(size: number, layout: 'pca' | 'umap'): Promise<void>;
  progress(progress: Progress | null): Promise<void>;
  setTheme(name: ThemeName): void;
  state(): MapState;
}

declare global {
  interface Window {
    mapHost: MapTestHost;
  }
}

function setTheme(name: ThemeName): void {
  const { kind, colours } = themes[name];
  document.documentElement.removeAttribute('style');
  for (const [property, value] of Object.entries(colours)) {
    document.documentElement.style.setProperty(`--vscode-${property}`, value);
  }
  document.body.className = kind;
}

const parameters = new URLSearchParams(location.search);
setTheme((parameters.get('theme') ?? 'dark') as ThemeName);
let state: MapState = mapScenes[(parameters.get('scene') ?? 'map') as MapScene];

const fromPage = new Set<(message: unknown) => void>();
const toPage: Pipe = {
  post: (message) => {
    const data = structuredClone(message);
    setTimeout(() => window.dispatchEvent(new MessageEvent('message', { data })));
  },
  onMessage(listener) {
    fromPage.add(listener);
    return () => fromPage.delete(listener);
  },
  onClose: () => () => {},
};
window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    const data = structuredClone(message);
    setTimeout(() => {
      for (const listener of fromPage) listener(data);
    });
  },
});

const host: MapTestHost = {
  calls: [],
  violations: [],
  refuse: false,
  async show(change) {
    state = { ...state, revision: state.revision + 1, ...change };
    await page.show(state);
  },
  async lay(size, layout) {
    await host.show({ map: mapOf(size, layout) });
  },
  async progress(progress) {
    await page.progress({ progress });
  },
  setTheme,
  state: () => state,
};
window.mapHost = host;

document.addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, sourceFile, lineNumber, sample } = event;
  // This side's own zod tries `new Function`; a real host is not under the page's policy.
  if (sourceFile.endsWith('/mapHost.js')) return;
  host.violations.push(`${violatedDirective} ${sourceFile}:${lineNumber} ${sample}`);
});

function record(method: string, request: unknown): undefined {
  host.calls.push({ method, request });
  if (host.refuse) throw new ClipsightError('internal', `The host refused ${method}.`, 'Ask it kindly.');
}

const page = connect(toPage, 'map-view', mapViewProtocol).remote;
serve(toPage, 'map-host', mapHostProtocol, {
  ready: () => state,
  select: (request) => {
    record('select', request);
    void host.show({ selected: request.component });
  },
  summarise: async (request) => {
    record('summarise', request);
    await new Promise((resolve) => setTimeout(resolve, 30));
    return request.components.map(summaryOf);
  },
  thumbnail: ({ sha256 }) => {
    const name = libraryImages.find((_, index) => sha256Of(index) === sha256);
    const encoded = name === undefined ? undefined : window.pictures[name];
    if (encoded === undefined) throw new ClipsightError('image', 'There is no such picture any more.');
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return { bytes, mime: 'image/jpeg', width: 192, height: 192 };
  },
  setColour: (colour) => {
    record('setColour', colour);
    const { map } = state;
    void host.show({ colour, values: null });
    if (map === null || colour.kind === 'firing-rate') return;
    const values = colour.kind === 'alignment' ? alignmentsOf : attributionsOf;
    setTimeout(() => void host.show({ values: values(map, colour.prompt) }), 60);
  },
  retry: (request) => record('retry', request),
});
