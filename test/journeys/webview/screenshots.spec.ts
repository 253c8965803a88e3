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
