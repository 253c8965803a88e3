import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { points } from '../../src/shared/points';
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
    await expect(shown).toContainText(`${(confidence * 100).toFixed(1)} %`);
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
  await expect(view.getByText('a race car').first()).toBeVisible({ timeout: 60_000 });
  await takeScreenshot(code, 'compare-view');
  expect(readFileSync(file, 'utf8')).toBe(before);
});
