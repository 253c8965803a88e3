import * as vscode from 'vscode';
import { auditFeatures } from './audit/auditFeatures';
import { AuditPanel } from './audit/auditPanel';
import { comparePrompts } from './compare/compareCommand';
import { ComparePanels } from './compare/comparePanels';
import { CompareStore } from './compare/compareStore';
import { Rewriter } from './compare/rewriter';
import { EngineClient } from './engine/engineClient';
import { changesStudy } from './engine/settings';
import { createStatusItem, pickEngineAction } from './engine/statusItem';
import { studyReader } from './engine/studyRequests';
import { chooseImages } from './images/chooseImages';
import { WorkspaceImages } from './images/workspaceImages';
import { Inspector } from './inspector/inspector';
import { inspectorCommands } from './inspector/inspectorCommands';
import { InspectorMemory } from './inspector/inspectorMemory';
import { InspectorView } from './inspector/inspectorView';
import { applyIntervention } from './interventions/applyCommand';
import { OutcomeDocuments } from './interventions/outcomeDocuments';
import { WorkspaceInterventions } from './interventions/workspaceInterventions';
import type { LateTree } from './lateTree';
import { chooseJudge } from './library/chooseJudge';
import { ComponentSummaries } from './library/componentSummaries';
import { Indexer } from './library/indexer';
import { createIndexingItem } from './library/indexingItem';
import { libraryCommands } from './library/libraryCommands';
import { readClassTemplate, readJudge } from './library/librarySettings';
import { SentPictures } from './library/sentPictures';
import { keepUp } from './library/upkeep';
import { Vocabularies } from './library/vocabularies';
import { WorkspaceLibrary } from './library/workspaceLibrary';
import { AcceptedPoor } from './models/acceptedPoor';
import { chooseSource } from './models/chooseSource';
import { ModelsView } from './models/modelsView';
import type { Node } from './models/nodes';
import { showError } from './notify';
import { finderThread } from './prompts/finderThread';
import { linkCommands } from './prompts/hover/linkCommands';
import { registerHovers } from './prompts/hover/registerHovers';
import { promptFeatures } from './prompts/promptFeatures';
import { findPromptFiles } from './prompts/promptFiles';
import { PromptMemory } from './prompts/promptMemory';
import { pickPrompts } from './prompts/promptPicker';
import { AttributionPanels } from './views/attributionPanels';
import { MapPanel } from './views/mapPanel';
import { PanelInUse } from './views/panelInUse';
import { PanelStore } from './views/panelStore';

/** All that Clipsight does in a window. */
export interface Features extends vscode.Disposable {
  readonly inspectorView: vscode.WebviewViewProvider;
  readonly attributionPanels: vscode.WebviewPanelSerializer;
  readonly comparePanels: vscode.WebviewPanelSerializer;
  readonly auditPanel: vscode.WebviewPanelSerializer;
  /** Runs a command that package.json names, and says what goes wrong. */
  run(command: string, ...args: unknown[]): Promise<void>;
}

/**
 * The engine starts later, with the first thing that needs it.
 * @param modelsTree the place for the tree of models
 */
export function openFeatures(context: vscode.ExtensionContext, modelsTree: LateTree<Node>): Features {
  const { extensionUri: extension, workspaceState: storage } = context;
  const engine = new EngineClient(extension, context.globalStorageUri);
  const remote = () => engine.remote;
  const memory = new PromptMemory(storage);
  const onError = (thrown: unknown) => void showError(engine.log, thrown);

  const askForPrompts = (chosen: readonly string[]) =>
    pickPrompts({
      chosen,
      remembered: memory.known,
      forget: (prompt) => memory.forget(prompt),
      findFiles: findPromptFiles,
      onError,
    });
  const images = new WorkspaceImages();
  const accepted = new AcceptedPoor(context.globalState);
  const readStudy = studyReader(extension, accepted, images);

  const inUse = new PanelInUse(memory.last);
  const library = new WorkspaceLibrary({
    storage: context.storageUri,
    engine: remote,
    readStudy,
    readJudge: () => readJudge(extension),
  });
  const indexer = new Indexer({ library, engine: remote, storage });
  const vocabularies = new Vocabularies(inUse);
  const summaries = new ComponentSummaries(library, vocabularies, remote);
  const pictures = new SentPictures((path) => vscode.workspace.asRelativePath(path));
  const inspector = new Inspector({
    engine: remote,
    library,
    vocabularies,
    summaries,
    indexer,
    pictures,
    memory: new InspectorMemory(storage),
    panelInUse: inUse,
  });
  const inspectorView = new InspectorView({
    extension,
    inspector,
    library,
    pictures,
    onError,
    log: engine.log,
  });

  const map = new MapPanel({
    extension,
    log: engine.log,
    engine: remote,
    subject: async () => ({
      ...(await library.indexedSubject()),
      vocabulary: await vocabularies.current(),
    }),
    prompts: () => inUse.prompts,
    analysis: () => inUse.analysis,
    selected: () => inspector.selected,
    answeredFor: (study) => library.answeredFor(study),
    select: (component) => {
      inspectorView.reveal().then(() => inspector.select(component), onError);
    },
    onLibrary: anyOf(library.onChange, vocabularies.onChange),
    onPrompts: inUse.onPrompts,
    onAnalysis: inUse.onAnalysis,
    onSelection: inspector.onSelection,
  });

  const interventions = new WorkspaceInterventions();
  const documents = new OutcomeDocuments();

  const models: ModelsView = new ModelsView({
    extension,
    engine,
    accepted,
    readStudy,
    storage: context.globalState,
    show: (tree) => modelsTree.show(tree),
    onAcceptance: () => {
      studyChanged();
      library.changed();
    },
  });
  const panels = new AttributionPanels({
    extension,
    engine,
    readStudy,
    onStudy: (asked, study) => models.report(asked, study),
    acceptPoor: (asked) => models.acceptPoor(asked),
    memory,
    storage,
    store: new PanelStore(storage),
    pickPrompts: askForPrompts,
    inUse,
    library,
    interventions,
    components: {
      of: (...asked) => summaries.of(...asked),
      onChange: anyOf(library.onChange, vocabularies.onChange, inspector.onSelection),
      selected: () => inspector.selected,
      inspect: async (component, panel, image) => {
        inUse.use(panel, image);
        await inspectorView.reveal();
        await inspector.select(component, panel, image);
      },
    },
  });

  const finder = finderThread({
    entry: vscode.Uri.joinPath(extension, 'dist', 'prompts.js').fsPath,
  });
  const prompts = promptFeatures({
    engine,
    finder,
    readStudy,
    classTemplate: readClassTemplate,
    storage,
    library,
    summaries,
    onLibrary: anyOf(library.onChange, vocabularies.onChange),
    shownImages: () => panels.shownImages(),
  });
  const rewriter = new Rewriter(prompts.documents);
  const comparisons = new ComparePanels({
    extension,
    engine,
    readStudy,
    onStudy: (asked, study) => models.report(asked, study),
    acceptPoor: (asked) => models.acceptPoor(asked),
    pinned: prompts.pinned,
    found: prompts.documents,
    rewriter,
    store: new CompareStore(storage),
    storage,
    chooseImages: async () => vscode.commands.executeCommand('clipsight.choosePinnedImage'),
    pickPrompts: askForPrompts,
    library,
    components: {
      of: (...asked) => summaries.of(...asked),
      onChange: anyOf(library.onChange, vocabularies.onChange),
      inspect: async (component) => {
        await inspectorView.reveal();
        await inspector.select(component);
      },
    },
  });
  const audit = auditFeatures({
    engine: remote,
    finder,
    readStudy,
    classTemplate: readClassTemplate,
    storage: context.storageUri,
    library,
    vocabularies,
    documents: prompts.documents,
    rewriter,
    pickPrompts: () => askForPrompts(memory.last),
    sources: models.services,
    onError,
  });
  const auditPanel = new AuditPanel({
    extension,
    log: engine.log,
    session: audit.session,
    describe: () => engine.remote.describe({}),
    summaries,
    onComponents: anyOf(library.onChange, vocabularies.onChange),
    thumbnail: (...asked) => library.thumbnail(...asked),
    inspect: async (component) => {
      await inspectorView.reveal();
      await inspector.select(component);
    },
    attribute: (image, prompt) => {
      memory.use([prompt]).then(undefined, onError);
      panels.show([image], [prompt]);
    },
    acceptPoor: async () => models.acceptPoor(await readStudy()),
    onError,
    storage,
  });
  const hovers = registerHovers({ ...prompts, engine: remote, readStudy, library, summaries });
  const studyChanged = () => {
    panels.recompute();
    comparisons.recompute();
    prompts.studyChanged();
  };

  const attribute = async (clicked?: unknown, selection?: unknown) => {
    const images = await chooseImages(clicked, selection);
    if (images.length === 0) return;
    const prompts = await askForPrompts(memory.last);
    if (prompts === undefined) return;
    await memory.use(prompts);
    panels.show(images, prompts);
  };

  const links = linkCommands({
    openPanel: (images, prompts) => {
      memory.use(prompts).then(undefined, onError);
      panels.show(images, prompts);
    },
    inspect: async (component) => {
      await inspectorView.reveal();
      await inspector.select(component);
    },
    attribute: (image) => attribute(image),
  });

  const commands: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
    ...models.commands,
    ...libraryCommands(library, indexer, remote),
    ...inspectorCommands(inspector, inspectorView),
    ...prompts.commands,
    comparePrompts: (argument: unknown) =>
      comparePrompts(argument, {
        panels: comparisons,
        found: prompts.documents,
        pickPrompts: () => askForPrompts(memory.last),
      }),
    ...links,
    ...audit.commands,
    openAudit: (finding?: unknown) => auditPanel.show(finding),
    openComponentMap: () => map.show(),
    applyIntervention: () =>
      applyIntervention({
        engine: remote,
        library,
        classTemplate: readClassTemplate,
        prompts: () => inUse.prompts,
        interventions,
        documents,
      }),
    attribute,
    showLogs: () => engine.log.show(),
    restartEngine: () => engine.restart(),
    testDevices: () => engine.testDevices(),
    stopEngine: () => engine.stop(),
    engineActions: () => pickEngineAction(engine.state),
    chooseModel: () => chooseSource('model', models.services),
    chooseDictionary: () => chooseSource('dictionary', models.services),
    chooseJudge: () => chooseJudge(models.services),
  };

  const byName = new Map(Object.entries(commands).map(([name, run]) => [`clipsight.${name}`, run]));
  const run = async (command: string, ...args: unknown[]): Promise<void> => {
    try {
      await byName.get(command)!(...args);
    } catch (thrown) {
      onError(thrown);
    }
  };
  const contributed: readonly { readonly command: string }[] =
    context.extension.packageJSON.contributes.commands;
  const isContributed = new Set(contributed.map(({ command }) => command));
  const others = [...byName.keys()].filter((command) => !isContributed.has(command));

  const disposables = [
    // The indexer ends first: that its engine stops is then no failure.
    indexer,
    engine,
    createStatusItem(engine),
    createIndexingItem(indexer),
    hovers,
    prompts,
    auditPanel,
    audit,
    finder,
    images,
    models,
    ...[inUse, library, vocabularies, summaries, inspector, inspectorView, map, interventions, documents],
    keepUp(library, indexer, onError),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (changesStudy(event)) studyChanged();
      else if (event.affectsConfiguration('clipsight.classTemplate')) comparisons.recompute();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(studyChanged),
    ...others.map((command) =>
      vscode.commands.registerCommand(command, (...args: unknown[]) => run(command, ...args)),
    ),
  ];
  return {
    inspectorView,
    attributionPanels: panels,
    comparePanels: comparisons,
    auditPanel,
    run,
    dispose: () => vscode.Disposable.from(...disposables).dispose(),
  };
}

/** Fires with each of the events. */
function anyOf(...events: readonly vscode.Event<void>[]): vscode.Event<void> {
  return (listener, self, disposables) => {
    const subscription = vscode.Disposable.from(...events.map((event) => event(listener, self)));
    disposables?.push(subscription);
    return subscription;
  };
}
