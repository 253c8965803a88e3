import type { ImageAnalysis } from '../../../src/shared/analysis';
import { ClipsightError } from '../../../src/shared/errors';
import { type PanelState, panelHostProtocol, panelViewProtocol } from '../../../src/shared/panelProtocol';
import { connect } from '../../../src/shared/rpc/connect';
import type { Pipe } from '../../../src/shared/rpc/pipe';
import type { JobContext } from '../../../src/shared/rpc/protocol';
import { serve } from '../../../src/shared/rpc/serve';
import type { StudyInfo } from '../../../src/shared/study';
import { componentsAtOf, faithfulnessOf, mapOf, wordsOf } from './measuredScenes';
import {
  intervened,
  libraryEffect,
  libraryImages,
  measurementOf,
  type SceneName,
  scenes,
  sha256Of,
  study,
  summaryOf,
} from './scenes';
import { type ThemeName, themes } from './themes';

/** What a test may ask of the made-up extension, as `window.host`. */
export interface TestHost {
  /** Every call of the panel but `ready` and those for pictures, in order. */
  readonly calls: { readonly method: string; readonly request: unknown }[];
  readonly violations: string[];
  /** Calls of `intervene` and `measure`, in order: the page makes them of itself. */
  readonly asked: { readonly method: 'intervene' | 'measure'; readonly request: unknown }[];
  /** Milliseconds that each of those takes, and how many were under way at once at most. */
  latency: number;
  most: number;
  /** When the last of `intervene` was answered, by performance.now(). */
  answered: number;
  /** While true, those are refused. */
  refuseNumbers: boolean;
  /** Images that change class by what is applied to the library; negative for a refusal. */
  libraryChanges: number;
  /** While true, the library does not answer. */
  holdApply: boolean;
  /** Calls that were cancelled. */
  cancelled: number;
  /** While true, new prompts are not answered. */
  hold: boolean;
  /** While true, the library says nothing more of components. */
  holdLibrary: boolean;
  /** Pictures of the library that were asked for. */
  thumbnails: number;
  /** While true, what is measured beside the attributions is not answered. */
  holdMeasured: boolean;
  /** Calls for maps, words and faithfulness, in order: the page makes them of itself, some of them. */
  readonly looked: { readonly method: string; readonly request: unknown }[];
  /** Those that were cancelled before they were answered. */
  readonly lookedInVain: string[];
  /** While true, every call is refused. */
  refuse: boolean;
  /** How many blob URLs are held. */
  blobs: number;
  /** What the panel was shown last. */
  readonly state: PanelState;
  /** Sends the next state, or one with a revision of its own, and waits until the panel took it. */
  show(change: Partial<PanelState>): Promise<void>;
}

declare global {
  interface Window {
    host: TestHost;
    pictures: Record<string, string>;
    /** Set before the page loads: the words of a prompt are refused. */
    refuseWords?: boolean;
    acquireVsCodeApi(): unknown;
  }
}

const parameters = new URLSearchParams(location.search);
const theme = themes[(parameters.get('theme') ?? 'dark') as ThemeName];
for (const [name, value] of Object.entries(theme.colours)) {
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
}
document.body.classList.add(theme.kind);

const scene = scenes[(parameters.get('scene') ?? 'wolf') as SceneName];
let state: PanelState = scene.state;

const fromPanel = new Set<(message: unknown) => void>();
const toPanel: Pipe = {
  post: (message) => {
    const data = structuredClone(message);
    setTimeout(() => window.dispatchEvent(new MessageEvent('message', { data })));
  },
  onMessage(listener) {
    fromPanel.add(listener);
    return () => fromPanel.delete(listener);
  },
  onClose: () => () => {},
};

window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    const data = structuredClone(message);
    setTimeout(() => {
      for (const listener of fromPanel) listener(data);
    });
  },
  getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  setState: (value: unknown) => sessionStorage.setItem('state', JSON.stringify(value)),
});

const host: TestHost = {
  calls: [],
  violations: [],
  asked: [],
  latency: Number(parameters.get('latency') ?? 10),
  most: 0,
  answered: 0,
  refuseNumbers: false,
  libraryChanges: 70,
  holdApply: false,
  cancelled: 0,
  hold: false,
  holdLibrary: parameters.has('hold-library'),
  thumbnails: 0,
  holdMeasured: false,
  looked: [],
  lookedInVain: [],
  refuse: false,
  blobs: 0,
  get state() {
    return state;
  },
  async show(change) {
    const next = { ...state, revision: state.revision + 1, ...change };
    if (next.revision > state.revision) state = next;
    await panel.show(next);
  },
};
window.host = host;

document.addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, sourceFile, lineNumber, sample } = event;
  // This side's own zod tries `new Function`; a real host is not under the page's policy.
  if (sourceFile.endsWith('/host.js')) return;
  host.violations.push(`${violatedDirective} ${sourceFile}:${lineNumber} ${sample}`);
});
const { createObjectURL, revokeObjectURL } = URL;
URL.createObjectURL = (blob) => {
  host.blobs += 1;
  return createObjectURL.call(URL, blob);
};
URL.revokeObjectURL = (url) => {
  host.blobs -= 1;
  revokeObjectURL.call(URL, url);
};

function record(method: string, request: unknown): undefined {
  host.calls.push({ method, request });
  if (host.refuse) throw new ClipsightError('internal', `The host refused ${method}.`, 'Ask it kindly.');
}

/** Answers what is asked beside the attributions, in a moment. */
async function measured<Result>(
  method: string,
  request: object,
  { signal, progress }: JobContext,
  answer: (study: StudyInfo) => Result,
): Promise<Result> {
  host.looked.push({ method, request });
  if (host.refuse || (method === 'attributeWords' && window.refuseWords)) {
    throw new ClipsightError('internal', `The host refused ${method}.`, 'Ask it kindly.');
  }
  for (let turn = 1; turn === 1 || host.holdMeasured; turn++) {
    progress({ stage: 'Measuring', done: Math.min(turn, 9), total: 10 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (!signal.aborted) continue;
    host.lookedInVain.push(method);
    throw new ClipsightError('cancelled', 'The computation was cancelled.');
  }
  return answer(state.study ?? study);
}

const nameOf = (image: number) => state.images[image]?.name ?? '';

/** Forgets, computes for a moment, answers: as the extension does. */
function compute(prompts: string[]): void {
  void host.show({
    prompts,
    images: state.images.map(({ name }) => ({ name, outcome: null })),
    study: null,
    progress: prompts.length === 0 ? null : { stage: 'images', done: 0, total: state.images.length },
    error: null,
  });
  if (prompts.length === 0) return;
  const { revision } = state;
  const answer = () => {
    if (host.hold) setTimeout(answer, 20);
    else if (state.revision === revision) {
      const images = state.images.map(({ name }, index) => ({ name, outcome: scene.answer(index, prompts) }));
      void host.show({ images, study: scene.state.study ?? study, progress: null });
    }
  };
  setTimeout(answer, 60);
}

/** Looks up what is asked, in a moment. */
function lookUp(components: readonly number[]): void {
  const answer = () => {
    if (host.holdLibrary) setTimeout(answer, 20);
    else if (state.components !== null) {
      void host.show({ components: { ...state.components, known: components.map(summaryOf) } });
    }
  };
  setTimeout(answer, 60);
}

function pictureOf(sha256: string) {
  const name = libraryImages.find((_, index) => sha256Of(index) === sha256);
  const encoded = name === undefined ? undefined : window.pictures[name];
  if (encoded === undefined) throw new ClipsightError('image', 'The file images/gone.jpg is gone.');
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  return { bytes, mime: 'image/jpeg', width: 192, height: 192 };
}

let underWay = 0;

/** After the host's latency, what it is to answer; not if it is cancelled before. */
async function numbers<Answer>(
  method: 'intervene' | 'measure',
  request: { readonly image: number; readonly prompts: readonly string[] },
  signal: AbortSignal,
  answer: (analysis: ImageAnalysis) => Answer,
): Promise<Answer> {
  host.asked.push({ method, request });
  underWay += method === 'intervene' ? 1 : 0;
  host.most = Math.max(host.most, underWay);
  await new Promise((resolve) => setTimeout(resolve, host.latency));
  underWay -= method === 'intervene' ? 1 : 0;
  if (signal.aborted) host.cancelled += 1;
  if (host.refuseNumbers)
    throw new ClipsightError('internal', `The engine cannot ${method}.`, 'Try another day.');
  const outcome = scene.answer(request.image, request.prompts);
  if (outcome.kind === 'failure') throw new ClipsightError('image', 'Not an image.');
  const given = answer(outcome.analysis);
  if (method === 'intervene') host.answered = performance.now();
  return given;
}

const panel = connect(toPanel, 'panel-view', panelViewProtocol).remote;
serve(toPanel, 'panel-host', panelHostProtocol, {
  ready: () => state,
  setPrompts: (request) => {
    record('setPrompts', request);
    compute(request.prompts);
  },
  preview: ({ image }) => {
    const name = state.images[image]?.name ?? '';
    const encoded = window.pictures[name];
    if (encoded === undefined || scene.answer(image, []).kind === 'failure') {
      throw new ClipsightError('image', `${name} cannot be shown.`);
    }
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return { bytes, mime: 'image/jpeg', width: name.includes('wide') ? 576 : 192, height: 192 };
  },
  retry: (request) => {
    record('retry', request);
    compute(state.prompts);
  },
  acceptPoor: (request) => {
    record('acceptPoor', request);
    compute(state.prompts);
  },
  pickPrompts: (request) => record('pickPrompts', request),
  openImage: (request) => record('openImage', request),
  cancel: (request) => record('cancel', request),
  wantComponents: (request) => {
    record('wantComponents', request);
    lookUp(request.components);
  },
  inspect: (request) => {
    record('inspect', request);
    if (state.components === null) return;
    void host.show({ components: { ...state.components, selected: request.component } });
  },
  thumbnail: async ({ sha256 }) => {
    host.thumbnails += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return pictureOf(sha256);
  },
  showLogs: (request) => record('showLogs', request),
  exportResults: (request) => record('exportResults', request),
  intervene: (request, { signal }) =>
    numbers('intervene', request, signal, (analysis) => intervened(analysis, request.intervention)),
  measure: (request, { signal }) =>
    numbers('measure', request, signal, (analysis) =>
      measurementOf(intervened(analysis, request.intervention), request.methods, state.study ?? study),
    ),
  faithfulness: (request, job) =>
    measured('faithfulness', request, job, (of) => {
      const pairs = request.image === null ? state.images.length : 1;
      return faithfulnessOf(of, request.methods, request.steps, pairs);
    }),
  mapPatches: (request, job) =>
    measured('mapPatches', request, job, (of) => mapOf(of, nameOf(request.image), request.map)),
  componentsAt: (request, job) =>
    measured('componentsAt', request, job, (of) => componentsAtOf(of, nameOf(request.image), request.patch)),
  attributeWords: (request, job) =>
    measured('attributeWords', request, job, (of) =>
      wordsOf(of, nameOf(request.image), request.text, request.components),
    ),
  saveIntervention: (request) => record('saveIntervention', request),
  forgetIntervention: (request) => record('forgetIntervention', request),
  applyIntervention: async (request, { signal, progress }) => {
    record('applyIntervention', request);
    for (let done = 100; done <= 300; done += 100) {
      progress({ stage: 'images', done, total: 400 });
      do await new Promise((resolve) => setTimeout(resolve, 20));
      while (host.holdApply && !signal.aborted);
      if (signal.aborted) {
        host.cancelled += 1;
        throw new ClipsightError('cancelled', 'Cancelled.');
      }
    }
    if (host.libraryChanges < 0) {
      throw new ClipsightError('library', 'The library has only one class.', 'Add class folders.');
    }
    return libraryEffect(host.libraryChanges);
  },
  savePicture: ({ name, format, bytes }) => {
    // As one string: a million numbers take a test seconds to read.
    const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    record('savePicture', { name, format, base64 });
  },
});
