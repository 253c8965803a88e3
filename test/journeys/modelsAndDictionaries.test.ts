import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type FrameLocator } from '@playwright/test';
import { bundled, commandLineResults } from './commandLine';
import { test } from './fixture';
import { choosePath, clickRowAction, expandRow, modelRow, openModels } from './modelsView';
import { attributeImages, expectNumbers } from './panel';
import { scrambleWeights } from './scrambledWeights';
import { quickInput, quickPick, runAndPick, setTheme, takeScreenshot } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';
const prompt = 'a photo of a wolf';

const header = (panel: FrameLocator) => panel.locator('clipsight-study-header');

test('a checkpoint and a dictionary of one’s own are chosen, read, tested and used', async ({
  code,
  workspace,
}) => {
  const model = join(workspace, 'my-clip');
  const dictionary = join(workspace, 'my-saes', 'sae.safetensors');
  cpSync(bundled('emoji-clip'), model, { recursive: true });
  cpSync(bundled('sae-cls'), join(workspace, 'my-saes'), { recursive: true });
  const study = ['--model', model, '--dictionary', dictionary];
  const [expected] = commandLineResults(workspace, [wolf], [prompt], study);
  const tree = await openModels(code);

  await clickRowAction(modelRow(tree, 'Models'), 'Add Model…');
  await quickPick(code, 'Choose a folder…').click();
  await choosePath(code, model);
  const modelNode = modelRow(tree, 'my-clip');
  await expect(modelNode).toHaveAttribute('aria-expanded', 'true');
  await expect(
    modelRow(tree, 'Architecture, ViT, 5 layers × 160, 5 heads, patch 8, 65 tokens'),
  ).toBeVisible();
  await clickRowAction(modelNode, 'Use');
  await expect(modelRow(tree, 'my-clip, in use')).toBeVisible();

  await runAndPick(code, 'Clipsight: Choose Dictionary…', 'Choose a file…');
  await choosePath(code, dictionary);
  const dictionaryNode = modelRow(tree, 'my-saes/sae.safetensors, in use');
  await expect(dictionaryNode).toBeVisible();
  await expandRow(modelRow(tree, 'my-clip, in use'));
  await expandRow(dictionaryNode);
  await expect(modelRow(tree, 'Self-test, not run yet')).toBeVisible();
  await clickRowAction(modelRow(tree, 'Self-test'), 'Run Self-Test');
  await expect(modelRow(tree, 'Self-test, good, FVU')).toBeVisible({ timeout: 60_000 });
  await expect(modelRow(tree, 'Cosine')).toBeVisible();
  for (const theme of ['light', 'high-contrast', 'dark'] as const) {
    await setTheme(code, theme);
    await takeScreenshot(code, `models-${theme}`);
  }

  await code.getByRole('tab', { name: 'Explorer' }).first().click();
  const panel = await attributeImages(code, [wolf], prompt);
  await expect(header(panel)).toContainText(/my-clip.*sae/s);
  await expectNumbers(panel, expected!);
});

test('a dictionary that reconstructs its model badly is used when the person says so, until that is forgotten', async ({
  code,
  workspace,
}) => {
  const dictionary = join(workspace, 'scrambled');
  cpSync(bundled('sae-cls'), dictionary, { recursive: true });
  scrambleWeights(join(dictionary, 'sae.safetensors'));
  const panel = await attributeImages(code, [wolf], prompt);
  // A panel that opens takes the focus, and a picker closes without it.
  await expect(panel.getByRole('grid', { name: 'Components' })).toBeVisible();
  await runAndPick(code, 'Clipsight: Choose Dictionary…', 'Choose a folder…');
  await choosePath(code, dictionary);

  const useAnyway = panel.getByText('Use Anyway', { exact: true });
  await expect(useAnyway).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByRole('grid', { name: 'Components' })).toBeHidden();
  await takeScreenshot(code, 'poor-dictionary');
  await useAnyway.click();
  await expect(panel.getByRole('grid', { name: 'Components' })).toBeVisible();
  await expect(panel.locator('.notes')).toContainText('unexplained');

  const tree = await openModels(code);
  await expandRow(modelRow(tree, 'scrambled, in use'));
  await expect(modelRow(tree, 'Self-test, poor')).toBeVisible();
  await takeScreenshot(code, 'poor-dictionary-accepted');
  await clickRowAction(modelRow(tree, 'Warning, Used although it is poor'), 'Forget');
  await expect(useAnyway).toBeVisible({ timeout: 60_000 });
});

test('a model that the dictionary does not fit asks for another dictionary', async ({ code, workspace }) => {
  const model = join(workspace, 'tiny');
  cpSync(join(__dirname, '../golden/models/tiny-gelu-fp32'), model, { recursive: true });
  const study = ['--model', model, '--dictionary', 'neurons:-2'];
  const [expected] = commandLineResults(workspace, [wolf], [prompt], study);
  const tree = await openModels(code);
  await clickRowAction(modelRow(tree, 'sae-patches'), 'Use');
  await expect(modelRow(tree, 'sae-patches, in use')).toBeVisible();

  await runAndPick(code, 'Clipsight: Choose Model…', 'Choose a folder…');
  await choosePath(code, model);
  await expect(code.getByText('tiny needs another dictionary than sae-patches')).toBeVisible();
  await expect(quickInput(code)).toHaveAttribute('placeholder', /Does not fit tiny: it reads vectors of 160/);
  await expect(quickPick(code, 'sae-cls')).toBeHidden();
  await takeScreenshot(code, 'another-dictionary');
  await quickPick(code, 'Neurons of the last block but one').click();
  await expect(modelRow(tree, 'tiny, in use')).toBeVisible();
  await expect(modelRow(tree, 'Neurons of the last block but one, in use')).toBeVisible();

  await clickRowAction(modelRow(tree, 'sae-cls'), 'Use');
  await expect(
    code.locator('.notification-list-item').filter({ hasText: 'Does not fit tiny' }),
  ).toBeVisible();
  await expect(modelRow(tree, 'Neurons of the last block but one, in use')).toBeVisible();

  await code.getByRole('tab', { name: 'Explorer' }).first().click();
  await expectNumbers(await attributeImages(code, [wolf], prompt), expected!);
});
