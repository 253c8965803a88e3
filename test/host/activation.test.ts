import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { test } from './runner';

function clipsight(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('clipsight.clipsight');
  assert.ok(extension, 'VS Code does not know the extension');
  return extension;
}

test('the extension is the installed one where a .vsix is tested', () => {
  // VS Code leaves the package's manifest in the folder that it unpacks it to.
  const isInstalled = existsSync(join(clipsight().extensionPath, '.vsixmanifest'));
  assert.equal(isInstalled, process.env.CLIPSIGHT_VSIX !== undefined);
});

test('the extension activates', async () => {
  await clipsight().activate();
  assert.equal(clipsight().isActive, true);
});

test('every contributed command is registered', async () => {
  await clipsight().activate();
  const contributed: { command: string }[] = clipsight().packageJSON.contributes.commands;
  assert.notEqual(contributed.length, 0);
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.deepEqual(
    contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
    [],
  );
});
