import * as vscode from 'vscode';
import { hasCode } from '../../shared/errors';
import type { FinderProtocol } from '../../shared/finderProtocol';
import type { FoundPrompts } from '../../shared/foundPrompts';
import type { Remote } from '../../shared/rpc/protocol';
import { contentKey } from './contentKey';
import type { FoundDocuments, FoundIn } from './editorPrompts';
import { type MovedPrompts, moved, type TextChange } from './movedRanges';
import { isIgnored, readPromptSettings } from './promptSettings';
import { notebookOf, type PromptUnit, unitOf } from './promptUnits';
import { RecentlyUsed } from './recentlyUsed';

/** Milliseconds after the last change of a document. */
const pause = 150;

/** Larger files are left alone. */
const mostBytes = 5_000_000;

interface Finding {
  readonly original: readonly FoundPrompts[];
  readonly documents: readonly Followed[];
}

/** What was found in a document, followed through what was typed since. */
interface Followed {
  readonly document: vscode.TextDocument;
  readonly version: number;
  now: MovedPrompts;
  /** Not in `now` yet. */
  changes: TextChange[];
}

interface Looked {
  readonly unit: PromptUnit;
  /** Null while nothing is known. */
  finding: Finding | null;
  /** What is under way; null where all there is to know is known. */
  work: Promise<void> | null;
  controller: AbortController;
  /** Whether something was typed since that nobody has looked into. */
  isOutdated: boolean;
  isTooLarge: boolean;
}

/**
 * What is found in the documents that are shown, or that somebody asks about: by the finder's thread, and again when
 * typing pauses. Nothing is done for others.
 */
export class PromptDocuments implements FoundDocuments, vscode.Disposable {
  private readonly foundEvent = new vscode.EventEmitter<vscode.TextDocument>();
  readonly onFound = this.foundEvent.event;
  private readonly looked = new Map<string, Looked>();
  private readonly cache = new RecentlyUsed<readonly FoundPrompts[]>(16);
  private readonly listeners: vscode.Disposable;

  constructor(
    private readonly finder: Remote<FinderProtocol>,
    private readonly onError: (thrown: unknown) => void,
  ) {
    const { workspace, window } = vscode;
    this.listeners = vscode.Disposable.from(
      window.onDidChangeVisibleTextEditors(() => this.lookAtVisible()),
      workspace.onDidOpenTextDocument((document) => this.opened(document)),
      workspace.onDidChangeTextDocument((event) => this.follow(event)),
      workspace.onDidCloseTextDocument((document) => this.forget(document.uri)),
      workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length > 0) this.outdate(this.looked.get(notebook.uri.toString()), pause);
      }),
      workspace.onDidCloseNotebookDocument(({ uri }) => this.forget(uri)),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('clipsight.prompts')) this.startOver();
      }),
    );
    this.lookAtVisible();
  }

  known(document: vscode.TextDocument): FoundIn | null {
    const looked = this.looked.get(unitOf(document)?.key ?? '');
    return looked?.finding ? foundIn(looked, document) : null;
  }

  async find(document: vscode.TextDocument): Promise<FoundIn | null> {
    const looked = this.lookAt(document);
    if (looked === null) return null;
    while (looked.work !== null) await looked.work;
    return this.known(document);
  }

  /** Whether it is left alone for its size. */
  isTooLarge(document: vscode.TextDocument): boolean {
    return this.looked.get(unitOf(document)?.key ?? '')?.isTooLarge ?? false;
  }

  dispose(): void {
    this.listeners.dispose();
    for (const { controller } of this.looked.values()) controller.abort();
    this.looked.clear();
    this.foundEvent.dispose();
  }

  /** It may have been open, in another language. */
  private opened(document: vscode.TextDocument): void {
    const notebook = notebookOf(document);
    if (notebook !== null) this.outdate(this.looked.get(notebook.uri.toString()), pause);
    this.lookAtVisible();
  }

  private lookAtVisible(): void {
    for (const { document } of vscode.window.visibleTextEditors) this.lookAt(document);
  }

  /** Begins what there is to do. Null where prompts are not looked for. */
  private lookAt(document: vscode.TextDocument): Looked | null {
    const unit = unitOf(document);
    if (unit === null || isIgnored(document, unit.notebook, readPromptSettings().ignore)) return null;
    const before = this.looked.get(unit.key);
    if (before !== undefined) {
      if (before.isOutdated) this.begin(before, 0);
      return before;
    }
    const looked: Looked = {
      unit,
      finding: null,
      work: null,
      controller: new AbortController(),
      isOutdated: false,
      isTooLarge: false,
    };
    this.looked.set(unit.key, looked);
    this.begin(looked, 0);
    return looked;
  }

  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const looked = this.looked.get(unitOf(document)?.key ?? '');
    const followed = looked?.finding?.documents.find((other) => other.document === document);
    for (const { rangeOffset, rangeLength, text } of contentChanges) {
      followed?.changes.push({ start: rangeOffset, removed: rangeLength, inserted: text.length });
    }
    this.outdate(looked, pause);
  }

  private outdate(looked: Looked | undefined, delay: number): void {
    if (looked === undefined) return;
    const shown = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    looked.isOutdated = true;
    if (looked.work !== null || looked.unit.documents().some((document) => shown.has(document))) {
      this.begin(looked, delay);
    }
  }

  private forget(uri: vscode.Uri): void {
    this.looked.get(uri.toString())?.controller.abort();
    this.looked.delete(uri.toString());
  }

  private startOver(): void {
    const before = [...this.looked.values()];
    for (const { unit, controller } of before) {
      controller.abort();
      this.looked.delete(unit.key);
    }
    this.lookAtVisible();
    for (const { unit } of before) for (const document of unit.documents()) this.foundEvent.fire(document);
  }

  private begin(looked: Looked, delay: number): void {
    looked.controller.abort();
    looked.controller = new AbortController();
    looked.isOutdated = false;
    const { signal } = looked.controller;
    const work = this.look(looked, delay, signal)
      .catch((thrown) => {
        if (!hasCode(thrown, 'cancelled')) this.onError(thrown);
      })
      .finally(() => {
        if (looked.work === work) looked.work = null;
      });
    looked.work = work;
  }

  private async look(looked: Looked, delay: number, signal: AbortSignal): Promise<void> {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (signal.aborted) return;
    const written = looked.unit.sources();
    const versions = written.map(({ document }) => document.version);
    const sources = written.map(({ source }) => source);
    looked.isTooLarge = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) > mostBytes;
    const found = looked.isTooLarge || sources.length === 0 ? null : await this.ask(sources, signal);
    if (signal.aborted) return;
    const original = found ?? sources.map(() => nothing);
    const documents = written.map(({ document }, i) => ({
      document,
      version: versions[i]!,
      now: { found: original[i]!, edited: new Set<never>() },
      changes: [],
    }));
    looked.finding = { original, documents };
    for (const { document } of documents) this.foundEvent.fire(document);
  }

  /** What was found before in the same texts is found again: after undo, and when a file is opened again. */
  private async ask(sources: Parameters<Remote<FinderProtocol>['find']>[0]['sources'], signal: AbortSignal) {
    const options = readPromptSettings().finder;
    const key = contentKey([sources, options]);
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const found = await this.finder.find({ sources, options }, { signal });
    this.cache.set(key, found);
    return found;
  }
}

const nothing: FoundPrompts = { prompts: [], groups: [], images: [] };

/** Null where the document was not there when its notebook was looked into. */
function foundIn({ unit, finding }: Looked, document: vscode.TextDocument): FoundIn | null {
  const { original, documents } = finding!;
  const source = documents.findIndex((other) => other.document === document);
  if (source === -1) return null;
  for (const followed of documents) {
    followed.now = moved(followed.now, followed.changes);
    followed.changes = [];
  }
  const { version, now } = documents[source]!;
  const all = documents.map((followed) => followed.now.found);
  return { document, version, ...now, all, original, source, notebook: unit.notebook };
}
