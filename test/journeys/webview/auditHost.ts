import { type AuditState, auditHostProtocol, auditViewProtocol } from '../../../src/shared/auditProtocol';
import { ClipsightError } from '../../../src/shared/errors';
import { noAnnotation } from '../../../src/shared/library';
import { connect } from '../../../src/shared/rpc/connect';
import type { Pipe } from '../../../src/shared/rpc/pipe';
import type { Progress } from '../../../src/shared/rpc/protocol';
import { serve } from '../../../src/shared/rpc/serve';
import { type AuditSceneName, auditScenes } from './auditScenes';
import { libraryImages, sha256Of, summaryOf } from './scenes';
import { type ThemeName, themes } from './themes';

/** What a test may ask of the made-up extension, as `window.auditHost`. */
export interface AuditTestHost {
  /** Every call of the page but `ready` and those for pictures, in order. */
  readonly calls: { readonly method: string; readonly request: unknown }[];
  readonly violations: string[];
  /** While true, every call is refused. */
  refuse: boolean;
  show(change: Partial<AuditState>): Promise<void>;
  progress(progress: Progress | null): Promise<void>;
  setTheme(name: ThemeName): void;
  state(): AuditState;
}

declare global {
  interface Window {
    auditHost: AuditTestHost;
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
const scene = auditScenes[(parameters.get('scene') ?? 'found') as AuditSceneName];
let state: AuditState = scene.state;

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

const host: AuditTestHost = {
  calls: [],
  violations: [],
  refuse: false,
  async show(change) {
    state = { ...state, revision: state.revision + 1, ...change };
    await page.show(state);
  },
  progress: (progress) => page.progress({ progress }),
  setTheme,
  state: () => state,
};
window.auditHost = host;

document.addEventListener('securitypolicyviolation', (event) => {
  const { violatedDirective, sourceFile, lineNumber, sample } = event;
  // This side's own zod tries `new Function`; a real host is not under the page's policy.
  if (sourceFile.endsWith('/auditHost.js')) return;
  host.violations.push(`${violatedDirective} ${sourceFile}:${lineNumber} ${sample}`);
});

function record(method: string, request: unknown): undefined {
  host.calls.push({ method, request });
  if (host.refuse) throw new ClipsightError('internal', `The host refused ${method}.`, 'Ask it kindly.');
}

type ShownDecision = NonNullable<AuditState['audit']>['findings'][number]['decision'];

function decided(audit: number, place: number, decision: ShownDecision, undo: string | null): void {
  const change = (of: AuditState['audit']) =>
    of === null || of.id !== audit
      ? of
      : {
          ...of,
          findings: of.findings.map((finding, i) => (i === place ? { ...finding, decision } : finding)),
        };
  void host.show({ audit: change(state.audit), other: change(state.other), undo });
}

let before: { readonly audit: number; readonly place: number; readonly decision: ShownDecision } | null =
  null;

const page = connect(toPage, 'audit-view', auditViewProtocol).remote;
serve(toPage, 'audit-host', auditHostProtocol, {
  ready: () => state,
  run: (request) => record('run', request),
  cancel: (request) => record('cancel', request),
  acceptPoor: (request) => record('acceptPoor', request),
  showLogs: (request) => record('showLogs', request),
  indexImages: (request) => record('indexImages', request),
  chooseJudge: (request) => record('chooseJudge', request),
  compare: (request) => record('compare', request),
  endComparison: (request) => {
    record('endComparison', request);
    void host.show({ other: null, comparison: null });
  },
  decide: (request) => {
    record('decide', request);
    const { audit, finding: place, verdict, note } = request;
    const of = state.audit?.id === audit ? state.audit : state.other!;
    before = { audit, place, decision: of.findings[place]!.decision };
    decided(
      audit,
      place,
      verdict === null ? null : { verdict, note },
      `“${of.findings[place]!.label}” decided`,
    );
  },
  undo: (request) => {
    record('undo', request);
    if (before !== null) decided(before.audit, before.place, before.decision, null);
  },
  evidence: async (request) => {
    record('evidence', request);
    await new Promise((resolve) => setTimeout(resolve, 30));
    return scene.evidence(request.audit, request.finding);
  },
  summarise: async (request) => {
    record('summarise', request);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const labels = new Map(state.audit?.findings.map(({ component, label }) => [component, label]));
    return request.components.map((component) => {
      const label = labels.get(component) ?? null;
      const summary = { ...summaryOf(component), annotation: noAnnotation };
      return label === null
        ? { ...summary, labels: [], n: 3 }
        : { ...summary, labels: [{ text: label, alignment: 0.21 }] };
    });
  },
  thumbnail: ({ sha256 }) => {
    const name = libraryImages.find((_, index) => sha256Of(index) === sha256);
    const encoded = name === undefined ? undefined : window.pictures[name];
    if (encoded === undefined) throw new ClipsightError('image', 'There is no such picture any more.');
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return { bytes, mime: 'image/jpeg', width: 192, height: 192 };
  },
  inspect: (request) => record('inspect', request),
  openPrompt: (request) => record('openPrompt', request),
  openImage: (request) => record('openImage', request),
  exportReport: (request) => record('exportReport', request),
});
