import { expect } from '@playwright/test';
import { test } from './fixture';
import { panelFrame, pickFromContextMenu, quickInput, setTheme, takeScreenshot } from './workbench';

test('images in the explorer are attributed to a prompt', async ({ code }) => {
  const [wolf, camera] = ['images/wolf/wolf_00.jpg', 'images/camera/camera_00.jpg'];
  await pickFromContextMenu(code, [wolf, camera], 'Attribute with CLIP…');
  await quickInput(code).pressSequentially('a photo of a wolf');
  await quickInput(code).press('Enter');

  const panel = panelFrame(code);
  const components = panel.getByRole('grid', { name: 'Components' });
  await expect(components.getByRole('row')).not.toHaveCount(0, { timeout: 60_000 });
  await expect(panel.getByText(wolf)).toBeVisible();
  await expect(panel.getByText('a photo of a wolf', { exact: true }).first()).toBeVisible();

  await panel.getByRole('listbox', { name: 'Images' }).getByRole('option').nth(1).click();
  await expect(panel.getByText(camera)).toBeVisible();

  for (const theme of ['dark', 'light', 'high-contrast'] as const) {
    await setTheme(code, theme);
    await takeScreenshot(code, `attribution-${theme}`);
  }
});
