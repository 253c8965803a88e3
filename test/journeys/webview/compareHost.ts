import {
  type CompareState,
  compareHostProtocol,
  compareViewProtocol,
} from '../../../src/shared/compareProtocol';
import { ClipsightError } from '../../../src/shared/errors';
import { connect } from '../../../src/shared/rpc/connect';
import type { Pipe } from '../../../src/shared/rpc/pipe';
import { serve } from '../../../src/shared/rpc/serve';
import { type CompareScene, columnOf, compareScenes, computed, differenceOf } from './compareScenes';
import { libraryImages, sha256Of } from './scenes';
import { type ThemeName, themes } from './themes';

/** What a test may ask of the made-up extension, as `window.compareHost`. */
export interface CompareTestHost {
  /** Every call of the page but `ready` and those for pictures, in order. */
  readonly calls: { readonly method: string; readonly request: unknown }[];
  readonly violations: string[];
  /** While true, every call is refused. */
  refuse: boolean;
  show(change: Partial<CompareState>): Promise<void>;
  setTheme(name: ThemeName): void;
  state(): CompareState;
}

declare global {
  interface Window {
    compareHost: CompareTestHost;
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
let state: CompareState = compareScenes[(parameters.get('scene') ?? 'five') as CompareScene];

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
let memory: unknown;
window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    const data = structuredClone(message);
    setTimeout(() => {
      for (const listener of fromPage) listener(data);
    });
  },
  getState: () => memory,
  setState: (kept: unknown) => {
    memory = kept;
  },
});

const host: CompareTestHost = {
  calls: [],
  violations: [],
  refuse: false,
  async show(change) {
    state = { ...state, revision: state.revision + 1, ...change };
    await page.show(state);
  },
  setTheme,
  state: () => state,
};
window.compareHost = host;

document.addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, sourceFile, lineNumber, sample } = event;
  // This side's own zod tries `new Function`; a real host is not under the page's policy.
  if (sourceFile.endsWith('/compareHost.js')) return;
  host.violations.push(`${violatedDirective} ${sourceFile}:${lineNumber} ${sample}`);
});

function record(method: string, request: unknown): undefined {
  host.calls.push({ method, request });
  if (host.refuse) throw new ClipsightError('internal', `The host refused ${method}.`, 'Ask it kindly.');
}

/** Other columns, with the numbers that go with them. */
function compare(columns: CompareState['columns'], change: Partial<CompareState> = {}): void {
  const { pair } = state;
  const numbers = computed(columns, state.images);
  const kept = pair?.chosen === true ? { pair } : {};
  void host.show({ columns, ...numbers, ...kept, ...change });
}

function picture(name: string | undefined) {
  const encoded = name === undefined ? undefined : window.pictures[name];
  if (encoded === undefined) throw new ClipsightError('image', 'There is no such picture any more.');
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  return { bytes, mime: 'image/jpeg', width: 192, height: 192 };
}

const nextId = () => Math.max(0, ...state.columns.map(({ id }) => id)) + 1;
const withText = (id: number, text: string) =>
  state.columns.map((column) => (column.id === id ? columnOf(text, id, { place: column.place }) : column));

const page = connect(toPage, 'compare-view', compareViewProtocol).remote;
serve(toPage, 'compare-host', compareHostProtocol, {
  ready: () => state,
  cancel: (request) => record('cancel', request),
  retry: (request) => record('retry', request),
  acceptPoor: (request) => record('acceptPoor', request),
  showLogs: (request) => record('showLogs', request),
  rewrite: async (request) => {
    record('rewrite', request);
    const before = state.columns.find(({ id }) => id === request.column)!;
    if (request.before !== before.text) {
      throw new ClipsightError('prompt', `It now says “${before.text}”. Nothing was written.`);
    }
    if (request.text.includes('"')) {
      throw new ClipsightError(
        'prompt',
        `“${request.text}” cannot be written as the kind of string that stands in zeroshot/prompts.py.`,
        'Open it in the editor, and change how it is quoted.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    compare(withText(request.column, request.text), {
      undo: before.place === null ? state.undo : { file: before.place.file, text: before.text },
    });
  },
  tryText: (request) => {
    record('tryText', request);
    const at = state.columns.findIndex(({ id }) => id === request.column);
    const draft = columnOf(request.text, nextId(), { draftOf: request.column, place: null });
    compare([...state.columns.slice(0, at + 1), draft, ...state.columns.slice(at + 1)]);
  },
  writeDraft: (request) => {
    record('writeDraft', request);
    const draft = state.columns.find(({ id }) => id === request.column)!;
    compare(withText(draft.draftOf!, draft.text).filter(({ id }) => id !== draft.id));
  },
  undo: (request) => {
    record('undo', request);
    void host.show({ undo: null });
  },
  addText: (request) => {
    record('addText', request);
    compare([...state.columns, columnOf(request.text, nextId(), { place: null })]);
  },
  pickPrompts: (request) => record('pickPrompts', request),
  pickColumns: (request) => record('pickColumns', request),
  removeColumn: (request) => {
    record('removeColumn', request);
    compare(state.columns.filter(({ id }) => id !== request.column));
  },
  openPlace: (request) => record('openPlace', request),
  setTemplate: (request) => {
    record('setTemplate', request);
    void host.show({ templates: { ...state.templates!, chosen: request.template } });
  },
  setClass: (request) => record('setClass', request),
  setPair: (request) => {
    record('setPair', request);
    const named = (id: number) => state.columns.find((column) => column.id === id)!.direction;
    const { of, against } = request;
    const difference = differenceOf(named(of), named(against), state.images, state.scores!.failures);
    void host.show({ pair: { ...request, chosen: true }, difference });
  },
  chooseImages: (request) => record('chooseImages', request),
  preview: ({ image }) => picture(state.images[image]),
  openImage: (request) => record('openImage', request),
  wantComponents: (request) => record('wantComponents', request),
  inspect: (request) => record('inspect', request),
  indexImages: (request) => record('indexImages', request),
  thumbnail: ({ sha256 }) => picture(libraryImages.find((_, index) => sha256Of(index) === sha256)),
  exportResults: (request) => record('exportResults', request),
});
