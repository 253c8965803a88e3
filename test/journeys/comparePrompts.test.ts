import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { percent, points } from '../../src/shared/points';
import { clipsight } from './commandLine';
import { test } from './fixture';
import { explorerItem, pickFromContextMenu, setTheme, takeScreenshot, webviewFrame } from './workbench';

const wolf = 'images/wolf/wolf_00.jpg';
const script = 'zero_shot.py';
const captions = ['a wolf in the snow', 'a cow on the grass', 'a race car', 'a hot dog'];

interface CompareJson {
  readonly prompts: readonly {
    readonly prompt: string;
    readonly similarity: number;
    readonly confidence: number;
  }[];
}

const line = (code: Page, text: string) =>
  code.locator('.editor-instance .view-line').filter({ hasText: text }).first();

test('the prompts of a script are explained, compared, and reworded in their file', async ({
  code,
  workspace,
}) => {
  const file = join(workspace, script);
  const before = readFileSync(file, 'utf8');
  const asked = captions.flatMap((prompt) => ['--prompt', prompt]);
  const { prompts } = clipsight(workspace, ['compare', ...asked, wolf]) as CompareJson;

  await pickFromContextMenu(code, [wolf], 'Pin for Prompts');
  await (await explorerItem(code, script)).dblclick();
  for (const { prompt, similarity, confidence } of prompts) {
    const shown = line(code, `"${prompt}"`);
    await expect(shown).toContainText(points(similarity), { timeout: 60_000 });
    await expect(shown).toContainText(percent(confidence));
  }
  for (const theme of ['light', 'high-contrast', 'dark'] as const) {
    await setTheme(code, theme);
    await takeScreenshot(code, `prompts-inline-${theme}`);
  }

  await line(code, '"a wolf in the snow"')
    .getByText('a wolf in the snow')
    .hover({ position: { x: 60, y: 8 } });
  const hover = code.locator('.monaco-hover:visible').filter({ hasText: 'Compare' });
  await expect(hover).toContainText(points(prompts[0]!.similarity), { timeout: 30_000 });
  await takeScreenshot(code, 'prompts-hover');
  await code.keyboard.press('Escape');

  await code.getByText('Compare 4 prompts · on wolf_00.jpg').nth(1).click();
  const view = await webviewFrame(code, 'clipsight-compare');
  const scores = view.getByRole('table', { name: 'Scores of the prompts' });
  for (const { prompt, similarity } of prompts) {
    await expect(scores.getByRole('row').filter({ hasText: prompt })).toContainText(points(similarity), {
      timeout: 60_000,
    });
  }
  const separates = view.getByRole('region', { name: 'What separates two prompts' });
  await expect(separates).toContainText('a cow on the grass');

  await view.getByRole('button', { name: 'Reword prompt 3: a race car' }).click();
  await view.getByRole('textbox', { name: 'Text of the prompt' }).fill('a "fast" car');
  await view.getByRole('textbox', { name: 'Text of the prompt' }).press('Enter');
  await expect(line(code, 'fast')).toContainText('"a \\"fast\\" car"');
  const [fast] = (clipsight(workspace, ['compare', '--prompt', 'a "fast" car', wolf]) as CompareJson).prompts;
  await expect(scores.getByRole('row').filter({ hasText: 'fast' })).toContainText(points(fast!.similarity));
  await expect(line(code, 'fast')).toContainText(points(fast!.similarity));
  await takeScreenshot(code, 'compare-view');

  await view.getByText('Undo in zero_shot.py').click();
  await expect(line(code, '"a race car"')).toContainText(points(prompts[2]!.similarity));
  await expect(scores.getByRole('row').filter({ hasText: 'a race car' })).toBeVisible();
  // In a browser VS Code saves by itself, a moment later.
  await expect.poll(() => readFileSync(file, 'utf8')).toBe(before);
});
