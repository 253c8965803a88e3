import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { comparePrompts } from '../../src/extension/compare/compareCommand';
import type { ComparePanel, CompareServices } from '../../src/extension/compare/comparePanel';
import { ComparePanels } from '../../src/extension/compare/comparePanels';
import { CompareStore } from '../../src/extension/compare/compareStore';
import { Rewriter } from '../../src/extension/compare/rewriter';
import type { EngineClient } from '../../src/extension/engine/engineClient';
import { finderThread } from '../../src/extension/prompts/finderThread';
import { PromptDocuments } from '../../src/extension/prompts/promptDocuments';
import { compareViewType } from '../../src/extension/viewTypes';
import type { ComparisonRequest } from '../../src/shared/comparison';
import type { Direction } from '../../src/shared/direction';
import { engineRemote } from '../support/engineRemote';
import { testMemento } from '../unit/extension/models/fixtures';
import { engineInfo, studyInfo } from '../unit/fixtures';
import { test } from './runner';
import { until } from './waiting';

const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const extension = () => vscode.extensions.getExtension('clipsight.clipsight')!.extensionUri;
const wolf = () => vscode.Uri.joinPath(folder(), 'images/wolf/wolf_00.jpg');

/** Comparisons over the real finder and documents, and an engine that answers at once. */
function testComparisons(images: readonly vscode.Uri[] = [wolf()], storage = testMemento()) {
  const compared: ComparisonRequest[] = [];
  const remote = engineRemote({
    describe: async () => engineInfo(),
    compare: async (request) => {
      compared.push(request as ComparisonRequest);
      const { directions, most } = request;
      const components = most === 0 ? [] : [7];
      return {
        study: studyInfo(),
        failures: request.images.map(() => null),
        similarities: Float32Array.from(
          directions.flatMap((_, i) => request.images.map(() => 0.2 + i / 1000)),
        ),
        components: Int32Array.from(components),
        attributions: Float32Array.from(directions.flatMap(() => components.map(() => 0.25))),
        activations: Float32Array.from(components, () => 1),
        totals: Float32Array.from(directions, () => (most === 0 ? 0 : 1)),
        readings: directions.map(() => []),
      };
    },
    relate: async ({ directions }) => ({
      study: studyInfo(),
      cosines: new Float32Array(directions.length ** 2).fill(1),
    }),
  });
  const finder = finderThread({ entry: join(extension().fsPath, 'dist', 'prompts.js') });
  let gate = Promise.resolve();
  /** Until the function it gives is called nothing is found: views know what they knew. */
  const holdFinder = (): (() => void) => {
    let release!: () => void;
    gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  const held: typeof finder = {
    ...finder,
    find: async (...asked) => {
      await gate;
      return finder.find(...asked);
    },
  };
  const found = new PromptDocuments(held, (thrown) => {
    throw thrown;
  });
  const never: vscode.Event<never> = () => new vscode.Disposable(() => {});
  const services: CompareServices = {
    extension: extension(),
    engine: {
      remote,
      log: vscode.window.createOutputChannel('test', { log: true }),
    } as unknown as EngineClient,
    readStudy: async () => ({ model: '/m', dictionary: '/d' }),
    onStudy: () => {},
    acceptPoor: async () => {},
    pinned: { images, onChange: never, pin: async () => {}, unpin: async () => {} },
    found,
    rewriter: new Rewriter(found),
    store: new CompareStore(storage),
    storage,
    chooseImages: async () => undefined,
    pickPrompts: async () => undefined,
    library: {
      thumbnail: async () => assert.fail('no pictures'),
      request: async () => assert.fail('no library'),
    },
    components: { of: async () => null, onChange: never, inspect: async () => {} },
  };
  const panels = new ComparePanels(services);
  const end = async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    found.dispose();
    finder.dispose();
  };
  return { panels, services, found, compared, storage, holdFinder, end };
}

async function write(name: string, text: string): Promise<vscode.TextDocument> {
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.workspace.openTextDocument(uri);
}

async function remove(document: vscode.TextDocument): Promise<void> {
  await document.save();
  await vscode.workspace.fs.delete(document.uri);
}

/** Opens the comparison of a group as a lens does. */
async function openGroup(
  { panels, found }: ReturnType<typeof testComparisons>,
  document: vscode.TextDocument,
  group: string,
): Promise<ComparePanel> {
  let opened: ComparePanel | undefined;
  const shown = {
    show: (...asked: Parameters<ComparePanels['show']>) => {
      opened = panels.show(...asked);
      return opened;
    },
  };
  await comparePrompts(
    { uri: document.uri.toString(), group },
    { panels: shown, found, pickPrompts: async () => undefined },
  );
  assert.ok(opened, `${group} is not found`);
  return opened;
}

const texts = ({ state }: ComparePanel) => state.columns.map(({ text }) => text);
const settled = (panel: ComparePanel) =>
  until(() => panel.state.progress === null && panel.state.heat !== null);

const files = [
  {
    name: 'rewritten.py',
    source: "prompts = [\n    \"a wolf\",\n    'it\\'s a dog',\n]\n",
    after: 'prompts = [\n    "a wolf",\n    \'a "big" dog\\\'s ear\',\n]\n',
  },
  {
    name: 'rewritten.json',
    source: '{\n  "prompts": ["a wolf", "it\'s a dog"]\n}\n',
    after: '{\n  "prompts": ["a wolf", "a \\"big\\" dog\'s ear"]\n}\n',
  },
  {
    name: 'rewritten.yaml',
    source: 'prompts:\n  - a wolf # first\n  - "it\'s a dog"\n',
    after: 'prompts:\n  - a wolf # first\n  - "a \\"big\\" dog\'s ear"\n',
  },
];

for (const { name, source, after } of files) {
  test(`a prompt that is reworded beside others is written into ${name}, and undo brings the text back`, async () => {
    const all = testComparisons();
    const document = await write(name, source);
    const [group] = (await all.found.find(document))!.found.groups;
    const panel = await openGroup(all, document, group!.id);
    await settled(panel);
    assert.deepEqual(texts(panel), ['a wolf', "it's a dog"]);

    await panel.rewrite(1, 'a "big" dog\'s ear', "it's a dog");
    assert.equal(document.getText(), after);
    assert.deepEqual(texts(panel), ['a wolf', 'a "big" dog\'s ear']);
    assert.equal(panel.state.undo?.text, "it's a dog");

    await panel.undo();
    assert.equal(document.getText(), source);
    assert.deepEqual(texts(panel), ['a wolf', "it's a dog"]);
    assert.equal(panel.state.undo, null);
    await remove(document);
    await all.end();
  });
}

test('a prompt is not written over what the file says by now, and undo leaves it, too', async () => {
  const all = testComparisons();
  const document = await write('meanwhile.py', 'prompts = ["a wolf", "a dog"]\n');
  const panel = await openGroup(all, document, 'prompts');
  await settled(panel);

  await panel.rewrite(0, 'a grey wolf', 'a wolf');
  const typed = new vscode.WorkspaceEdit();
  const at = document.getText().indexOf('grey');
  typed.replace(
    document.uri,
    new vscode.Range(document.positionAt(at), document.positionAt(at + 4)),
    'white',
  );
  const release = all.holdFinder();
  await vscode.workspace.applyEdit(typed);
  // The view has not followed yet.
  const refused = assert.rejects(
    panel.rewrite(0, 'a black wolf', 'a grey wolf'),
    /has changed meanwhile.*a white wolf/,
  );
  release();
  await refused;
  await assert.rejects(panel.undo(), /no longer says what was written/);
  assert.equal(document.getText(), 'prompts = ["a white wolf", "a dog"]\n');
  await until(() => texts(panel).join() === 'a white wolf,a dog');
  // Now it has, but the person has not seen that.
  await assert.rejects(panel.rewrite(0, 'a black wolf', 'a grey wolf'), /now says “a white wolf”/);
  assert.equal(document.getText(), 'prompts = ["a white wolf", "a dog"]\n');
  await remove(document);
  await all.end();
});

test('undo goes to what was written, in whatever order and wherever it stands by then', async () => {
  const all = testComparisons();
  const source = 'prompts = ["a wolf", "a dog", "a wolf"]\n';
  const document = await write('several.py', source);
  const panel = await openGroup(all, document, 'prompts');
  await settled(panel);
  await panel.rewrite(2, 'a dog', 'a wolf');
  await panel.rewrite(0, 'a fox', 'a wolf');
  await panel.rewrite(0, 'a red fox', 'a fox');
  assert.equal(document.getText(), 'prompts = ["a red fox", "a dog", "a dog"]\n');

  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt('prompts = ['.length), '"new", ');
  await vscode.workspace.applyEdit(edit);
  await until(() => texts(panel).join() === 'new,a red fox,a dog,a dog');
  await panel.undo();
  await panel.undo();
  assert.equal(document.getText(), 'prompts = ["new", "a wolf", "a dog", "a dog"]\n');
  await panel.undo();
  assert.equal(document.getText(), 'prompts = ["new", "a wolf", "a dog", "a wolf"]\n');
  assert.equal(panel.state.undo, null);
  await remove(document);
  await all.end();
});

test('a comparison goes with its group when that is renamed', async () => {
  const all = testComparisons();
  const document = await write('renamed.py', 'prompts = ["a wolf", "a dog"]\n');
  const panel = await openGroup(all, document, 'prompts');
  await settled(panel);
  await panel.rewrite(0, 'a fox', 'a wolf');
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), 'animal_');
  await vscode.workspace.applyEdit(edit);
  await until(() => panel.state.title === 'animal_prompts');
  assert.equal(panel.panel.title, 'Compare: animal_prompts');
  assert.deepEqual(
    panel.state.columns.map(({ place }) => place?.line),
    [1, 1],
  );
  assert.equal(await openGroup(all, document, 'animal_prompts'), panel);
  await panel.rewrite(1, 'a cat', 'a dog');
  await panel.undo();
  await panel.undo();
  assert.equal(document.getText(), 'animal_prompts = ["a wolf", "a dog"]\n');
  await remove(document);
  await all.end();
});

test('a text of several lines is written with the line ends of the file, and taken back', async () => {
  const all = testComparisons();
  const source = 'id,caption\r\n1,"a wolf"\r\n2,"a dog"\r\n';
  const document = await write('lines.csv', source);
  const panel = await openGroup(all, document, 'caption');
  await settled(panel);
  await panel.rewrite(0, 'a wolf\nat night', 'a wolf');
  assert.equal(document.getText(), source.replace('a wolf', 'a wolf\r\nat night'));
  await panel.undo();
  assert.equal(document.getText(), source);
  await remove(document);
  await all.end();
});

test('a prompt in a cell of a notebook is rewritten there', async () => {
  const all = testComparisons();
  const cell = {
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source: ['prompts = ["a wolf", "a dog"]'],
  };
  const metadata = { kernelspec: { name: 'python3', display_name: 'Python', language: 'python' } };
  const uri = vscode.Uri.joinPath(folder(), 'cells.ipynb');
  const text = JSON.stringify({ cells: [cell], metadata, nbformat: 4, nbformat_minor: 5 });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(notebook);
  const { document } = notebook.cellAt(0);
  const panel = await openGroup(all, document, 'prompts');
  await settled(panel);
  await panel.rewrite(1, 'a "big" dog', 'a dog');
  assert.equal(document.getText(), 'prompts = ["a wolf", "a \\"big\\" dog"]');
  await panel.undo();
  assert.equal(document.getText(), 'prompts = ["a wolf", "a dog"]');

  await notebook.save();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.workspace.fs.delete(uri);
  await all.end();
});

test('a file that is read-only is not written, and the view says so', async () => {
  const all = testComparisons();
  const source = 'prompts = ["a wolf", "a dog"]\n';
  const bytes = new TextEncoder().encode(source);
  const refuse = () => assert.fail('a read-only file is changed');
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: () => new vscode.Disposable(() => {}),
    watch: () => new vscode.Disposable(() => {}),
    stat: () => ({
      type: vscode.FileType.File,
      ctime: 0,
      mtime: 0,
      size: bytes.length,
      permissions: vscode.FilePermission.Readonly,
    }),
    readDirectory: () => [],
    readFile: () => bytes,
    writeFile: refuse,
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  const registered = vscode.workspace.registerFileSystemProvider('frozen', provider);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('frozen:/frozen.py'));
  const panel = await openGroup(all, document, 'prompts');
  await settled(panel);
  await assert.rejects(panel.rewrite(0, 'a fox', 'a wolf'), /frozen\.py cannot be written/);
  assert.equal(document.getText(), source);
  assert.equal(panel.state.undo, null);
  await all.end();
  registered.dispose();
});

test('a comparison follows its file as it is typed in, and scores what is new', async () => {
  const all = testComparisons();
  const document = await write('followed.py', 'prompts = ["a wolf", "a dog"]\n');
  await vscode.window.showTextDocument(document);
  const panel = await openGroup(all, document, 'prompts');
  await settled(panel);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt('prompts = ['.length), '"a fox", ');
  await vscode.workspace.applyEdit(edit);
  await until(() => texts(panel).join() === 'a fox,a wolf,a dog');
  const isFox = (of: Direction) => of.kind === 'prompt' && of.text === 'a fox';
  await until(() => all.compared.some(({ directions }) => directions.some(isFox)));
  await settled(panel);
  const known = panel.state.scores!.directions;
  assert.ok(panel.state.columns.every(({ direction }) => known.includes(direction)));
  await remove(document);
  await all.end();
});

test('the comparison of a group is opened once, and again after a reload, at its places of then', async () => {
  const all = testComparisons();
  const document = await write('reloaded.py', 'classes = ["cat", "dog"]\ntemplates = ["a {}", "the {}"]\n');
  const panel = await openGroup(all, document, 'classes');
  await settled(panel);
  assert.equal(await openGroup(all, document, 'classes'), panel);
  assert.deepEqual(panel.state.templates?.texts, ['a {}', 'the {}']);

  const [[name, content]] = Object.entries(
    structuredClone(all.storage.get<Record<string, object>>('clipsight.comparisons')!),
  ) as [[string, object]];
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const kept = () => Object.keys(all.storage.get<object>('clipsight.comparisons') ?? {});
  await until(() => kept().length === 0);
  await all.storage.update('clipsight.comparisons', { [name]: content });
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '# moved\n');
  await vscode.workspace.applyEdit(edit);
  const restored = vscode.window.createWebviewPanel(compareViewType, '', vscode.ViewColumn.Active);
  const before = all.compared.length;
  await all.panels.deserializeWebviewPanel(restored, { panel: name });
  await until(() => all.compared.length > before);
  assert.equal(restored.title, 'Compare: classes');
  assert.deepEqual(all.compared[before]!.directions[0], {
    kind: 'ensemble',
    name: 'cat',
    texts: ['a cat', 'the cat'],
  });
  await remove(document);
  await all.end();
});
