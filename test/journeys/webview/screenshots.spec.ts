import { test } from '@playwright/test';
import { type SceneName, scenes } from './scenes';
import type { ThemeName } from './themes';

const folder = process.env.SCREENSHOTS;

/** Pictures for people; nothing is asserted here. */
function views(): readonly [SceneName, ThemeName, number, number][] {
  const everyScene = (Object.keys(scenes) as SceneName[]).map(
    (scene) => [scene, 'dark', 1000, 900] as [SceneName, ThemeName, number, number],
  );
  return [
    ...everyScene,
    ['five', 'light', 1600, 1000],
    ['five', 'light', 420, 1300],
    ['five', 'contrast', 1000, 900],
    ['five', 'contrast-light', 1000, 900],
    ['many', 'light', 1600, 1000],
    ['many', 'dark', 420, 1500],
    ['engine', 'contrast', 420, 500],
    ['engine', 'light', 800, 500],
    ['scripts', 'light', 420, 1500],
    ['computing', 'light', 700, 900],
    ['computing', 'dark', 420, 900],
    ['five', 'dark', 870, 900],
    ['five', 'dark', 1290, 900],
    ['library', 'light', 1000, 1300],
    ['library', 'contrast', 1000, 1300],
    ['library', 'contrast-light', 1000, 1300],
    ['library', 'light', 1600, 1000],
    ['library', 'dark', 1290, 900],
    ['library', 'dark', 520, 1700],
    ['library', 'light', 420, 1700],
    ['library', 'dark', 300, 1900],
    ['library-neurons', 'light', 1000, 1300],
    ['library-self', 'light', 1000, 1300],
  ];
}

if (folder !== undefined) {
  for (const [scene, theme, width, height] of views()) {
    test(`${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`/?scene=${scene}&theme=${theme}`);
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${folder}/${scene}-${theme}-${width}.png` });
    });
  }
}

if (folder !== undefined) {
  test('in use', async ({ page }) => {
    const shot = (name: string) => page.screenshot({ path: `${folder}/use-${name}.png` });
    await page.setViewportSize({ width: 1000, height: 900 });
    await page.goto('/?scene=many&theme=dark');
    await page.locator(".body[data-index='4']").dblclick();
    await page.waitForTimeout(300);
    await shot('editing');
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Compare with' }).click();
    await page.waitForTimeout(200);
    await shot('versus-open');
    await page.getByRole('option', { name: 'a bear in the snow' }).click();
    await page.waitForTimeout(200);
    await shot('versus');
    await page.evaluate(() => {
      window.host.hold = true;
    });
    await page.getByRole('textbox', { name: 'Add a prompt' }).fill('a new prompt');
    await page.keyboard.press('Enter');
    await page.locator(".body[data-index='4']").click();
    await page.waitForTimeout(900);
    await shot('stale');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.locator('.explanation summary').click();
    await page.waitForTimeout(200);
    await shot('menu');
    await page.emulateMedia({ forcedColors: 'active' });
    await shot('forced-colours');
  });
}
