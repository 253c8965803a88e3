import { expect, type FrameLocator } from '@playwright/test';
import { bundled, commandLineResults } from './commandLine';
import { test } from './fixture';
import { attributeImages, expectNumbers } from './panel';
import { runAndPick, takeScreenshot } from './workbench';

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

  await runAndPick(code, 'Clipsight: Choose Dictionary…', 'sae-patches');
  await expect(header(panel)).toContainText(/sae-patches.*block 3 \(of 0–4\).*patch tokens/s);
  await expectNumbers(panel, expected('--dictionary', bundled('sae-patches')));

  await runAndPick(code, 'Clipsight: Choose Dictionary…', 'Default', () =>
    takeScreenshot(code, 'choose-dictionary'),
  );
  await runAndPick(code, 'Clipsight: Choose Model…', 'emoji-judge');
  await expect(header(panel)).toContainText(/emoji-judge.*neurons:/s);
  await expectNumbers(panel, expected('--model', bundled('emoji-judge')));
  await takeScreenshot(code, 'other-model');

  await runAndPick(code, 'Clipsight: Choose Model…', 'Default');
  await expect(header(panel)).toContainText(/emoji-clip.*sae-cls/s);
  await expectNumbers(panel, expected());
});
