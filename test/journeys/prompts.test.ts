import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { points } from '../../src/shared/points';
import { commandLineResults } from './commandLine';
import { test } from './fixture';
import { pickFromContextMenu, quickInput, quickPick, takeScreenshot } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';
const prompts = ['a photo of a wolf', 'a wolf in the snow', 'a photo of a husky'];

test('an image is pinned, and prompts in the code carry the numbers of the command line', async ({
  code,
  workspace,
}) => {
  const lines = prompts.map((prompt) => `    "${prompt}",\n`).join('');
  const source = `import open_clip\n\ncandidates = [\n${lines}]\ntokens = open_clip.tokenize(candidates)\n`;
  writeFileSync(join(workspace, 'zero_shot.py'), source);
  const results = commandLineResults(workspace, [wolf], prompts, []);

  await pickFromContextMenu(code, [wolf], 'Pin for Prompts');
  const item = code.locator('[id="clipsight.clipsight.clipsight.pinned"]');
  await expect(item).toContainText('wolf_00.jpg');
  await code.keyboard.press('ControlOrMeta+P');
  await quickInput(code).fill('zero_shot.py');
  await quickPick(code, 'zero_shot.py').click();
  const editor = code.locator('.monaco-editor .view-lines').first();
  for (const { similarity } of results) await expect(editor).toContainText(`${points(similarity)} · `);
  await expect(code.getByText('Compare 3 prompts · on wolf_00.jpg')).toBeVisible();
  await takeScreenshot(code, 'prompts-inline');

  await editor.getByText(points(results[0]!.similarity)).hover();
  const more = code.locator('.monaco-hover').filter({ hasText: 'points of similarity with wolf_00.jpg' });
  await expect(more).toContainText(/among the 3 prompts of candidates.*Strongest component/s);

  await item.hover();
  const tooltip = code.locator('.monaco-hover').filter({ hasText: 'Prompts are scored for' });
  await expect(tooltip).toContainText(wolf);
  const picture = tooltip.locator('img');
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await takeScreenshot(code, 'prompts-pinned');
  await tooltip.getByRole('link', { name: 'Unpin' }).click();
  await expect(editor).not.toContainText(' · ');
  await expect(code.getByText('Compare 3 prompts', { exact: true })).toBeVisible();
});
