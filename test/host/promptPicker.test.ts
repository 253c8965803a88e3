import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findPromptFiles } from '../../src/extension/prompts/promptFiles';
import { type PromptPickerOptions, pickPrompts } from '../../src/extension/prompts/promptPicker';
import { test } from './runner';
import { insist, pause } from './waiting';

const accept = () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
const leave = () => vscode.commands.executeCommand('workbench.action.closeQuickOpen');

/** Checks the next prompt of the list. */
async function checkNext(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.quickOpenNavigateNext');
  await vscode.commands.executeCommand('workbench.action.quickPickManyToggle');
  await pause();
}

/** Opens the picker and repeats the keys until it closes. */
async function drive(
  options: Partial<PromptPickerOptions>,
  keys: () => PromiseLike<unknown>,
): Promise<readonly string[] | undefined> {
  let closed = false;
  const picked = pickPrompts({
    chosen: [],
    remembered: [],
    forget: async () => {},
    findFiles: async () => [],
    onError: (thrown) => assert.fail(String(thrown)),
    ...options,
  }).finally(() => {
    closed = true;
  });
  await insist(keys, () => closed);
  return picked;
}

test('the prompt picker gives what was chosen before, in its order', async () => {
  const chosen = ['a wolf', 'a cat'];
  assert.deepEqual(await drive({ chosen, remembered: ['a cat', 'a dog', 'a wolf'] }, accept), chosen);
});

test('the prompt picker gives what is checked with the keyboard', async () => {
  const picked = await drive({ remembered: ['a dog'] }, async () => {
    await checkNext();
    await accept();
  });
  assert.deepEqual(picked, ['a dog']);
});

test('the prompt picker gives nothing when it is left', async () => {
  assert.equal(await drive({ chosen: ['a wolf'] }, leave), undefined);
});

test("the prompts of the workspace's files are found", async () => {
  const sources = await findPromptFiles(new vscode.CancellationTokenSource().token);
  assert.deepEqual(
    sources.map(({ label, problem }) => [label, problem]),
    [['prompts.txt', undefined]],
  );
  assert.ok(sources[0]?.prompts.includes('a photo of a wolf'));
});
