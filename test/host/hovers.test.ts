import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readStudy } from '../../src/extension/engine/settings';
import { candidates } from '../../src/extension/prompts/hover/imagePaths';
import { percent, points, signedPoints } from '../../src/shared/points';
import { whileFrozen } from './engines';
import { ownEngine } from './ownEngine';
import { test } from './runner';
import { pause } from './waiting';

const extension = () => vscode.extensions.getExtension('clipsight.clipsight')!;
const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const image = () => vscode.Uri.joinPath(folder(), 'images/wolf/wolf_00.jpg');

async function open(name: string, text: string): Promise<vscode.TextDocument> {
  await extension().activate();
  await vscode.commands.executeCommand('clipsight.unpinImages');
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

async function close(document: vscode.TextDocument): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('clipsight.unpinImages');
  if (!document.isUntitled) await vscode.workspace.fs.delete(document.uri);
}

/** The hover of ours over the first of a text. */
async function hover(document: vscode.TextDocument, text: string): Promise<vscode.MarkdownString | null> {
  const position = document.positionAt(document.getText().indexOf(text) + 1);
  const hovers: vscode.Hover[] = await vscode.commands.executeCommand(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  const contents = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
  return contents.find(({ value }) => value?.includes('command:clipsight.')) ?? null;
}

/** As soon as it satisfies: what takes longer than a hover waits is there the next time. */
async function hoverWith(document: vscode.TextDocument, text: string, part: string): Promise<string> {
  for (;;) {
    const shown = (await hover(document, text))?.value ?? '';
    if (readable(shown).includes(part) && !shown.includes('Point at it again')) return shown;
    await pause();
  }
}

/** Without marks of direction and backslashes, with characters for their numbers. */
function readable(markdown: string): string {
  return markdown
    .replace(/\((?:data|command):[^)]*\)/g, '')
    .replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)))
    .replace(/[\\\u2068\u2069*]/g, '');
}

/** What a picture says in words. */
function alternative(shown: string, picture: string): string | undefined {
  return new RegExp(`!\\[${picture}: ([^\\]]*)\\]`).exec(shown)?.[1];
}

/** What the first link to a command calls it with. */
function argumentOf(markdown: string, command: string): unknown {
  const [, query = ''] = new RegExp(`command:clipsight\\.${command}\\?([^ )]*)`).exec(markdown) ?? [];
  return JSON.parse(decodeURIComponent(query))[0];
}

test('a hover over a prompt has the numbers that the engine attributes', async () => {
  const text = 'a photo of a wolf';
  const storage = mkdtempSync(join(tmpdir(), 'clipsight-storage-'));
  const engine = ownEngine(storage);
  const document = await open('hovered.py', `prompts = ["${text}", "a hot dog"]\nprint("not one")\n`);
  try {
    const bare = await hoverWith(document, text, 'No image is pinned');
    assert.ok(bare.includes('command:clipsight.choosePinnedImage'));
    assert.equal(await hover(document, 'not one'), null);

    await vscode.commands.executeCommand('clipsight.pinImage', image());
    await hoverWith(document, text, 'among the 2 prompts');
    const shown = readable(await hoverWith(document, text, 'Points lost without each word'));
    const study = readStudy(extension().extensionUri);
    const source = { kind: 'file', path: image().fsPath } as const;
    const { images } = await engine.remote.attribute({
      study,
      images: [source],
      directions: [{ kind: 'prompt', text }],
    });
    const [outcome] = images;
    assert.equal(outcome?.kind, 'analysis');
    const { latents, directions } = outcome.analysis;
    const { similarity, attributions } = directions[0]!;
    const total = attributions.reduce((sum, a) => sum + Math.abs(a), 0);
    const ranked = [...attributions]
      .map((attribution, i) => ({ attribution, latent: latents[i]! }))
      .sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
    const positive = ranked.find(({ attribution }) => attribution > 0)!;
    const strongest = [...new Set([...ranked.slice(0, 5), positive])].map(
      ({ attribution, latent }) =>
        `latent ${latent} ${signedPoints(attribution)} points, ${percent(Math.abs(attribution) / total)}`,
    );
    assert.ok(shown.includes(`${points(similarity)} points`), shown);
    assert.equal(alternative(shown, 'Components'), strongest.join('; '));
    const { words } = await engine.remote.attributeWords({ study, image: source, text, components: [] });
    const each = words.map((word) => `${word.text} ${signedPoints(word.leaveOneOut)}`);
    assert.equal(alternative(shown, 'Points lost without each word'), each.join('; '));

    // The second time nothing is asked.
    const again = await whileFrozen(() => hover(document, text));
    assert.equal(readable(again?.value ?? ''), shown);
  } finally {
    await close(document);
    await engine.stop();
    engine.dispose();
    rmSync(storage, { recursive: true, force: true });
  }
});

test('links of a hover open what they say, and take nothing else', async () => {
  const document = await vscode.workspace.openTextDocument({
    language: 'json',
    content: '{ "prompts": ["a wolf", "a cat"] }',
  });
  await extension().activate();
  await vscode.window.showTextDocument(document);
  try {
    await vscode.commands.executeCommand('clipsight.pinImage', image());
    const shown = await hoverWith(document, 'a wolf', 'Components:');
    const trusted = (await hover(document, 'a wolf'))!.isTrusted;
    const linked = new Set([...shown.matchAll(/command:([a-zA-Z.]+)/g)].map(([, name]) => name));
    assert.deepEqual(new Set((trusted as { enabledCommands: string[] }).enabledCommands), linked);
    assert.deepEqual(argumentOf(shown, 'comparePrompts'), {
      uri: document.uri.toString(),
      group: 'prompts',
    });
    await vscode.commands.executeCommand('clipsight.openAttribution', argumentOf(shown, 'openAttribution'));
    while (!tabs().includes('wolf_00.jpg — CLIP')) await pause();
    const before = tabs();
    const nonsense = { images: ['https://example.com/a.png'], prompts: ['x'] };
    void vscode.commands.executeCommand('clipsight.openAttribution', nonsense);
    void vscode.commands.executeCommand('clipsight.openImage', { uri: 'command:workbench.action.quit' });
    for (let i = 0; i < 5; i++) await pause();
    assert.deepEqual(tabs(), before);
  } finally {
    await close(document);
  }
});

test('the path of an image is a link, and its hover shows the image and pins it', async () => {
  const document = await open(
    'paths.yaml',
    'image: images/wolf/wolf_00.jpg\nmissing: images/none.png\nprompts: [a wolf, a cat]\n',
  );
  try {
    const shown = await hoverWith(document, 'images/wolf', '192 × 192 pixels');
    assert.match(shown, /!\[[^\]]*\]\(data:image\/jpeg;base64,/);
    assert.equal(await hover(document, 'images/none'), null);
    const links: vscode.DocumentLink[] = await vscode.commands.executeCommand(
      'vscode.executeLinkProvider',
      document.uri,
    );
    assert.deepEqual(
      links.map(({ target }) => target?.toString()),
      [image().toString()],
    );
    await vscode.commands.executeCommand('clipsight.pinImage', argumentOf(shown, 'pinImage'));
    await hoverWith(document, 'a wolf', 'on [images/wolf/wolf_00.jpg');
    await hoverWith(document, 'images/wolf', 'pinned');
  } finally {
    await close(document);
  }
});

function tabs(): string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
}

test('paths of images lead to no other machine, and out of the workspace only where it is trusted', () => {
  const folders = [vscode.Uri.file('/work/project')];
  const of = (path: string, isTrusted: boolean) => candidates(path, folders, isTrusted).map(String);
  for (const elsewhere of [
    '\\\\evil\\share\\a.png',
    '//evil/a.png',
    'file://evil/a.png',
    'a.png\0.txt',
    'a.py',
  ]) {
    assert.deepEqual(of(elsewhere, true), []);
  }
  for (const outside of ['/etc/a.png', 'file:///etc/a.png', '../a.png']) {
    assert.equal(of(outside, true).length, 1);
    assert.deepEqual(of(outside, false), []);
  }
  assert.deepEqual(of('sub/a.PNG', false), ['file:///work/project/sub/a.PNG']);
  assert.ok(of('sub\\a.png', true).includes('file:///work/project/sub/a.png'));
});
