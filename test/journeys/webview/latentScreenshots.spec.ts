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
