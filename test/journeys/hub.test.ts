import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { HubServer } from '../support/hubServer';
import { bundled, commandLineResults } from './commandLine';
import { test as base } from './fixture';
import { expandRow, modelRow, openModels } from './modelsView';
import { attributeImages, expectNumbers } from './panel';
import { quickInput, quickPick, runAndPick, takeScreenshot } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';
const prompt = 'a photo of a wolf';

/** A hub of this machine, so slow that its downloads can be watched. */
const test = base.extend<object, { readonly hub: HubServer; readonly cache: string }>({
  hub: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from its pattern.
    async ({}, use) => {
      const files = Object.fromEntries(
        readdirSync(bundled('emoji-judge')).map((name) => [
          name,
          readFileSync(join(bundled('emoji-judge'), name)),
        ]),
      );
      const hub = await HubServer.start({ repos: { 'someone/clip': { files, lfsFrom: 100_000 } }, pace: 40 });
      await use(hub);
      await hub.stop();
    },
    { scope: 'worker' },
  ],
  cache: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'clipsight-hub-'));
      await use(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  environment: [
    async ({ hub, cache }, use) => use({ HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache, HF_TOKEN: '' }),
    { scope: 'worker' },
  ],
});

test('a model of the hub is downloaded, stopped, gone on with, and used', async ({
  code,
  workspace,
  hub,
}) => {
  const [expected] = commandLineResults(workspace, [wolf], [prompt], ['--model', bundled('emoji-judge')]);
  await runAndPick(code, 'Clipsight: Choose Model…', 'From the Hugging Face hub…');
  await quickInput(code).fill('someone');
  await expect(code.getByText('This is no id of the hub')).toBeVisible();
  await quickInput(code).fill('someone/clip');
  await quickInput(code).press('Enter');
  await expect(quickPick(code, 'Download')).toBeVisible();
  await takeScreenshot(code, 'download-asked');
  await quickPick(code, 'Download').click();

  await expect(code.getByText(/Downloading someone\/clip.*[kM]B\/s.*left/).first()).toBeVisible({
    timeout: 60_000,
  });
  await takeScreenshot(code, 'download-progress');
  await code.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(code.getByText('What is there is kept').first()).toBeVisible();
  const before = hub.bytesSent('.safetensors');
  expect(before).toBeGreaterThan(0);
  hub.pace = 0;
  await code.getByRole('button', { name: 'Resume', exact: true }).click();

  const tree = await openModels(code);
  await expect(modelRow(tree, 'clip, in use')).toBeVisible({ timeout: 60_000 });
  const again = hub.requests.filter(({ range }) => range !== null && !range.startsWith('bytes=0-'));
  expect(again.length).toBeGreaterThan(0);
  await expandRow(modelRow(tree, 'clip, in use'));
  await expect(modelRow(tree, 'Architecture, ViT')).toBeVisible();
  await takeScreenshot(code, 'downloaded');

  await code.getByRole('tab', { name: 'Explorer' }).first().click();
  await expectNumbers(await attributeImages(code, [wolf], prompt), expected!);
});

test('what cannot be had from the hub is said, with what helps, and nothing is chosen', async ({ code }) => {
  await runAndPick(code, 'Clipsight: Choose Model…', 'From the Hugging Face hub…');
  await quickInput(code).fill('someone/nothing');
  await quickInput(code).press('Enter');
  await expect(code.locator('.notification-list-item').filter({ hasText: 'someone/nothing' })).toBeVisible();
  const tree = await openModels(code);
  await expect(modelRow(tree, 'emoji-clip, in use')).toBeVisible();
});
