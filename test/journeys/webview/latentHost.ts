import { ClipsightError } from '../../../src/shared/errors';
import {
  type InspectorState,
  inspectorHostProtocol,
  inspectorViewProtocol,
} from '../../../src/shared/inspectorProtocol';
import type { ComponentCard } from '../../../src/shared/library';
import { connect } from '../../../src/shared/rpc/connect';
import type { Pipe } from '../../../src/shared/rpc/pipe';
import { serve } from '../../../src/shared/rpc/serve';
import { cardOf, pictureOf, type SceneName, samplesOf, scenes, summaryOf, unreadable } from './latentScenes';
import { type ThemeName, themes } from './themes';

/** What a test may ask of the made-up extension, as `window.inspectorHost`. */
export interface InspectorTestHost {
  /** Every call of the view but `ready` and those for pictures, in order. */
  readonly calls: { readonly method: string; readonly request: unknown }[];
  readonly violations: string[];
  /** While true, components are not looked up. */
  hold: boolean;
  /** While true, every call is refused. */
  refuse: boolean;
  /** Sends the next state, or one with a revision of its own, and waits until the view took it. */
  show(change: Partial<InspectorState>): Promise<void>;
  focusSearch(): Promise<void>;
  readonly state: InspectorState;
}

declare global {
  interface Window {
    inspectorHost: InspectorTestHost;
  }
}

/** What VS Code's themes add in a side bar to what a panel shows (Dark Modern, Light Modern, the high contrast ones). */
const sideBar: { readonly [theme in ThemeName]: Readonly<Record<string, string>> } = {
  dark: {
    'sideBar-background': '#181818',
    'sideBar-foreground': '#cccccc',
    'sideBarSectionHeader-border': '#2b2b2b',
    'input-border': '#3c3c3c',
    'inputOption-activeBackground': 'rgba(36, 137, 219, 0.51)',
    'inputOption-activeForeground': '#ffffff',
    'inputOption-activeBorder': '#2488db',
    'editorHoverWidget-background': '#202020',
    'editorWarning-foreground': '#cca700',
    'charts-green': '#89d185',
  },
  light: {
    'sideBar-background': '#f8f8f8',
    'sideBar-foreground': '#3b3b3b',
    'sideBarSectionHeader-border': '#e5e5e5',
    'input-border': '#cecece',
    'inputOption-activeBackground': '#bed6ed',
    'inputOption-activeForeground': '#000000',
    'inputOption-activeBorder': '#005fb8',
    'editorHoverWidget-background': '#f8f8f8',
    'editorWarning-foreground': '#bf8803',
    'charts-green': '#388a34',
  },
  contrast: {
    'sideBar-background': '#000000',
    'sideBar-foreground': '#ffffff',
    'sideBarSectionHeader-border': '#6fc3df',
    'inputOption-activeBackground': 'rgba(0, 0, 0, 0)',
    'inputOption-activeForeground': '#ffffff',
    'inputOption-activeBorder': '#f38518',
    'editorHoverWidget-background': '#0c141f',
    'editorWarning-foreground': '#ffd370',
    'charts-green': '#89d185',
  },
  'contrast-light': {
    'sideBar-background': '#ffffff',
    'sideBar-foreground': '#292929',
    'sideBarSectionHeader-border': '#0f4a85',
    'input-border': '#0f4a85',
    'inputOption-activeBackground': 'rgba(0, 0, 0, 0)',
    'inputOption-activeForeground': '#292929',
    'inputOption-activeBorder': '#006bbd',
    'editorHoverWidget-background': '#ffffff',
    'editorWarning-foreground': '#895503',
    'charts-green': '#374e06',
  },
};

const parameters = new URLSearchParams(location.search);
const themeName = (parameters.get('theme') ?? 'dark') as ThemeName;
for (const [name, value] of Object.entries({ ...themes[themeName].colours, ...sideBar[themeName] })) {
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
}
document.body.classList.add(themes[themeName].kind);

let state: InspectorState = scenes[(parameters.get('scene') ?? 'wolf') as SceneName];

const fromView = new Set<(message: unknown) => void>();
const toView: Pipe = {
  post: (message) => {
    const data = structuredClone(message);
    setTimeout(() => window.dispatchEvent(new MessageEvent('message', { data })));
  },
  onMessage(listener) {
    fromView.add(listener);
    return () => fromView.delete(listener);
  },
  onClose: () => () => {},
};

window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    const data = structuredClone(message);
    setTimeout(() => {
      for (const listener of fromView) listener(data);
    });
  },
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: (value: unknown) => sessionStorage.setItem('state', JSON.stringify(value)),
});

const host: InspectorTestHost = {
  calls: [],
  violations: [],
  hold: false,
  refuse: false,
  async show(change) {
    const next = { ...state, revision: state.revision + 1, ...change };
    if (next.revision > state.revision) state = next;
    await view.show(next);
  },
  focusSearch: () => view.focusSearch({}),
  get state() {
    return state;
  },
};
window.inspectorHost = host;

document.addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, sourceFile, lineNumber, sample } = event;
  // This side's own zod tries `new Function`; a real host is not under the page's policy.
  if (sourceFile.endsWith('/latentHost.js')) return;
  host.violations.push(`${violatedDirective} ${sourceFile}:${lineNumber} ${sample}`);
});

function record(method: string, request: unknown): undefined {
  host.calls.push({ method, request });
  if (host.refuse) throw new ClipsightError('internal', `The host refused ${method}.`, 'Ask it kindly.');
}

const history: number[] = [];
/** What the person wrote, by component. */
const cards = new Map<number, ComponentCard>();
if (state.selection?.card) cards.set(state.selection.component, state.selection.card);

/** Forgets, looks up for a moment, answers: as the extension does. */
function look(component: number, change: Partial<NonNullable<InspectorState['selection']>> = {}): void {
  const order = change.order ?? { kind: 'max' };
  void host.show({
    canGoBack: history.length > 0,
    selection: { component, order, card: null, grounds: null, image: null },
  });
  const { revision } = state;
  const answer = () => {
    if (host.hold) setTimeout(answer, 20);
    else if (state.revision === revision) {
      const card = cards.get(component) ?? cardOf(component);
      cards.set(component, card);
      void host.show({
        selection: {
          component,
          order,
          card: change.card ?? card,
          grounds: {
            key: 'study',
            access: { kind: 'owner' },
            judge: 'emoji-judge',
            images: 215,
            notes: [],
          },
          image: null,
        },
      });
    }
  };
  setTimeout(answer, 60);
}

const view = connect(toView, 'inspector-view', inspectorViewProtocol).remote;
serve(toView, 'inspector-host', inspectorHostProtocol, {
  ready: () => state,
  select: (request) => {
    record('select', request);
    if (state.selection !== null) history.push(state.selection.component);
    look(request.component);
  },
  back: (request) => {
    record('back', request);
    const component = history.pop();
    if (component !== undefined) look(component);
  },
  setOrder: (order) => {
    record('setOrder', order);
    const { selection } = state;
    if (selection === null) return;
    const card = cards.get(selection.component) ?? cardOf(selection.component);
    const samples = samplesOf(20, { relevance: order.kind === 'relevance' }).reverse();
    look(selection.component, { order, card: { ...card, samples } });
  },
  showSamples: (request) => {
    record('showSamples', request);
    const { selection } = state;
    if (!selection?.card) return;
    const samples = samplesOf(Math.min(request.most, selection.card.fired));
    void host.show({ selection: { ...selection, card: { ...selection.card, samples } } });
  },
  thumbnail: async ({ sha256 }) => {
    if (sha256 === unreadable) throw new ClipsightError('image', 'camera_00.jpg is no longer there.');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const name = pictureOf(sha256);
    const bytes = Uint8Array.from(atob(window.pictures[name] ?? ''), (character) => character.charCodeAt(0));
    return { bytes, mime: 'image/jpeg', width: name.includes('wide') ? 576 : 192, height: 192 };
  },
  openImage: (request) => record('openImage', request),
  attributeImage: (request) => record('attributeImage', request),
  annotate: (request) => {
    record('annotate', request);
    const { component, change } = request;
    const before = cards.get(component) ?? cardOf(component);
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const annotation = { ...before.summary.annotation, ...given };
    const card = { ...before, summary: { ...before.summary, annotation } };
    cards.set(component, card);
    const { selection } = state;
    if (selection?.component === component) void host.show({ selection: { ...selection, card } });
  },
  search: (request) => {
    record('search', request);
    const query = request.text;
    void host.show({ search: { query, kind: 'text', hits: null, grounds: null } });
    const answer = () => {
      if (host.hold) setTimeout(answer, 20);
      else if (state.search?.query === query) {
        const hits =
          query === 'xyzzy'
            ? []
            : [3, 17, 42].map((id) => ({ component: summaryOf(id), by: 'meaning' as const, score: 0.2 }));
        void host.show({ search: { query, kind: 'text', hits, grounds: null } });
      }
    };
    setTimeout(answer, 60);
  },
  searchImage: (request) => {
    record('searchImage', request);
    const hits = [{ component: summaryOf(36), by: 'activation' as const, score: 4.11 }];
    void host.show({ search: { query: 'wolf_00.jpg', kind: 'image', hits, grounds: null } });
  },
  clearSearch: (request) => {
    record('clearSearch', request);
    void host.show({ search: null });
  },
  index: (request) => record('index', request),
  pauseIndexing: (request) => record('pauseIndexing', request),
  cancelIndexing: (request) => record('cancelIndexing', request),
  showFailures: (request) => record('showFailures', request),
  openMap: (request) => record('openMap', request),
  chooseJudge: (request) => record('chooseJudge', request),
  retry: (request) => record('retry', request),
  showLogs: (request) => record('showLogs', request),
});
