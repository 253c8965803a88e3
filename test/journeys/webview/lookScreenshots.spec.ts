import { type Page, test } from '@playwright/test';
import type { ThemeName } from './themes';

const folder = process.env.SCREENSHOTS;

/** Pictures for people of the map, the words and the faithfulness; nothing is asserted here. */
const views: readonly [string, ThemeName, number, number, string][] = [
  ['patches', 'dark', 1000, 1500, 'attribution of a component'],
  ['patches', 'light', 1000, 1500, 'attribution of a component'],
  ['patches', 'contrast', 1000, 1500, 'attribution of a component'],
  ['patches', 'contrast-light', 1000, 1500, 'what made the score'],
  ['patches', 'dark', 300, 2600, 'activation of a component'],
  ['patches', 'light', 1500, 1100, 'activation of a component'],
  ['wide', 'light', 700, 2000, 'what made a component fire'],
  ['scripts', 'dark', 420, 3000, 'what made the score'],
];

async function choose(page: Page, dropdown: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: dropdown }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

if (folder !== undefined) {
  for (const [scene, theme, width, height, sight] of views) {
    test(`look ${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`/?scene=${scene}&theme=${theme}`);
      await choose(page, 'Over the picture', sight);
      await page.getByRole('gridcell', { name: 'row 3, column 4' }).click();
      await page.getByText('Can this be trusted?').click();
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${folder}/look-${scene}-${theme}-${width}.png`, fullPage: true });
    });
  }

  test('look in use', async ({ page }) => {
    const shot = (name: string) => page.screenshot({ path: `${folder}/look-use-${name}.png` });
    await page.setViewportSize({ width: 1100, height: 1400 });
    await page.goto('/?scene=patches&theme=dark');
    await choose(page, 'Over the picture', 'what made the score');
    await page.getByRole('checkbox', { name: 'Smooth' }).check();
    await page.waitForTimeout(400);
    await shot('smooth');
    await page.getByText('Can this be trusted?').click();
    await page.getByRole('button', { name: 'All 5 images' }).click();
    await page.locator('.word').nth(3).click();
    await page.waitForTimeout(500);
    await page
      .locator('.plot')
      .first()
      .hover({ position: { x: 120, y: 60 } });
    await page.waitForTimeout(200);
    await shot('all');
    await page.emulateMedia({ forcedColors: 'active' });
    await shot('forced-colours');
  });
}
