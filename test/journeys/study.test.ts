import { expect, type FrameLocator } from '@playwright/test';
import { bundled, commandLineResults } from './commandLine';
import { test } from './fixture';
import { attributeImages, expectNumbers } from './panel';
import { quickPick, runCommand, takeScreenshot } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';
const prompt = 'a photo of a wolf';

const header = (panel: FrameLocator) => panel.locator('clipsight-study-header');

test('another model and another dictionary are chosen, and the open panel follows', async ({
  code,
  workspace,
}) => {
  const expected = (...study: string[]) => commandLineResults(workspace, [wolf], [prompt], study)[0]!;
  const panel = await attributeImages(code, [wolf], prompt);
  await expectNumbers(panel, expected());

  await runCommand(code, 'Clipsight: Choose Dictionary…');
  await quickPick(code, 'sae-patches').click();
  await expect(header(panel)).toContainText(/sae-patches.*block 3 \(of 0–4\).*patch tokens/s);
  await expectNumbers(panel, expected('--dictionary', bundled('sae-patches')));

  await runCommand(code, 'Clipsight: Choose Dictionary…');
  await takeScreenshot(code, 'choose-dictionary');
  await quickPick(code, 'Default').click();
  await runCommand(code, 'Clipsight: Choose Model…');
  await quickPick(code, 'emoji-judge').click();
  await expect(header(panel)).toContainText(/emoji-judge.*neurons:/s);
  await expectNumbers(panel, expected('--model', bundled('emoji-judge')));
  await takeScreenshot(code, 'other-model');

  await runCommand(code, 'Clipsight: Choose Model…');
  await quickPick(code, 'Default').click();
  await expect(header(panel)).toContainText(/emoji-clip.*sae-cls/s);
  await expectNumbers(panel, expected());
});
