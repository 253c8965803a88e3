import * as vscode from 'vscode';
import { EngineClient } from './engine/engineClient';
import { changesStudy } from './engine/settings';
import { createStatusItem, pickEngineAction } from './engine/statusItem';
import { studyReader } from './engine/studyRequests';
import { chooseImages } from './images/chooseImages';
import { WorkspaceImages } from './images/workspaceImages';
import { AcceptedPoor } from './models/acceptedPoor';
import { chooseSource } from './models/chooseSource';
import { ModelsView } from './models/modelsView';
import { showError } from './notify';
import { findPromptFiles } from './prompts/promptFiles';
import { PromptMemory } from './prompts/promptMemory';
import { pickPrompts } from './prompts/promptPicker';
import { attributionViewType } from './views/attributionPanel';
import { AttributionPanels } from './views/attributionPanels';
import { PanelStore } from './views/panelStore';

/** Called by VS Code with the first command, or with a panel that was open before. The engine starts later. */
export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri: extension, workspaceState: storage } = context;
  const engine = new EngineClient(extension, context.globalStorageUri);
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
  const models: ModelsView = new ModelsView({
    extension,
    engine,
    accepted,
    readStudy,
    storage: context.globalState,
    onAcceptance: () => panels.recompute(),
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
  });

  const attribute = async (clicked?: unknown, selection?: unknown) => {
    const images = await chooseImages(clicked, selection);
    if (images.length === 0) return;
    const prompts = await askForPrompts(memory.last);
    if (prompts === undefined) return;
    await memory.use(prompts);
    panels.show(images, prompts);
  };

  const command = (name: string, run: (...args: unknown[]) => unknown) =>
    vscode.commands.registerCommand(`clipsight.${name}`, async (...args: unknown[]) => {
      try {
        await run(...args);
      } catch (thrown) {
        onError(thrown);
      }
    });

  context.subscriptions.push(
    engine,
    createStatusItem(engine),
    images,
    models,
    vscode.window.registerWebviewPanelSerializer(attributionViewType, panels),
    vscode.workspace.onDidChangeConfiguration((event) => changesStudy(event) && panels.recompute()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => panels.recompute()),
    ...Object.entries(models.commands).map(([name, run]) => command(name, run)),
    command('attribute', attribute),
    command('showLogs', () => engine.log.show()),
    command('restartEngine', () => engine.restart()),
    command('stopEngine', () => engine.stop()),
    command('engineActions', () => pickEngineAction(engine.state)),
    command('chooseModel', () => chooseSource('model', models.services)),
    command('chooseDictionary', () => chooseSource('dictionary', models.services)),
  );
}
