import { test } from '@playwright/test';
import { type CompareScene, compareScenes } from './compareScenes';
import type { ThemeName } from './themes';

const folder = process.env.SCREENSHOTS;

/** Pictures for people; nothing is asserted here. */
function views(): readonly [CompareScene, ThemeName, number, number][] {
  const everyScene = (Object.keys(compareScenes) as CompareScene[]).map(
    (scene) => [scene, 'dark', 1000, 900] as [CompareScene, ThemeName, number, number],
  );
  return [
    ...everyScene,
    ['five', 'light', 1400, 900],
    ['twenty', 'light', 1600, 900],
    ['draft', 'contrast', 1000, 900],
    ['five', 'contrast-light', 1000, 900],
    ['five', 'light', 300, 900],
    ['twenty', 'dark', 300, 900],
    ['long', 'light', 420, 900],
    ['long', 'contrast-light', 1000, 900],
    ['draft', 'contrast', 500, 900],
    ['many', 'light', 1600, 900],
    ['two', 'light', 1600, 900],
    ['error', 'contrast-light', 500, 900],
  ];
}

if (folder !== undefined) {
  for (const [scene, theme, width, height] of views()) {
    test(`compare ${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`/compare?scene=${scene}&theme=${theme}`);
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${folder}/compare-${scene}-${theme}-${width}.png`, fullPage: true });
    });
  }

  test('compare in use', async ({ page }) => {
    const shot = (name: string) =>
      page.screenshot({ path: `${folder}/compare-use-${name}.png`, fullPage: true });
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.goto('/compare?scene=five&theme=dark');
    await page.waitForTimeout(500);
    await page.getByRole('button', { name: /^Reword prompt 2/ }).click();
    await page.waitForTimeout(200);
    await shot('editing');
    await page.getByRole('textbox', { name: 'Text of the prompt' }).fill('a "wolf"');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(300);
    await shot('refused');
    await page.emulateMedia({ forcedColors: 'active' });
    await page.waitForTimeout(300);
    await shot('forced-colours');
  });
}
