import { test } from '@playwright/test';
import { type MapScene, mapScenes } from './mapScenes';
import type { ThemeName } from './themes';

const folder = process.env.SCREENSHOTS;

/** Pictures for people; nothing is asserted here. */
function views(): readonly [MapScene, ThemeName, number, number][] {
  const everyScene = (Object.keys(mapScenes) as MapScene[]).map(
    (scene) => [scene, 'dark', 1000, 800] as [MapScene, ThemeName, number, number],
  );
  return [
    ...everyScene,
    ['map', 'light', 1400, 900],
    ['many', 'light', 1400, 900],
    ['alignment', 'light', 1000, 800],
    ['attribution', 'light', 1000, 800],
    ['attribution', 'contrast', 1000, 800],
    ['alignment', 'contrast-light', 1000, 800],
    ['map', 'light', 460, 800],
    ['alignment', 'dark', 360, 700],
    ['error', 'light', 460, 500],
  ];
}

if (folder !== undefined) {
  for (const [scene, theme, width, height] of views()) {
    test(`map ${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`/map?scene=${scene}&theme=${theme}`);
      await page.waitForTimeout(700);
      await page.screenshot({ path: `${folder}/map-${scene}-${theme}-${width}.png` });
    });
  }

  test('map in use', async ({ page }) => {
    const shot = (name: string) => page.screenshot({ path: `${folder}/map-use-${name}.png` });
    await page.setViewportSize({ width: 1100, height: 800 });
    await page.goto('/map?scene=map&theme=dark');
    await page.waitForTimeout(500);
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(400);
    await shot('card');
    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    await page.waitForTimeout(300);
    await shot('zoomed');
    await page.keyboard.press('0');
    await page.getByRole('textbox', { name: 'Find by name' }).fill('snow');
    await page.waitForTimeout(300);
    await shot('found');
    await page.getByRole('textbox', { name: 'Find by name' }).fill('');
    await page.keyboard.down('Shift');
    const corners = [
      [300, 300],
      [520, 260],
      [560, 480],
      [330, 520],
    ] as const;
    await page.mouse.move(...corners[0]);
    await page.mouse.down();
    for (const [x, y] of corners) await page.mouse.move(x, y, { steps: 4 });
    await shot('lasso-drawn');
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await page.mouse.move(700, 30);
    await page.waitForTimeout(800);
    await shot('lasso');
    await page.setViewportSize({ width: 520, height: 800 });
    await page.waitForTimeout(300);
    await shot('lasso-narrow');
    await page.setViewportSize({ width: 1100, height: 800 });
    await page.emulateMedia({ forcedColors: 'active' });
    await page.waitForTimeout(300);
    await shot('forced-colours');
  });
}
