import * as vscode from 'vscode';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { errorLine, toErrorInfo } from '../../shared/errors';
import type { FinderProtocol } from '../../shared/finderProtocol';
import { templateOf } from '../../shared/promptDirection';
import type { Remote } from '../../shared/rpc/protocol';
import type { EngineClient } from '../engine/engineClient';
import type { StudyReader } from '../engine/studyRequests';
import type { ComponentSummaries } from '../library/componentSummaries';
import type { WorkspaceLibrary } from '../library/workspaceLibrary';
import { ComponentDescriptions } from './componentDescriptions';
import type { FoundDocuments, PromptScores } from './editorPrompts';
import type { ScoredSubject } from './knownScores';
import { libraryDescriptions } from './libraryDescriptions';
import { pinCommands } from './pinCommands';
import { PinnedImages } from './pinnedImages';
import { PinnedItem } from './pinnedItem';
import { PromptDocuments } from './promptDocuments';
import { PromptHints } from './promptHints';
import { PromptLenses } from './promptLenses';
import { PromptScorer } from './promptScorer';
import { EditorScores } from './promptScores';
import { soon } from './soon';

export interface PromptServices {
  readonly engine: Pick<EngineClient, 'remote' | 'onState' | 'state' | 'log'>;
  readonly finder: Remote<FinderProtocol>;
  readonly readStudy: StudyReader;
  /** The prompt that a class stands for where no templates are known, with {} for its name. */
  readonly classTemplate: () => string;
  readonly storage: vscode.Memento;
  readonly library: Pick<WorkspaceLibrary, 'status' | 'request'>;
  readonly summaries: Pick<ComponentSummaries, 'of'>;
  /** What the library says of components may be something else. */
  readonly onLibrary: vscode.Event<void>;
  /** The images of the attribution panel in the active tab. */
  readonly shownImages: () => readonly vscode.Uri[];
}

/** Prompts in the editor: found, scored for the pinned images, and shown beside the code. */
export interface PromptFeatures extends vscode.Disposable {
  readonly pinned: PinnedImages;
  readonly documents: FoundDocuments;
  readonly scores: PromptScores;
  readonly commands: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  /** To be called when the settings or the person ask for another study. */
  studyChanged(): void;
}

export function promptFeatures(services: PromptServices): PromptFeatures {
  const { engine } = services;
  /** Why the finder's thread gives nothing; null while it does. */
  let finderFailure: string | null = null;
  const log = (thrown: unknown) => engine.log.warn(errorLine(toErrorInfo(thrown)));

  const pinned = new PinnedImages(services.storage);
  const documents = new PromptDocuments(services.finder, (thrown) => {
    finderFailure = toErrorInfo(thrown).message;
    log(thrown);
    showStatus();
  });
  const descriptions = new ComponentDescriptions(
    libraryDescriptions(services.summaries, services.library, () => engine.remote, log),
  );
  const scores: EditorScores = new EditorScores(
    documents,
    () => scorer,
    () => templateOf(services.classTemplate()),
  );
  const scorer: PromptScorer = new PromptScorer({
    compare: async (request, signal) => remote(engine).compare(request, { signal }),
    subject: () => subjectOf(pinned, services.readStudy),
    inView: () => scores.inView(),
    descriptions,
    onChange: () => show.begin(),
    onFailure: log,
  });
  const hints = new PromptHints(documents, scores, pinned);
  const lenses = new PromptLenses(documents, pinned);
  const item = new PinnedItem();

  const showStatus = () => {
    const document = vscode.window.activeTextEditor?.document;
    const found = document === undefined ? null : documents.known(document);
    const hasPrompts = found?.all.some(({ prompts }) => prompts.length > 0) ?? false;
    const isTooLarge = document !== undefined && documents.isTooLarge(document);
    item.show({
      images: pinned.images,
      hasPrompts: hasPrompts || isTooLarge,
      ...scorer.status,
      notes: [
        ...(isTooLarge
          ? [vscode.l10n.t('This file is larger than 5 MB: its prompts are not looked for.')]
          : []),
        ...(finderFailure === null
          ? []
          : [vscode.l10n.t('Prompts could not be looked for: {0}', finderFailure)]),
      ],
    });
    setContext('hasPinnedImages', pinned.images.length > 0);
    setContext('hasPrompts', hasPrompts);
  };
  const show = soon(30, () => {
    hints.changed();
    scores.announce();
    showStatus();
  });
  const look = soon(50, () => scorer.refresh());
  const { window, workspace, languages } = vscode;
  showStatus();
  scorer.subjectChanged();

  let before = engine.state;
  const disposables = [
    pinned.onChange(() => {
      scorer.subjectChanged();
      lenses.changed();
      showStatus();
    }),
    documents.onFound(() => {
      finderFailure = null;
      lenses.changed();
      show.begin();
      look.begin();
    }),
    services.onLibrary(() => {
      descriptions.outdate();
      look.begin();
    }),
    // Another process has come up, for whoever asked for it: what failed may go well now.
    engine.onState((state) => {
      if (state === 'ready' && before === 'starting') scorer.retry();
      before = state;
    }),
    window.onDidChangeTextEditorVisibleRanges(() => look.begin()),
    window.onDidChangeVisibleTextEditors(() => look.begin()),
    window.onDidChangeActiveTextEditor(() => {
      showStatus();
      look.begin();
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('clipsight.classTemplate')) scores.forget();
      if (event.affectsConfiguration('clipsight.engine')) scorer.retry();
      if (!event.affectsConfiguration('clipsight') && !event.affectsConfiguration('editor.inlayHints'))
        return;
      lenses.changed();
      show.begin();
      look.begin();
    }),
    languages.registerInlayHintsProvider('*', hints),
    languages.registerCodeLensProvider('*', lenses),
    ...[look, show, scorer, documents, pinned, scores, hints, lenses, item],
  ];
  return {
    pinned,
    documents,
    scores,
    commands: {
      ...pinCommands(pinned, services.shownImages),
      retryPrompts: () => scorer.retry(),
    },
    studyChanged: () => scorer.subjectChanged(),
    dispose: () => vscode.Disposable.from(...disposables).dispose(),
  };
}

/** Null where nothing is pinned. */
async function subjectOf(pinned: PinnedImages, readStudy: StudyReader): Promise<ScoredSubject | null> {
  const sources = await pinned.sources();
  if (sources.length === 0) return null;
  const study = await readStudy();
  // Which pictures a dictionary is tested on changes no number.
  const { samples: _, ...decisive } = study;
  const key = JSON.stringify([decisive, sources.map((source) => source.key)]);
  return { study, images: sources.map(({ image }) => image), key };
}

function remote(engine: Pick<EngineClient, 'remote'>): Remote<EngineProtocol> {
  return engine.remote;
}

function setContext(name: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', `clipsight.${name}`, value);
}
