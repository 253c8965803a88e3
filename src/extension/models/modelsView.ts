import * as vscode from 'vscode';
import type { Source } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { StudyInfo, StudyRequest } from '../../shared/study';
import type { EngineClient } from '../engine/engineClient';
import { changesStudy, readReferences, readStudy, resolveSource } from '../engine/settings';
import type { StudyReader } from '../engine/studyRequests';
import type { AcceptedPoor } from './acceptedPoor';
import { percent } from './amounts';
import { Cards } from './cards';
import { addSource, useSource } from './chooseSource';
import { download } from './download';
import { inspectAnew } from './ensureHere';
import { givenSources } from './listed';
import { ModelTree } from './modelTree';
import type { Node, SourceNode } from './nodes';
import { parseReference, type SourceKind } from './reference';
import { revealFile } from './revealFile';
import { SelfTests } from './selfTests';
import { SourceMemory } from './sourceMemory';
import type { SourceServices } from './sourceServices';

export interface ModelsViewOptions {
  readonly extension: vscode.Uri;
  readonly engine: EngineClient;
  readonly accepted: AcceptedPoor;
  readonly readStudy: StudyReader;
  /** Remembers what was chosen, across workspaces. */
  readonly storage: vscode.Memento;
  /** Gives a tree its place in the side bar; who made the place disposes of it. */
  readonly show: (tree: ModelTree) => vscode.TreeView<Node>;
  /** Called when a poor dictionary may be used from now on, or no longer. */
  readonly onAcceptance: () => void;
}

const kinds: readonly SourceKind[] = ['model', 'dictionary'];

/** The view “Models and Dictionaries”: its tree, and what can be done there. */
export class ModelsView implements vscode.Disposable {
  readonly services: SourceServices;
  private readonly selfTests: SelfTests;
  private readonly tree: ModelTree;
  private readonly view: vscode.TreeView<Node>;
  private readonly listeners: vscode.Disposable;

  constructor(private readonly options: ModelsViewOptions) {
    const { extension, engine, accepted, storage } = options;
    this.services = {
      extension,
      engine: () => engine.remote,
      cards: new Cards((source) => engine.remote.inspect(source)),
      memory: new SourceMemory(storage),
    };
    this.selfTests = new SelfTests(
      (request, options) => engine.remote.openStudy(request, options),
      () => this.tree.refresh(),
    );
    const study = () => readStudy(extension);
    this.tree = new ModelTree({ ...this.services, accepted, selfTests: this.selfTests, study });
    this.view = options.show(this.tree);
    this.listeners = vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (changesStudy(event)) void this.rememberInUse();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.sayTrust();
        void this.rememberInUse();
      }),
    );
    this.sayTrust();
    void this.rememberInUse();
  }

  /** What the commands `clipsight.<name>` of the view do. */
  readonly commands: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
    addModel: () => this.add('model'),
    addDictionary: () => this.add('dictionary'),
    refreshModels: () => this.forgetCards(),
    useSource: (node) =>
      this.withSource(node, ({ of, reference }) => useSource(of, reference, this.services)),
    removeSource: (node) => this.withSource(node, (source) => this.remove(source)),
    copySource: (node) => this.withSource(node, (source) => copy(this.sourceOf(source))),
    copyCard: (node) => this.withSource(node, (source) => this.copyCard(source)),
    runSelfTest: () => this.runSelfTest(),
    forgetAcceptance: (node) => this.withSource(node, (source) => this.forgetAcceptance(source)),
    downloadSource: (node) => this.withSource(node, (source) => this.download(source)),
    retryInspection: (node) => this.withSource(node, (source) => this.retry(source)),
    revealFile: (target) => revealFile(fileOf(target ?? this.view.selection[0])),
  };

  /** A panel shows a study. */
  report(asked: StudyRequest, study: StudyInfo): void {
    this.selfTests.report(asked, study);
  }

  /** Uses the dictionary of a study though it reconstructs the model badly. */
  async acceptPoor(asked: StudyRequest): Promise<void> {
    await this.options.accepted.accept(asked);
    this.tree.refresh();
    this.options.onAcceptance();
  }

  dispose(): void {
    this.listeners.dispose();
    this.tree.dispose();
  }

  private async add(kind: SourceKind): Promise<void> {
    const reference = await addSource(kind, this.services);
    if (reference === undefined) return;
    this.tree.refresh();
    const node = this.tree.find(kind, reference);
    if (node !== undefined) await this.view.reveal(node, { select: true, focus: true, expand: true });
  }

  private async remove({ of, reference, removable, inUse }: SourceNode): Promise<void> {
    if (!removable || inUse) return;
    await this.services.memory.remove(of, reference);
    this.tree.refresh();
  }

  private async copyCard(node: SourceNode): Promise<void> {
    const card = await this.services.cards.get(node.of, this.sourceOf(node));
    await copy(JSON.stringify(card, null, 2));
  }

  private async runSelfTest(): Promise<void> {
    const request = await this.options.readStudy();
    const options: vscode.ProgressOptions = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Testing how well the dictionary reconstructs its model'),
      cancellable: true,
    };
    await vscode.window.withProgress(options, (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return this.selfTests.run(request, {
        signal: controller.signal,
        onProgress: ({ stage, done, total }) =>
          progress.report({
            message: total > 1 ? `${stage} · ${percent(done / total)}` : stage,
          }),
      });
    });
  }

  private async forgetAcceptance(node: SourceNode): Promise<void> {
    await this.options.accepted.forget(this.sourceOf(node));
    this.tree.refresh();
    this.options.onAcceptance();
  }

  private async download(node: SourceNode): Promise<void> {
    const { cards, engine } = this.services;
    const source: Source = { kind: node.of, source: this.sourceOf(node) };
    if (await download(engine, source)) await inspectAnew(source, cards);
    this.tree.refresh();
  }

  private retry(node: SourceNode): void {
    const { cards } = this.services;
    cards.forget(node.of, this.sourceOf(node));
    // A dictionary of the model's own is described by the model's card.
    const { model } = readReferences();
    cards.forget('model', resolveSource(this.services.extension, 'model', model));
    this.tree.refresh();
  }

  private forgetCards(): void {
    this.services.cards.clear();
    this.selfTests.clear();
    this.tree.refresh();
  }

  private sourceOf({ of, reference }: SourceNode): string {
    return resolveSource(this.services.extension, of, reference);
  }

  /** Runs an action on the model or dictionary of the node it was called on, or of the one selected. */
  private withSource(node: unknown, action: (source: SourceNode) => unknown): unknown {
    const source = sourceNode(node) ?? sourceNode(this.view.selection[0]);
    return source === undefined ? undefined : action(source);
  }

  private sayTrust(): void {
    const message = vscode.l10n.t('This workspace is not trusted: only what comes with Clipsight is used.');
    // A view shows an empty message as none.
    this.view.message = vscode.workspace.isTrusted ? '' : message;
  }

  /** What settings name stays on the list, when something else is used. */
  private async rememberInUse(): Promise<void> {
    const references = readReferences();
    for (const kind of kinds) {
      const reference = references[kind];
      const lasts = parseReference(reference).kind !== 'bundled' && !givenSources(kind).includes(reference);
      if (vscode.workspace.isTrusted && lasts) await this.services.memory.add(kind, reference);
    }
    this.tree.refresh();
  }
}

function sourceNode(node: unknown): SourceNode | undefined {
  if (!isNode(node)) return undefined;
  switch (node.kind) {
    case 'section':
      return undefined;
    case 'source':
      return node;
    case 'row':
      return node.source;
  }
}

/** A click gives the path itself, a menu the row. @throws ClipsightError 'configuration' */
function fileOf(target: unknown): string {
  if (typeof target === 'string') return target;
  if (isNode(target) && target.kind === 'row' && target.row.file !== undefined) return target.row.file;
  throw new ClipsightError('configuration', vscode.l10n.t('Select a file first.'));
}

/** Commands are called by VS Code with nodes of the tree, and by anyone with anything. */
function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value && ('of' in value || 'row' in value);
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
}
