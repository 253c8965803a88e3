import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { bundled, commandLineResults } from './commandLine';
import { test } from './fixture';
import { modelRow, openModels } from './modelsView';
import { attributeImages, expectNumbers } from './panel';
import { runCommand, takeScreenshot } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';
const prompt = 'a photo of a wolf';

test.use({ asksForTrust: true });

test('a workspace without trust gets the bundled model, is told so, and gets the chosen one with trust', async ({
  code,
  server,
  workspace,
}) => {
  const [restricted] = commandLineResults(workspace, [wolf], [prompt]);
  const [trusted] = commandLineResults(workspace, [wolf], [prompt], ['--model', bundled('emoji-judge')]);
  mkdirSync(join(server.profile, 'user/Machine'), { recursive: true });
  const settings = { 'clipsight.model': 'bundled:emoji-judge' };
  writeFileSync(join(server.profile, 'user/Machine/settings.json'), JSON.stringify(settings));
  await code.reload();

  const panel = await attributeImages(code, [wolf], prompt);
  await expectNumbers(panel, restricted!);
  await expect(panel.getByText('This workspace is not trusted').first()).toBeVisible();
  await takeScreenshot(code, 'not-trusted');

  const tree = await openModels(code);
  await expect(modelRow(tree, 'emoji-clip, in use')).toBeVisible();
  await expect(code.getByText('only what comes with Clipsight is used')).toBeVisible();
  await modelRow(tree, 'emoji-judge').hover();
  await expect(modelRow(tree, 'emoji-judge').getByRole('button', { name: 'Use' })).toBeDisabled();
  await takeScreenshot(code, 'models-not-trusted');

  await runCommand(code, 'Workspaces: Manage Workspace Trust');
  await code.getByRole('button', { name: 'Trust', exact: true }).click();
  await expectNumbers(panel, trusted!);
  await expect(panel.getByText('This workspace is not trusted')).toBeHidden();
});
