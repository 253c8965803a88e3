import { test } from '@playwright/test';
import { type AuditSceneName, auditScenes } from './auditScenes';
import type { ThemeName } from './themes';

const folder = process.env.SCREENSHOTS;

/** Pictures for people; nothing is asserted here. */
function views(): readonly [AuditSceneName, ThemeName, number, number][] {
  const everyScene = (Object.keys(auditScenes) as AuditSceneName[]).map(
    (scene) => [scene, 'dark', 1280, 900] as [AuditSceneName, ThemeName, number, number],
  );
  return [
    ...everyScene,
    ['found', 'light', 1600, 1000],
    ['found', 'contrast', 1280, 900],
    ['found', 'contrast-light', 1000, 900],
    ['found', 'light', 640, 900],
    ['found', 'dark', 300, 900],
    ['thousand', 'light', 420, 900],
    ['sides', 'light', 1000, 900],
    ['sides', 'contrast', 420, 900],
    ['long', 'light', 420, 900],
    ['selfJudged', 'light', 800, 900],
    ['empty', 'light', 420, 900],
  ];
}

if (folder !== undefined) {
  for (const [scene, theme, width, height] of views()) {
    test(`audit ${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`/audit?scene=${scene}&theme=${theme}`);
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `${folder}/audit-${scene}-${theme}-${width}.png`, fullPage: true });
    });
  }

  for (const [scene, theme, width] of [
    ['found', 'dark', 1280],
    ['long', 'light', 420],
    ['thousand', 'contrast', 900],
    ['empty', 'light', 1000],
  ] as const) {
    test(`audit unexplained ${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/audit?scene=${scene}&theme=${theme}`);
      await page.getByText(/^Unexplained/).click();
      await page.waitForTimeout(600);
      await page.screenshot({
        path: `${folder}/audit-unexplained-${scene}-${theme}-${width}.png`,
        fullPage: true,
      });
    });
  }

  test('audit in use', async ({ page }) => {
    const shot = (name: string) => page.screenshot({ path: `${folder}/audit-use-${name}.png` });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto('/audit?scene=found&theme=light');
    await page.waitForTimeout(600);
    const table = page.getByRole('grid', { name: 'Findings' });
    await table.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('s');
    await page.waitForTimeout(500);
    await shot('focused');
    await page.keyboard.press('Enter');
    await page.locator('.pane').evaluate((pane) => pane.scrollBy(0, 10_000));
    await page.waitForTimeout(500);
    await shot('evidence-end');
    await page.getByRole('button', { name: 'Audit…' }).click();
    await page.waitForTimeout(200);
    await shot('menu');
    await page.emulateMedia({ forcedColors: 'active' });
    await page.waitForTimeout(300);
    await shot('forced-colours');
  });
}
