import { expect } from '@playwright/test';
import { commandLineResults } from './commandLine';
import { test } from './fixture';
import { addPrompt, attributeImages, expectNumbers } from './panel';
import {
  explorerItem,
  panelFrame,
  pickFromMenuOf,
  quickInput,
  quickPick,
  runCommand,
  statusItem,
  takeScreenshot,
} from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';

test('an opened image is attributed from its tab and from the button above it', async ({
  code,
  workspace,
}) => {
  const [expected] = commandLineResults(workspace, [wolf], ['a photo of a wolf']);
  await (await explorerItem(code, wolf)).dblclick();
  const tab = code.getByRole('tab', { name: 'wolf_00.jpg', exact: true });
  await pickFromMenuOf(code, tab, 'Attribute with CLIP…');
  await quickInput(code).pressSequentially('a photo of a wolf');
  await quickInput(code).press('Enter');
  await expectNumbers(panelFrame(code), expected!);

  await tab.click();
  await code.getByRole('button', { name: 'Attribute with CLIP…' }).click();
  await expect(quickInput(code)).toBeVisible();
  await takeScreenshot(code, 'opened-image');
  await quickInput(code).press('Escape');
});

test('all of it with the keyboard', async ({ code, workspace }) => {
  const [wolfResult, dogResult] = commandLineResults(workspace, [wolf], ['a photo of a wolf', 'a dog']);
  await expect(async () => {
    await code.keyboard.press('ControlOrMeta+P');
    await quickInput(code).fill('wolf_00', { timeout: 2000 });
    await expect(quickPick(code, 'wolf_00.jpg')).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
  await quickInput(code).press('Enter');
  await expect(code.getByRole('tab', { name: 'wolf_00.jpg', exact: true })).toBeVisible();

  await expect(async () => {
    await code.keyboard.press('F1');
    await quickInput(code).fill('>Clipsight: Attribute with CLIP…', { timeout: 2000 });
    await expect(quickPick(code, 'Clipsight: Attribute with CLIP…')).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
  await quickInput(code).press('Enter');
  await expect(quickInput(code)).toHaveValue('');
  await quickInput(code).pressSequentially('a photo of a wolf');
  await quickInput(code).press('Enter');
  const panel = panelFrame(code);
  await expectNumbers(panel, wolfResult!);

  const adder = panel.getByRole('textbox', { name: 'Add a prompt' });
  await expect(async () => {
    await code.keyboard.press('Tab');
    await expect(adder).toBeFocused({ timeout: 200 });
  }).toPass({ timeout: 20_000, intervals: [0] });
  await code.keyboard.type('a dog');
  await code.keyboard.press('Enter');
  const dog = panel.getByRole('grid', { name: 'Prompts' }).getByRole('row').filter({ hasText: 'a dog' });
  await expect(dog).toBeVisible();
  await takeScreenshot(code, 'keyboard');
  await expect(async () => {
    await code.keyboard.press('Shift+Tab');
    await expect(panel.getByRole('grid', { name: 'Prompts' }).locator(':focus')).toHaveCount(1, {
      timeout: 200,
    });
  }).toPass({ timeout: 20_000, intervals: [0] });
  await code.keyboard.press('End');
  await expectNumbers(panel, dogResult!);
});

test('the status bar shows the engine, and a click stops and starts it', async ({ code, workspace }) => {
  const [expected, second] = commandLineResults(workspace, [wolf], ['a photo of a wolf', 'a dog']);
  const panel = await attributeImages(code, [wolf], expected!.prompt);
  await expectNumbers(panel, expected!);
  await expect(statusItem(code)).toHaveAccessibleName('The Clipsight engine is ready.');

  await statusItem(code).click();
  await expect(quickPick(code, 'Show Logs')).toBeVisible();
  await expect(quickPick(code, 'Restart Engine')).toBeVisible();
  await takeScreenshot(code, 'engine-actions');
  await quickPick(code, 'Stop Engine').click();
  await expect(statusItem(code)).toHaveAccessibleName('The Clipsight engine is not running.');

  await statusItem(code).click();
  await expect(quickPick(code, 'Restart Engine')).toBeVisible();
  await expect(quickPick(code, 'Stop Engine')).toBeHidden();
  await quickPick(code, 'Restart Engine').click();
  await expect(statusItem(code)).toHaveAccessibleName('The Clipsight engine is ready.');
  await addPrompt(panel, second!.prompt);
  await panel.getByRole('grid', { name: 'Prompts' }).getByRole('row').filter({ hasText: 'a dog' }).click();
  await expectNumbers(panel, second!);

  await runCommand(code, 'Clipsight: Show Logs');
  await expect(code.getByRole('combobox', { name: /output/i }).first()).toBeVisible();
  await takeScreenshot(code, 'logs');
});
