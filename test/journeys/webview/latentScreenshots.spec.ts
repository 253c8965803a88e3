import { test } from '@playwright/test';
import { type SceneName, scenes } from './latentScenes';
import type { ThemeName } from './themes';

const folder = process.env.SCREENSHOTS;

/** Pictures for people; nothing is asserted here. */
function views(): readonly [SceneName, ThemeName, number][] {
  const themes: readonly ThemeName[] = ['dark', 'light', 'contrast', 'contrast-light'];
  const important: readonly SceneName[] = [
    'wolf',
    'silent',
    'one',
    'many',
    'long',
    'error',
    'found',
    'indexing-more',
  ];
  return [
    ...(Object.keys(scenes) as SceneName[]).map(
      (scene) => [scene, 'dark', 300] as [SceneName, ThemeName, number],
    ),
    ...important.flatMap((scene) =>
      themes.flatMap((theme) =>
        [170, 300, 900].map((width) => [scene, theme, width] as [SceneName, ThemeName, number]),
      ),
    ),
  ];
}

if (folder !== undefined) {
  for (const [scene, theme, width] of new Map(views().map((view) => [view.join(), view])).values()) {
    test(`latent ${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 1000 });
      await page.goto(`/latent?scene=${scene}&theme=${theme}`);
      await page.waitForTimeout(500);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height: Math.min(Math.max(height, 400), 2600) });
      await page.waitForTimeout(500);
      await page.screenshot({ path: `${folder}/latent-${scene}-${theme}-${width}.png` });
    });
  }
}

if (folder !== undefined) {
  for (const width of [170, 300, 900]) {
    test(`latent in use ${width}`, async ({ page }) => {
      const shot = (name: string) => page.screenshot({ path: `${folder}/latent-use-${name}-${width}.png` });
      await page.setViewportSize({ width, height: 800 });
      await page.goto('/latent?scene=regions&theme=light');
      const tiles = page.locator('clipsight-sample-grid .open');
      await tiles.nth(1).hover();
      await page.waitForTimeout(700);
      await shot('hover-wide');
      await tiles.nth(5).focus();
      await page.keyboard.press('ArrowDown');
      await page.waitForTimeout(500);
      await shot('focus');
      await page.keyboard.press('Escape');
      await page.keyboard.press('F2');
      await page.waitForTimeout(300);
      await shot('rename');
      await page.keyboard.press('Escape');
      await page.locator('.score summary').nth(3).click();
      await page.locator('.score summary').nth(3).scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
      await shot('score');
      await page.emulateMedia({ forcedColors: 'active' });
      await page.goto('/latent?scene=wolf&theme=dark');
      await page.waitForTimeout(700);
      await shot('forced-colours');
      await page.emulateMedia({ forcedColors: 'none' });
      await page.goto('/latent?scene=self&theme=light');
      await page.locator('.judge summary').click();
      await page.waitForTimeout(300);
      await shot('self');
    });
  }
}
