import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
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

/** The line of the open editor that has this text. */
function line(code: Page, text: string): Locator {
  return code.locator('.editor-instance .view-line').filter({ hasText: text }).first();
}

async function openPinned(code: Page): Promise<void> {
  await pickFromContextMenu(code, [wolf], 'Pin for Prompts');
  await expect(code.locator('.statusbar-item').filter({ hasText: 'wolf_00.jpg' })).toBeVisible();
  await (await explorerItem(code, script)).dblclick();
  await expect(line(code, 'captions = [')).toBeVisible();
}

test('prompts in the code have the command line’s numbers beside them, and a hover says why', async ({
  code,
  workspace,
}) => {
  const asked = captions.flatMap((prompt) => ['--prompt', prompt]);
  const { prompts } = clipsight(workspace, ['compare', ...asked, wolf]) as CompareJson;
  await openPinned(code);
  for (const { prompt, similarity, confidence } of prompts) {
    const shown = line(code, `"${prompt}"`);
    await expect(shown).toContainText((similarity * 100).toFixed(1).replace('-', '−'), { timeout: 60_000 });
    await expect(shown).toContainText(new RegExp(`${Math.round(confidence * 100)}\\s%`));
  }
  for (const theme of ['light', 'high-contrast', 'dark'] as const) {
    await setTheme(code, theme);
    await takeScreenshot(code, `prompts-inline-${theme}`);
  }

  await line(code, '"a wolf in the snow"')
    .getByText('a wolf in the snow')
    .hover({ position: { x: 60, y: 8 } });
  const hover = code.locator('.monaco-hover:visible').filter({ hasText: 'Compare' });
  await expect(hover).toBeVisible({ timeout: 30_000 });
  await expect(hover).toContainText((prompts[0]!.similarity * 100).toFixed(1));
  await takeScreenshot(code, 'prompts-hover');
});

test('a lens compares a group; a prompt is rewritten in its file, and undone', async ({
  code,
  workspace,
}) => {
  const file = join(workspace, script);
  const before = readFileSync(file, 'utf8');
  await openPinned(code);
  await code.getByText('Compare 4 prompts · on wolf_00.jpg').nth(1).click();
  const view = await webviewFrame(code, 'clipsight-compare');
  await expect(view.getByText('a race car').first()).toBeVisible({ timeout: 60_000 });
  await takeScreenshot(code, 'compare-view');
  expect(readFileSync(file, 'utf8')).toBe(before);
});
