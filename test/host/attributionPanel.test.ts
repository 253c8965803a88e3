import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EngineClient } from '../../src/extension/engine/engineClient';
import { PromptMemory } from '../../src/extension/prompts/promptMemory';
import type { PanelServices } from '../../src/extension/views/attributionPanel';
import { AttributionPanels } from '../../src/extension/views/attributionPanels';
import { PanelInUse } from '../../src/extension/views/panelInUse';
import { PanelStore } from '../../src/extension/views/panelStore';
import { attributionViewType } from '../../src/extension/viewTypes';
import type { AttributionRequest } from '../../src/shared/analysis';
import type { Preview } from '../../src/shared/engineProtocol';
import { engineRemote } from '../support/engineRemote';
import { analysisOutcome, engineInfo, studyInfo } from '../unit/fixtures';
import { test } from './runner';
import { insist, pause, until } from './waiting';

const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const wolf = () => vscode.Uri.joinPath(folder(), 'images/wolf/wolf_00.jpg');

/** The open attribution panels, by their titles. */
function openTitles(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes(attributionViewType),
    )
    .map(({ label }) => label);
}

/** Waits until exactly one panel is open, of this title. */
async function opened(title: string): Promise<void> {
  await until(() => openTitles().join() === title);
}

async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await until(() => openTitles().length === 0);
}

class TestMemento implements vscode.Memento {
  private readonly values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.values.keys()];
  }
  get<T>(key: string, fallback?: T): T {
    return (this.values.has(key) ? structuredClone(this.values.get(key)) : fallback) as T;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, structuredClone(value));
  }
}

/** Panels over an engine that answers at once and remembers what it was asked. */
function testPanels(storage: vscode.Memento = new TestMemento()) {
  const attributed: AttributionRequest[] = [];
  const previewed: unknown[] = [];
  const remote = engineRemote({
    describe: async () => engineInfo(),
    openStudy: async () => studyInfo(),
    attribute: async (request) => {
      attributed.push(request as AttributionRequest);
      const row = request.directions.map(() => [0.25]);
      return {
        study: studyInfo(),
        images: request.images.map(() => analysisOutcome([7], [1], row)),
        notes: [],
      };
    },
    preview: async (request): Promise<Preview> => {
      previewed.push(request.image);
      return { bytes: new Uint8Array(0), mime: 'image/png', width: 192, height: 192 };
    },
  });
  const services: PanelServices = {
    extension: vscode.extensions.getExtension('clipsight.clipsight')!.extensionUri,
    engine: {
      remote,
      log: vscode.window.createOutputChannel('test', { log: true }),
    } as unknown as EngineClient,
    readStudy: async () => ({ model: '/m', dictionary: '/d' }),
    onStudy: () => {},
    acceptPoor: async () => {},
    memory: new PromptMemory(storage),
    store: new PanelStore(storage),
    storage,
    pickPrompts: async () => undefined,
    inUse: new PanelInUse([]),
    library: {
      thumbnail: async () => {
        throw new Error('no picture was sent');
      },
      indexedSubject: async () => {
        throw new Error('no library was asked for');
      },
      answeredFor: () => false,
    },
    interventions: {
      of: async () => [],
      at: () => {
        throw new Error('no intervention was to be kept');
      },
      onChange: new vscode.EventEmitter<void>().event,
    },
    components: {
      of: async () => null,
      onChange: new vscode.EventEmitter<void>().event,
      selected: () => null,
      inspect: async () => {},
    },
  };
  return { panels: new AttributionPanels(services), attributed, previewed, store: services.store };
}

test('the command asks for prompts and opens a panel for the images of the selection', async () => {
  await closeAll();
  const selection = [wolf(), vscode.Uri.joinPath(folder(), 'prompts.txt')];
  void vscode.commands.executeCommand('clipsight.attribute', wolf(), selection);
  const keys = async () => {
    await vscode.commands.executeCommand('workbench.action.quickOpenNavigateNext');
    await vscode.commands.executeCommand('workbench.action.quickPickManyToggle');
    await pause();
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  };
  await insist(keys, () => openTitles().length > 0);
  await opened('wolf_00.jpg — CLIP');
  await closeAll();
});

test('a panel has its images attributed, and its page is in touch with the extension', async () => {
  const { panels, attributed, previewed } = testPanels();
  panels.show([wolf(), vscode.Uri.joinPath(folder(), 'images/cat/cat_00.jpg')], ['a wolf', 'a dog']);
  const request = await until(() => attributed[0]);
  assert.deepEqual(
    request.directions.map((direction) => direction.kind === 'prompt' && direction.text),
    ['a wolf', 'a dog'],
  );
  assert.deepEqual(request.images[0], { kind: 'file', path: wolf().fsPath });
  await opened('2 images — CLIP');
  await until(() => previewed.length > 0);
  await closeAll();
});

test('images of a virtual file system go to the engine as bytes', async () => {
  const { panels, attributed } = testPanels();
  const bytes = await vscode.workspace.fs.readFile(wolf());
  const registration = vscode.workspace.registerFileSystemProvider('clipsight-test', oneFile(bytes));
  panels.show([vscode.Uri.parse('clipsight-test:/wolf.jpg')], ['a wolf']);
  const [image] = (await until(() => attributed[0])).images;
  assert.equal(image?.kind === 'bytes' && Buffer.from(image.bytes).equals(Buffer.from(bytes)), true);
  await closeAll();
  registration.dispose();
});

test('a panel is opened again with its images and prompts', async () => {
  const storage = new TestMemento();
  const { panels, attributed, store } = testPanels(storage);
  await store.keep('one', { images: [wolf().toString()], prompts: ['a wolf'] });
  const panel = () =>
    vscode.window.createWebviewPanel(attributionViewType, 'restored', vscode.ViewColumn.Active);
  await panels.deserializeWebviewPanel(panel(), { panel: 'one', view: {} });
  assert.equal((await until(() => attributed[0])).images.length, 1);
  await opened('wolf_00.jpg — CLIP');
  await closeAll();
  await until(() => store.find('one') === undefined);
});

test('a panel of which nothing is known is closed', async () => {
  const { panels } = testPanels();
  const panel = vscode.window.createWebviewPanel(attributionViewType, 'lost', vscode.ViewColumn.Active);
  let closed = false;
  panel.onDidDispose(() => {
    closed = true;
  });
  await panels.deserializeWebviewPanel(panel, undefined);
  await until(() => closed);
});

/** A file system in which every path is the same file. */
function oneFile(bytes: Uint8Array): vscode.FileSystemProvider {
  const readOnly = () => {
    throw vscode.FileSystemError.NoPermissions();
  };
  return {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => {}),
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
    readDirectory: () => [],
    readFile: () => bytes,
    createDirectory: readOnly,
    writeFile: readOnly,
    delete: readOnly,
    rename: readOnly,
  };
}
