import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { engines, whileFrozen } from './engines';
import { test } from './runner';
import { pause, until } from './waiting';

const extension = () => vscode.extensions.getExtension('clipsight.clipsight')!;
const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const file = (name: string) => vscode.Uri.joinPath(folder(), name);
const wolf = () => file('images/wolf/wolf_00.jpg');

async function write(name: string, text: string): Promise<vscode.Uri> {
  await extension().activate();
  await vscode.workspace.fs.writeFile(file(name), new TextEncoder().encode(text));
  return file(name);
}

async function cleanUp(...files: readonly vscode.Uri[]): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('clipsight.unpinImages');
  for (const uri of files) await vscode.workspace.fs.delete(uri).then(undefined, () => undefined);
}

async function labelsOf(document: vscode.TextDocument): Promise<readonly string[]> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const hints: vscode.InlayHint[] = await vscode.commands.executeCommand(
    'vscode.executeInlayHintProvider',
    document.uri,
    all,
  );
  return hints
    .sort((a, b) => a.position.compareTo(b.position))
    .map(({ label }) => (typeof label === 'string' ? label : label.map(({ value }) => value).join('')));
}

/** As soon as they satisfy. */
async function labels(
  document: vscode.TextDocument,
  satisfies: (labels: readonly string[]) => boolean,
): Promise<readonly string[]> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    let remark: string;
    try {
      const shown = await labelsOf(document);
      if (satisfies(shown)) return shown;
      remark = `The hints stay ${JSON.stringify(shown.slice(0, 5))}`;
    } catch (thrown) {
      // VS Code has no text of a cell before it has drawn the notebook.
      remark = `There are no hints: ${thrown}`;
    }
    assert.ok(Date.now() < deadline, remark);
    await pause();
  }
}

const has = (count: number) => (shown: readonly string[]) => shown.length === count;
/** All that a hint of a group can have. */
const complete = (count: number) => (shown: readonly string[]) =>
  shown.length === count && shown.every((label) => label.split(' · ').length === 3);

test('the cells of a notebook are read as one program, each in its language', async () => {
  const cell = (source: string) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  });
  // Not the name of any other test's notebook: VS Code remembers for a while the cells of one that was deleted.
  const uri = await write(
    'program.ipynb',
    JSON.stringify({
      cells: [
        cell('classes = [\n  "wolf",\n  "cat",\n]'),
        cell('# it is filled above\nprompts = [f"a photo of a {c}" for c in classes]'),
      ],
      metadata: { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } },
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );
  const settings = vscode.workspace.getConfiguration('clipsight.prompts');
  const ignore = (globs: readonly string[] | undefined) =>
    settings.update('ignore', globs, vscode.ConfigurationTarget.Workspace);
  try {
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('clipsight.pinImage', wolf());
    const [first, second] = notebook.getCells().map(({ document }) => document) as [
      vscode.TextDocument,
      vscode.TextDocument,
    ];
    const filled = await labels(first, complete(2));
    const template = await labels(second, has(1));
    // The template is scored with the class that fits best.
    assert.equal(template[0]?.split(' · ')[0], filled[0]?.split(' · ')[0]);

    await ignore(['*.ipynb']);
    await labels(first, has(0));
    await ignore(undefined);
    await labels(first, has(2));

    await vscode.languages.setTextDocumentLanguage(first, 'sql');
    await labels(first, has(0));
    await labels(second, has(0));
    await vscode.languages.setTextDocumentLanguage(first, 'python');
    await labels(first, has(2));

    // Another cell above.
    const edit = new vscode.WorkspaceEdit();
    const kind = vscode.NotebookCellKind.Code;
    edit.set(uri, [
      vscode.NotebookEdit.insertCells(0, [
        new vscode.NotebookCellData(kind, 'labels = ["a", "b"]', 'python'),
      ]),
    ]);
    await vscode.workspace.applyEdit(edit);
    await labels(notebook.cellAt(0).document, has(2));
    await labels(first, has(2));
  } finally {
    await ignore(undefined);
    await cleanUp(uri);
  }
});

test('what was never saved has hints, in the language that it is in now', async () => {
  await extension().activate();
  const document = await vscode.workspace.openTextDocument({
    language: 'python',
    content: 'prompts = [\n  "a wolf",\n  "a cat",\n]\n',
  });
  try {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('clipsight.pinImage', wolf());
    await labels(document, complete(2));
    await vscode.languages.setTextDocumentLanguage(document, 'sql');
    await labels(document, has(0));
    await vscode.languages.setTextDocumentLanguage(document, 'javascript');
    await labels(document, complete(2));
  } finally {
    await cleanUp();
  }
});

test('what nobody can write in has no hints: the other side of a comparison', async () => {
  const uri = await write('compared.py', 'prompts = [\n  "a wolf",\n  "a cat",\n]\n');
  const scheme = 'clipsight-test-past';
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: () => 'prompts = [\n  "a wolf",\n  "a dog",\n]\n',
  });
  try {
    const past = uri.with({ scheme });
    await vscode.commands.executeCommand('vscode.diff', past, uri);
    await vscode.commands.executeCommand('clipsight.pinImage', wolf());
    await labels(await vscode.workspace.openTextDocument(uri), complete(2));
    assert.deepEqual(await labelsOf(await vscode.workspace.openTextDocument(past)), []);
  } finally {
    provider.dispose();
    await cleanUp(uri);
  }
});

test('scores follow a picture that changes on disk, and a file that is renamed', async () => {
  const uri = await write('followed.py', 'prompts = [\n  "a wolf",\n  "a cat",\n]\n');
  const renamed = file('renamed.js');
  const picture = file('followed.jpg');
  const [cat] = await vscode.workspace.findFiles('images/cat/*.jpg', undefined, 1);
  assert.ok(cat);
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('clipsight.pinImage', cat);
    const expected = await labels(document, complete(2));
    await vscode.workspace.fs.copy(wolf(), picture, { overwrite: true });
    await vscode.commands.executeCommand('clipsight.pinImage', picture);
    const before = await labels(document, (shown) => complete(2)(shown) && shown[0] !== expected[0]);
    // As many programs replace a file: it is gone for a moment, but not let go of.
    await vscode.workspace.fs.delete(picture);
    await pause();
    await vscode.workspace.fs.copy(cat, picture);
    const after = await labels(document, (shown) => complete(2)(shown) && shown[0] !== before[0]);
    assert.deepEqual(after, expected);

    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(uri, renamed, { overwrite: true });
    await vscode.workspace.applyEdit(edit);
    const now = await vscode.workspace.openTextDocument(renamed);
    assert.equal(now.languageId, 'javascript');
    assert.deepEqual(await labels(now, complete(2)), expected);
  } finally {
    await cleanUp(uri, renamed, picture);
  }
});

test('of pins in quick succession the last one counts, also where one before cannot be read', async () => {
  const uri = await write('pins.py', 'prompts = [\n  "a wolf",\n  "a cat",\n]\n');
  const broken = await write('broken.jpg', 'no picture');
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const beside = await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
    assert.notEqual(editor.viewColumn, beside.viewColumn);
    await vscode.commands.executeCommand('clipsight.pinImage', wolf());
    const expected = await labels(document, complete(2));
    await vscode.commands.executeCommand('clipsight.unpinImages');
    const pin = (image: vscode.Uri) => vscode.commands.executeCommand('clipsight.pinImage', image);
    await Promise.all([
      pin(broken),
      vscode.commands.executeCommand('clipsight.unpinImages'),
      pin(broken),
      pin(wolf()),
    ]);
    assert.deepEqual(await labels(document, complete(2)), expected);

    // Quiet while it cannot be read, and there again with the next one.
    await pin(broken);
    await labels(document, has(0));
    await pin(wolf());
    assert.deepEqual(await labels(document, complete(2)), expected);

    // What was known stays while there is no engine, and what is new is asked of another one.
    await vscode.commands.executeCommand('clipsight.restartEngine');
    assert.deepEqual(await labelsOf(document), expected);
    await beside.edit((edit) => edit.replace(new vscode.Range(1, 3, 1, 9), 'a race car'));
    const edited = await labels(document, complete(2));
    assert.notEqual(edited[0], expected[0]);
  } finally {
    await cleanUp(uri, broken);
  }
});

const similarity = (label: string | undefined) => label?.split(' · ')[0];

test('an engine that is killed at work is followed by another, and what was known stays', async () => {
  await extension().activate();
  const document = await vscode.workspace.openTextDocument({
    language: 'python',
    content: 'prompts = [\n  "a wolf",\n  "a cat",\n  "a dog",\n]\n',
  });
  try {
    const editor = await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('clipsight.pinImage', wolf());
    const before = await labels(document, complete(3));
    await whileFrozen(async () => {
      // No text that another test had scored: it would be known.
      await editor.edit((edit) => edit.replace(new vscode.Range(3, 3, 3, 8), 'a quiet harbour'));
      // Once the new text is found the others have lost their shares, and it is asked for.
      const waiting = await labels(
        document,
        (shown) => shown.length === 2 && shown.every((label) => !label.includes('%')),
      );
      assert.deepEqual(waiting.map(similarity), before.slice(0, 2).map(similarity));
      const killed = engines();
      for (const pid of killed) process.kill(pid, 'SIGKILL');
      // Another may have taken its place before that is looked at.
      await until(() => engines().every((pid) => !killed.includes(pid)));
      const during = await labelsOf(document);
      assert.deepEqual(during.slice(0, 2).map(similarity), waiting.map(similarity));
    });
    const after = await labels(document, complete(3));
    assert.deepEqual(after.slice(0, 2).map(similarity), before.slice(0, 2).map(similarity));
    assert.notEqual(similarity(after[2]), similarity(before[2]));
  } finally {
    await cleanUp();
  }
});
