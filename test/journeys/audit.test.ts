import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { percent } from '../../src/shared/points';
import { drawAuditedWorld } from '../support/drawnWorkspace';
import { clipsight } from './commandLine';
import { test as base } from './fixture';
import { explorerItem, quickInput, runCommand, setTheme, takeScreenshot, webviewFrame } from './workbench';

const wolf = 'a photo of a wolf';
const file = 'classes.py';

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from its pattern.
  workspace: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'clipsight-audit-'));
    await drawAuditedWorld(folder);
    writeFileSync(join(folder, file), `PROMPTS = [\n    "${wolf}",\n]\n`);
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

interface AuditJson {
  readonly findings: readonly {
    readonly prompt: string;
    readonly latent: number;
    readonly label: string | null;
    readonly kind: string;
    readonly measured: number;
    readonly expected: number;
  }[];
}

test('prompts are audited, a finding is read, decided and taken back, and the report opens in a browser', async ({
  code,
  workspace,
  context,
}) => {
  test.setTimeout(300_000);
  await (await explorerItem(code, file)).dblclick();
  await expect(line(code, wolf)).toBeVisible();
  await runCommand(code, 'Clipsight: Audit Prompts of This File');
  // Nothing is indexed yet.
  await code.locator('.monaco-dialog-box').getByRole('button', { name: 'Index Images' }).click();
  await expect(code.getByText(/\d+ prompts were audited: \d+ findings\./).first()).toBeVisible({
    timeout: 200_000,
  });

  await runCommand(code, 'Problems: Focus on Problems View');
  const problems = code.locator('.markers-panel-container').getByRole('treeitem').filter({ hasText: wolf });
  await expect(problems.first()).toContainText('Artefact');
  const before = await problems.count();
  expect(before).toBeGreaterThan(0);

  await quickFix(code, 'Open Evidence');
  const page = await webviewFrame(code, 'clipsight-audit');
  const rows = page.getByRole('grid', { name: 'Findings' }).getByRole('rowgroup').getByRole('row');
  await expect(rows).toHaveCount(before);
  const evidence = page.getByRole('complementary', { name: 'Evidence' });
  await expect(evidence.getByRole('region', { name: 'Kind tests' })).toContainText('Artefact', {
    timeout: 30_000,
  });
  await expect(evidence.getByRole('img').first()).toBeVisible();
  await runCommand(code, 'Notifications: Clear All Notifications');
  await setTheme(code, 'light');
  await takeScreenshot(code, 'audit');

  await rows.first().click();
  await page.getByRole('group', { name: 'Decision' }).getByRole('button', { name: 'Expected' }).click();
  await expect(problems).toHaveCount(before - 1);
  await expect.poll(() => decisions(workspace)).toMatchObject([{ prompt: wolf, verdict: 'expected' }]);
  await page.getByRole('button', { name: /^Undo: / }).click();
  await expect(problems).toHaveCount(before);
  await expect.poll(() => decisions(workspace)).toEqual([]);
  await page.getByRole('group', { name: 'Decision' }).getByRole('button', { name: 'Spurious' }).click();
  await expect.poll(() => decisions(workspace)).toMatchObject([{ prompt: wolf, verdict: 'spurious' }]);

  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /HTML/ }).click();
  const report = join(workspace, 'audit.html');
  await expect(quickInput(code)).toHaveValue(/\.html$/, { timeout: 60_000 });
  await quickInput(code).fill(report);
  await expect(quickInput(code)).toHaveValue(report);
  await quickInput(code).press('Enter');
  await expect.poll(() => existsSync(report), { timeout: 30_000 }).toBe(true);

  // The command line says the same of a library of its own.
  const list = join(workspace, 'prompts.json');
  writeFileSync(list, JSON.stringify([wolf]));
  const library = join(workspace, 'command-line.duckdb');
  clipsight(workspace, ['index', 'images', '--library', library]);
  const { findings } = clipsight(workspace, [
    'audit',
    '--prompts-file',
    list,
    '--library',
    library,
  ]) as AuditJson;
  expect(findings).toHaveLength(before);
  const opened = await context.newPage();
  await opened.goto(`file://${report}`);
  for (const [i, { prompt, latent, measured, expected }] of findings.entries()) {
    await expect(rows.nth(i)).toContainText(prompt);
    for (const text of [String(latent), percent(measured), percent(expected)]) {
      await expect(rows.nth(i)).toContainText(text);
    }
    const section = opened.locator(`#finding-${i + 1}`);
    for (const text of [prompt, String(latent), percent(measured)]) await expect(section).toContainText(text);
    await expect(section.locator('img').first()).toBeVisible();
  }
  await takeScreenshot(opened, 'audit-report');
});

const line = (code: Page, text: string) =>
  code.locator('.editor-instance .view-line').filter({ hasText: text }).first();

/** Picks what can be done about the problem of the first prompt. */
async function quickFix(code: Page, action: string): Promise<void> {
  await expect(async () => {
    await line(code, wolf).getByText(wolf).click({ timeout: 5000 });
    await code.keyboard.press('ControlOrMeta+.');
    await code.locator('.action-widget').getByText(action).first().click({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
}

function decisions(workspace: string): unknown {
  return JSON.parse(readFileSync(join(workspace, '.clipsight/decisions.json'), 'utf8')).decisions;
}
