import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readStudy } from '../../src/extension/engine/settings';
import { promptConfidences } from '../../src/shared/confidence';
import { percent, points } from '../../src/shared/points';
import { whileFrozen } from './engines';
import { ownEngine } from './ownEngine';
import { test } from './runner';
import { pause } from './waiting';

const extension = () => vscode.extensions.getExtension('clipsight.clipsight')!;
const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const image = () => vscode.Uri.joinPath(folder(), 'images/wolf/wolf_00.jpg');

async function open(name: string, text: string): Promise<vscode.TextEditor> {
  await extension().activate();
  await vscode.commands.executeCommand('clipsight.unpinImages');
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

async function close(document: vscode.TextDocument): Promise<void> {
  await document.save();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('clipsight.unpinImages');
  await vscode.workspace.fs.delete(document.uri);
}

function hintsOf(document: vscode.TextDocument): Thenable<vscode.InlayHint[]> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  return vscode.commands.executeCommand('vscode.executeInlayHintProvider', document.uri, all);
}

function lensesOf(document: vscode.TextDocument): Thenable<vscode.CodeLens[]> {
  return vscode.commands.executeCommand('vscode.executeCodeLensProvider', document.uri);
}

/** By line, the hint beside a prompt as soon as it satisfies. */
async function labels(
  document: vscode.TextDocument,
  satisfies: (labels: readonly string[]) => boolean,
): Promise<readonly string[]> {
  for (;;) {
    const hints = await hintsOf(document);
    const shown = hints
      .sort((a, b) => a.position.compareTo(b.position))
      .map(({ label }) => (typeof label === 'string' ? label : label.map(({ value }) => value).join('')));
    if (satisfies(shown)) return shown;
    await pause();
  }
}

test('prompts have the numbers that the engine attributes, and follow what is typed', async () => {
  const texts = ['a photo of a wolf', 'a wolf in the snow', 'a hot dog'];
  const source = `prompts = [\n${texts.map((text) => `    "${text}",\n`).join('')}]\n`;
  const storage = mkdtempSync(join(tmpdir(), 'clipsight-storage-'));
  const engine = ownEngine(storage);
  const editor = await open('zero_shot.py', source);
  const { document } = editor;
  try {
    const lenses = async () => (await lensesOf(document)).map(({ command }) => command?.title);
    while ((await lenses()).length === 0) await pause();
    assert.deepEqual(await lenses(), ['Compare 3 prompts', 'Choose image', 'Audit']);
    assert.deepEqual(await labels(document, () => true), []);

    await vscode.commands.executeCommand('clipsight.pinImage', image());
    const before = await labels(
      document,
      (shown) => shown.length === 3 && shown.every((label) => label.split(' · ').length === 3),
    );
    assert.deepEqual(await lenses(), ['Compare 3 prompts · on wolf_00.jpg', 'Choose image', 'Audit']);
    const response = await engine.remote.attribute({
      study: readStudy(extension().extensionUri),
      images: [{ kind: 'file', path: image().fsPath }],
      directions: texts.map((text) => ({ kind: 'prompt', text })),
    });
    const [outcome] = response.images;
    assert.equal(outcome?.kind, 'analysis');
    const { directions, latents } = outcome.analysis;
    const shares = promptConfidences(
      directions.map(({ similarity }) => similarity),
      response.study.model,
    );
    const expected = directions.map(({ similarity, attributions }, i) => {
      const strongest = attributions.reduce((best, a, j) => (a > attributions[best]! ? j : best), 0);
      return [points(similarity), percent(shares[i]!), `latent ${latents[strongest]}`].join(' · ');
    });
    assert.deepEqual(before, expected);

    // Another line above: the numbers stay beside their prompts all the while.
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# wolves\n'));
    const moved = await hintsOf(document);
    assert.deepEqual(moved.map(({ position }) => position.line).sort(), [2, 3, 4]);

    // Another text: its numbers go, and come anew.
    const start = document.getText().indexOf('hot dog');
    await editor.edit((edit) =>
      edit.replace(
        new vscode.Range(document.positionAt(start), document.positionAt(start + 'hot dog'.length)),
        'race car',
      ),
    );
    const after = await labels(document, (shown) => shown.length === 3 && shown[2] !== before[2]);
    assert.equal(after[0]?.split(' · ')[0], before[0]?.split(' · ')[0]);
    await labels(document, (shown) => shown.every((label) => label.split(' · ').length === 3));

    await vscode.commands.executeCommand('clipsight.unpinImages');
    assert.deepEqual(await hintsOf(document), []);
  } finally {
    await close(document);
    await engine.stop();
    engine.dispose();
    rmSync(storage, { recursive: true, force: true });
  }
});

test('hints stand behind the quotes', async () => {
  const { document } = await open('two.json', '{ "prompts": ["a wolf", "a cat"] }\n');
  try {
    await vscode.commands.executeCommand('clipsight.pinImage', image());
    // In one line each has its similarity alone.
    await labels(
      document,
      (shown) => shown.length === 2 && shown.every((label) => /^−?\d+\.\d\d$/.test(label)),
    );
    const hints = await hintsOf(document);
    assert.deepEqual(
      hints.map(({ position }) => document.getText().slice(0, document.offsetAt(position)).slice(-2)),
      ['f"', 't"'],
    );
  } finally {
    await close(document);
  }
});

test('typing in a file of 2 000 prompts never waits for the engine', async () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `    "a photo of thing number ${i}",\n`);
  const editor = await open('many.py', `prompts = [\n${lines.join('')}]\n`);
  const { document } = editor;
  try {
    await vscode.commands.executeCommand('clipsight.pinImage', image());
    await labels(document, (shown) => shown.length > 0);
    await whileFrozen(async () => {
      for (let i = 0; i < 10; i++) {
        await editor.edit((edit) => edit.insert(new vscode.Position(1, 5), 'x'));
        const shown = await labels(document, () => true);
        assert.ok(shown.length > 0, 'What is known of the other prompts is gone');
      }
    });
    await labels(document, (all) => all.length > 5 && all.every((label) => label.includes('%')));
    assert.equal((await lensesOf(document)).length, 3);
  } finally {
    await close(document);
  }
});

test('an image that goes away is no longer pinned', async () => {
  const { document } = await open('one.yaml', 'prompts:\n  - a wolf\n  - a cat\n');
  const copy = vscode.Uri.joinPath(folder(), 'gone.jpg');
  try {
    await vscode.workspace.fs.copy(image(), copy, { overwrite: true });
    await vscode.commands.executeCommand('clipsight.pinImage', { uri: copy.toString() });
    await labels(document, (shown) => shown.length === 2);
    await vscode.workspace.fs.delete(copy);
    await labels(document, (shown) => shown.length === 0);
    const titles = async () => (await lensesOf(document)).map(({ command }) => command?.title);
    assert.deepEqual(await titles(), ['Compare 2 prompts', 'Choose image', 'Audit']);
  } finally {
    await close(document);
  }
});

test('hints and lenses are off by their settings, and in files that are ignored', async () => {
  const { document } = await open('settings.toml', 'prompts = ["a wolf", "a cat"]\n');
  const settings = vscode.workspace.getConfiguration('clipsight.prompts');
  const set = (name: string, value: unknown) =>
    settings.update(name, value, vscode.ConfigurationTarget.Workspace);
  try {
    await vscode.commands.executeCommand('clipsight.pinImage', image());
    await labels(document, (shown) => shown.length === 2);
    // VS Code may read the file of settings again while the next one is being written into it.
    const shows = async (hints: number, lenses: number) => {
      await labels(document, (shown) => shown.length === hints);
      while ((await lensesOf(document)).length !== lenses) await pause();
    };
    await set('hints', false);
    await shows(0, 3);
    await set('hints', undefined);
    await set('lenses', false);
    await shows(2, 0);
    await set('lenses', undefined);
    await set('ignore', ['*.toml']);
    await shows(0, 0);
  } finally {
    for (const name of ['hints', 'lenses', 'ignore']) await set(name, undefined);
    await close(document);
  }
});
