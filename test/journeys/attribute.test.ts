import { expect } from '@playwright/test';
import { test } from './fixture';
import { panelFrame, pickFromContextMenu, quickInput, takeScreenshot } from './workbench';

test('trial', async ({ code }) => {
  await pickFromContextMenu(code, ['images/wolf/wolf_00.jpg'], 'Attribute with CLIP');
  await quickInput(code).waitFor();
  await code.waitForTimeout(1500);
  await takeScreenshot(code, 'picker');
  await quickInput(code).fill('a photo of a wolf\n');
  await code.waitForTimeout(500);
  await code.keyboard.press('Enter');
  await code.waitForTimeout(8000);
  await takeScreenshot(code, 'panel');
  await expect(panelFrame(code).getByText('emoji-clip').first()).toBeVisible();
});
