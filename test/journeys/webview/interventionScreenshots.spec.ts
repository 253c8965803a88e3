import { type Page, test } from '@playwright/test';
import type { SceneName } from './scenes';
import type { ThemeName } from './themes';

const folder = process.env.SCREENSHOTS;

/** Pictures for people; nothing is asserted here. */
const views: readonly [SceneName, ThemeName, number, number][] = [
  ['saved', 'dark', 1000, 1300],
  ['saved', 'light', 1000, 1300],
  ['saved', 'contrast', 1000, 1300],
  ['saved', 'contrast-light', 1000, 1300],
  ['saved', 'light', 1600, 1000],
  ['saved', 'dark', 560, 1700],
  ['saved', 'light', 420, 1700],
  ['saved', 'dark', 300, 1900],
  ['wolf', 'dark', 1000, 1000],
  ['wolf', 'light', 300, 1700],
  ['thousand', 'dark', 1000, 1000],
  ['library-one', 'light', 700, 900],
];

async function change(page: Page): Promise<void> {
  const rows = page.locator('[role=grid][aria-label=Components] .rows > [role=row]');
  await rows.first().waitFor();
  await page.waitForTimeout(300);
  await rows.first().locator('button.power').click();
  if ((await rows.count()) > 3) {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 5; i++) await page.keyboard.press('+');
    await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 6; i++) await page.keyboard.press('-');
  }
  await page.waitForTimeout(600);
}

if (folder !== undefined) {
  for (const [scene, theme, width, height] of views) {
    test(`changed ${scene} ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`/?scene=${scene}&theme=${theme}`);
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${folder}/plain-${scene}-${theme}-${width}.png` });
      await change(page);
      await page.screenshot({ path: `${folder}/changed-${scene}-${theme}-${width}.png` });
    });
  }

  for (const [theme, width] of [
    ['dark', 1000],
    ['light', 1000],
    ['contrast', 1000],
    ['light', 300],
  ] as const) {
    test(`library outcome ${theme} ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 1500 });
      await page.goto(`/?scene=saved&theme=${theme}`);
      await change(page);
      await page.getByRole('button', { name: 'Apply to library…' }).click();
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `${folder}/outcome-${theme}-${width}.png`, fullPage: true });
    });
  }

  test('interventions in use', async ({ page }) => {
    const shot = (name: string) => page.screenshot({ path: `${folder}/intervention-${name}.png` });
    await page.setViewportSize({ width: 1000, height: 1100 });
    await page.goto('/?scene=saved&theme=dark');
    await change(page);
    const row = page.locator('[role=grid][aria-label=Components] .rows > [role=row]').nth(1);
    const box = (await row.locator('.grip').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 40, box.y + 8, { steps: 8 });
    await page.waitForTimeout(200);
    await shot('dragging');
    await page.mouse.up();
    await page.keyboard.press('F2');
    await page.waitForTimeout(200);
    await shot('writing');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Saved' }).click();
    await page.waitForTimeout(200);
    await shot('saved-menu');
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Bars show' }).click();
    await page.waitForTimeout(200);
    await shot('methods');
    await page.getByRole('option', { name: 'energy' }).click();
    await page.waitForTimeout(400);
    await shot('energy');
    await page.getByRole('combobox', { name: 'Compare with' }).click();
    await page.getByRole('option', { name: 'a dog' }).click();
    await page.waitForTimeout(400);
    await shot('versus');
    await page.emulateMedia({ forcedColors: 'active' });
    await shot('forced-colours');
    await page.emulateMedia({ forcedColors: null });
    await page.getByRole('option', { name: 'images/camera/camera_00.jpg' }).click();
    await page.waitForTimeout(400);
    await shot('other-image');
    await page.evaluate(() => {
      window.host.refuseNumbers = true;
    });
    await page.getByRole('option', { name: 'images/drake/drake_02.jpg' }).click();
    await page.keyboard.press('Tab');
    await page.locator('button.power').first().click();
    await page.waitForTimeout(400);
    await shot('refused');
  });
}
