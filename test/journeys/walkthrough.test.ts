import { expect } from '@playwright/test';
import { test } from './fixture';
import { quickInput, quickPick, runCommand, takeScreenshot } from './workbench';

test('the walkthrough shows its pictures, and its buttons do what they say', async ({ code }) => {
  await runCommand(code, 'Welcome: Open Walkthrough');
  await quickInput(code).fill('See why CLIP matched');
  await quickInput(code).press('Enter');
  const step = (title: string) =>
    code.locator('.getting-started-step').filter({ has: code.getByRole('heading', { name: title }) });
  const picture = code
    .frameLocator('iframe.webview.ready')
    .frameLocator('iframe#active-frame')
    .locator('svg');

  for (const [title, shows] of [
    ['Attribute an image', 'A context menu that offers to attribute an image'],
    ['Say what to match it against', 'A list of prompts, two of which are checked'],
    ['Read the components', 'An image beside signed bars'],
    ['Study your own model', 'A dictionary hooked to a block of the image tower'],
  ] as const) {
    await step(title).click();
    await expect(picture.locator('title')).toHaveText(shows);
    await takeScreenshot(code, `walkthrough-${title.toLowerCase().replaceAll(' ', '-')}`);
  }

  await code.getByRole('button', { name: 'Choose dictionary…' }).click();
  await expect(quickPick(code, 'sae-patches')).toBeVisible();
  await quickInput(code).press('Escape');
  await code.getByRole('button', { name: 'Choose model…' }).click();
  await expect(quickPick(code, 'emoji-judge')).toBeVisible();
  await quickInput(code).press('Escape');
  await step('Attribute an image').click();
  await code.getByRole('button', { name: 'Attribute images…' }).click();
  await expect(code.getByText('Images to attribute')).toBeVisible();
  await quickInput(code).press('Escape');
  await step('Say what to match it against').click();
  await code.getByRole('button', { name: 'Choose other files' }).click();
  await expect(code.getByText('Clipsight › Prompts: Files').first()).toBeVisible();
});
