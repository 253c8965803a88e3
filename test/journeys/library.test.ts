import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type FrameLocator, type Locator } from '@playwright/test';
import { folderAddress } from '../../scripts/vscode-web/serve.mjs';
import { signalEngines } from './engineProcesses';
import { test } from './fixture';
import {
  indexImages,
  inspectorFrame,
  openInspector,
  searchFor,
  searchResults,
  shownComponent,
} from './inspectorView';
import { attributeImages } from './panel';
import { quickInput, runCommand, takeScreenshot, webviewFrame } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';

/** So few that their indexing ends soon. */
const some = { 'clipsight.library.include': ['images/{wolf,snowman,cat,penguin,car,owl}/**'] };

test('indexing shows how far it is, is paused, cancelled, and goes on', async ({ code, workspace }) => {
  const total = multiply(join(workspace, 'images'), 4);
  const inspector = await openInspector(code);
  await inspector.getByRole('button', { name: 'Index Images' }).click();
  const bar = inspector.getByRole('progressbar', { name: 'Indexing images' });
  await expect(bar).toHaveAttribute('aria-valuetext', /[1-9]\d* of [\d,]+ images, .*images\/s/, {
    timeout: 60_000,
  });
  await expect(code.locator('.notifications-toasts').getByText(/images\/s/)).toBeVisible();
  await takeScreenshot(code, 'indexing');

  await inspector.getByRole('button', { name: 'Pause' }).click();
  await expect(inspector.getByText('Paused', { exact: true })).toBeVisible();
  await expect(code.getByRole('button', { name: 'The indexing of images is paused' })).toBeVisible();
  await inspector.getByRole('button', { name: 'Resume' }).click();
  await expect(inspector.getByText('Paused', { exact: true })).toBeHidden();
  await inspector.getByRole('button', { name: 'Cancel' }).click();
  await expect(bar).toBeHidden({ timeout: 30_000 });

  // What was done is kept, and the rest is found later.
  const indexed = inspector.getByText(/\d+ images? indexed/);
  const count = async () =>
    Number(/([\d,]+) images? indexed/.exec(await indexed.innerText())![1]!.replace(',', ''));
  await expect(indexed).toBeVisible({ timeout: 30_000 });
  const kept = await count();
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(total);
  await inspector.getByRole('button', { name: 'Look for new images' }).click();
  await expect.poll(count, { timeout: 200_000 }).toBe(total);
});

test('an engine that is killed while it indexes says so, and the run goes on where it was', async ({
  code,
  server,
  workspace,
}) => {
  const total = multiply(join(workspace, 'images'), 2);
  const inspector = await openInspector(code);
  await inspector.getByRole('button', { name: 'Index Images' }).click();
  const bar = inspector.getByRole('progressbar', { name: 'Indexing images' });
  await expect(bar).toHaveAttribute('aria-valuetext', /[1-9]\d* of [\d,]+ images, .*images\/s/, {
    timeout: 60_000,
  });
  expect(signalEngines(server.profile, 'SIGKILL')).toBe(1);
  await expect(code.locator('.notifications-toasts').getByText(/The engine stopped/)).toBeVisible();
  await takeScreenshot(code, 'indexing-killed');
  await inspector.getByRole('button', { name: 'Resume' }).click();
  await expect(inspector.getByText(`${total.toLocaleString('en-US')} images indexed`)).toBeVisible({
    timeout: 200_000,
  });
});

test.describe('some images', () => {
  test.use({ settings: some });

  test('a bar opens its component; what is found, named and selected is there after a reload', async ({
    code,
  }) => {
    let inspector = await openInspector(code);
    await indexImages(inspector);
    await expect(inspector.getByText(/\b48 images indexed/)).toBeVisible();

    await code.getByRole('tab', { name: /^Explorer/ }).click();
    await attributeImages(code, [wolf], 'a photo of a wolf');
    let panel = await webviewFrame(code, 'clipsight-attribution');
    let row = componentRow(panel);
    await expect(row.locator('.naming')).not.toBeEmpty({ timeout: 60_000 });
    const component = Number(await row.locator('.latent').textContent());
    await row.click();
    await expect(row).toHaveAttribute('aria-selected', 'true');

    inspector = await inspectorFrame(code);
    let shown = shownComponent(inspector, component);
    await expect(shown.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
    const seen = inspector.getByRole('region', { name: 'In the image it was selected from' });
    await expect(seen).toContainText('wolf_00.jpg');
    await takeScreenshot(code, 'inspector');

    await searchFor(inspector, 'snow');
    await expect(searchResults(inspector).first()).toBeVisible({ timeout: 30_000 });
    await takeScreenshot(code, 'search-components');

    await shown.getByRole('button', { name: 'Rename' }).click();
    const name = shown.getByRole('textbox', { name: 'Name' });
    await name.fill('grey muzzle');
    await name.press('Enter');
    await expect(shown.getByRole('heading', { name: 'grey muzzle' })).toBeVisible();
    await expect(row.locator('.naming')).toContainText('grey muzzle');

    await code.reload();
    inspector = await inspectorFrame(code);
    shown = shownComponent(inspector, component);
    await expect(shown.getByRole('heading', { name: 'grey muzzle' })).toBeVisible({ timeout: 60_000 });
    await expect(inspector.getByRole('textbox', { name: 'Search components' })).toHaveValue('snow');
    await expect(searchResults(inspector).first()).toBeVisible({ timeout: 30_000 });
    panel = await webviewFrame(code, 'clipsight-attribution');
    row = componentRow(panel);
    await expect(row.locator('.naming')).toContainText('grey muzzle', { timeout: 60_000 });

    await runCommand(code, 'Clipsight: Inspect Component…');
    await quickInput(code).fill('5');
    await quickInput(code).press('Enter');
    await expect(shownComponent(inspector, 5)).toBeVisible();
    await inspector.getByRole('button', { name: 'Back', exact: true }).click();
    await expect(shown).toBeVisible();
  });

  test('the map shows all components; a point of it is a component', async ({ code }) => {
    const inspector = await openInspector(code);
    await indexImages(inspector);
    await runCommand(code, 'Clipsight: Open Component Map');
    const map = await webviewFrame(code, 'clipsight-component-map');
    const drawn = map.getByRole('application', { name: /map/i });
    await expect(drawn).toBeVisible({ timeout: 60_000 });
    await expect(map.getByText(/UMAP/)).toBeVisible({ timeout: 60_000 });
    await takeScreenshot(code, 'map');
    await drawn.focus();
    await drawn.press('ArrowRight');
    await drawn.press('Enter');
    await expect(inspector.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
  });

  test('a second window of the workspace says who owns the library, and reads it', async ({
    code,
    server,
    workspace,
    context,
  }) => {
    await indexImages(await openInspector(code));
    const second = await context.newPage();
    await second.goto(folderAddress(server.origin, workspace));
    await second.getByRole('treeitem').first().waitFor({ timeout: 90_000 });
    const inspector = await openInspector(second);
    await expect(inspector.getByText(/Another process \(\d+\) owns the library/)).toBeVisible({
      timeout: 60_000,
    });
    await expect(inspector.getByText(/\b48 images indexed/)).toBeVisible();
    await searchFor(inspector, 'snow');
    await searchResults(inspector).first().click();
    await expect(inspector.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
    await takeScreenshot(second, 'second-window');
    await runCommand(second, 'Clipsight: Index Images');
    await expect(second.getByText(/is in use by process \d+/).first()).toBeVisible({ timeout: 30_000 });

    // When the first goes, the second may write.
    await code.close();
    await expect(inspector.getByText(/owns the library/)).toBeHidden({ timeout: 60_000 });
  });
});

/** The component with the largest attribution in a panel. */
function componentRow(panel: FrameLocator): Locator {
  return panel.getByRole('grid', { name: 'Components' }).getByRole('rowgroup').getByRole('row').first();
}

/**
 * Copies the pictures of a folder several times, each copy another picture by its bytes: what follows the end of a JPEG
 * is not looked at. Enough of them that their indexing can be watched.
 * @returns how many there are then
 */
function multiply(folder: string, copies: number): number {
  for (let copy = 1; copy < copies; copy++) {
    const target = `${folder}-${copy}`;
    cpSync(folder, target, { recursive: true });
    for (const path of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
      if (path.endsWith('.jpg')) appendFileSync(join(target, path), `${copy}`);
    }
  }
  const pictures = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.jpg'),
  );
  return pictures.length * copies;
}
