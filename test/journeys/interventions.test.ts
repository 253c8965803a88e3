import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type FrameLocator } from '@playwright/test';
import { clipsight } from './commandLine';
import { test } from './fixture';
import { indexImages, openInspector } from './inspectorView';
import { attributeImages } from './panel';
import { quickInput, setTheme, takeScreenshot, webviewFrame } from './workbench';

const wolf = 'images/wolf/wolf_07.jpg';
const prompt = 'a photo of a wolf';
/** Of sae-cls: it fires where there is snow, and is labelled so. */
const snow = 708;

test.use({
  settings: {
    'clipsight.library.include': ['images/{wolf,trophy,ice_cream,ladybug,lobster,strawberry,guitar}/**'],
  },
});

test('snow is switched off, wolf falls, a map shows where, and the change is kept and applied to the library', async ({
  code,
  workspace,
}) => {
  const [expected] = ablated(workspace, [wolf, '--prompt', prompt, '--latents', String(snow)]);
  const { before, after } = expected!.similarity;
  expect(after).toBeLessThan(before - 0.005);
  await indexImages(await openInspector(code));
  await code.getByRole('tab', { name: /^Explorer/ }).click();
  await attributeImages(code, [wolf], prompt);
  const panel = await webviewFrame(code, 'clipsight-attribution');

  const row = panel
    .getByRole('grid', { name: 'Components' })
    .getByRole('row')
    .filter({ has: panel.locator('.latent', { hasText: new RegExp(`^${snow}$`) }) });
  await expect(row.locator('.naming')).toHaveText('in the snow', { timeout: 60_000 });
  await row.getByRole('button', { name: /^Switched off:/ }).click();
  await expect(panel.locator('.score')).toContainText(`${points(before)} → ${points(after)} points`, {
    timeout: 30_000,
  });

  await choose(panel, 'Over the picture', 'what made a component fire');
  await choose(panel, 'Component of the map', '“in the snow” (708)');
  const map = panel.getByRole('grid', { name: /What made “in the snow” .*over .*wolf_07\.jpg/ });
  await expect(map).toBeVisible({ timeout: 60_000 });
  for (const theme of ['dark', 'light', 'high-contrast'] as const) {
    await setTheme(code, theme);
    await takeScreenshot(code, `snow-off-${theme}`);
  }

  const changes = panel.getByRole('group', { name: 'Changes to the model' });
  await changes.getByRole('button', { name: 'Save as…' }).click();
  await quickInput(code).fill('no snow');
  await quickInput(code).press('Enter');
  await expect
    .poll(() => keptNames(workspace), { message: 'the intervention is in the file of the workspace' })
    .toEqual(['no snow']);
  // The command line finds it under its name and says the same.
  const [byName] = ablated(workspace, [wolf, '--prompt', prompt, '--intervention', 'no snow']);
  expect(byName).toEqual(expected);

  await changes.getByRole('button', { name: 'Apply to library…' }).click();
  await expect(panel.getByText(/56 images/).first()).toBeVisible({ timeout: 60_000 });
  await takeScreenshot(code, 'applied-to-library');

  await panel.getByText('Can this be trusted?').click();
  await expect(panel.getByRole('table').filter({ hasText: 'Exact ablation' }).first()).toBeVisible({
    timeout: 60_000,
  });
  await panel.getByText('Can this be trusted?').evaluate((title) => title.scrollIntoView());
  await takeScreenshot(code, 'trusted');
});

interface Ablated {
  readonly similarity: { readonly before: number; readonly after: number };
}

function ablated(workspace: string, args: readonly string[]): readonly Ablated[] {
  return (clipsight(workspace, ['ablate', ...args]) as { readonly results: readonly Ablated[] }).results;
}

function keptNames(workspace: string): string[] {
  try {
    const file = readFileSync(join(workspace, '.clipsight/interventions.json'), 'utf8');
    return JSON.parse(file).interventions.map(({ name }: { name: string }) => name);
  } catch {
    return [];
  }
}

async function choose(panel: FrameLocator, dropdown: string, option: string): Promise<void> {
  await panel.getByRole('combobox', { name: dropdown }).click();
  await panel.getByRole('option', { name: option }).click();
}

const points = (y: number) => (100 * y).toFixed(2);
