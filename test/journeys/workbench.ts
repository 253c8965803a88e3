import { join } from 'node:path';
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';

const screenshots = join(__dirname, '../../test-results/screenshots');

/** VS Code's own themes, one of each kind, with the class that its page has under them. */
const themes = {
  light: { name: 'Light Modern', className: 'vs' },
  dark: { name: 'Dark Modern', className: 'vs-dark' },
  'high-contrast': { name: 'Default High Contrast', className: 'hc-black' },
} as const;

/**
 * The row of a file in the explorer, its folders opened on the way.
 * @param path relative to the workspace, with slashes
 */
export async function explorerItem(code: Page, path: string): Promise<Locator> {
  const [...folders] = path.split('/');
  const file = folders.pop()!;
  for (const folder of folders) {
    const row = await scrollTo(code, folder);
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
    await expect(row).toHaveAttribute('aria-expanded', 'true');
  }
  return scrollTo(code, file);
}

/** Selects files in the explorer and picks an entry of their context menu. */
export async function pickFromContextMenu(
  code: Page,
  paths: readonly string[],
  entry: string,
): Promise<void> {
  for (const path of paths) await explorerItem(code, path); // Opening a folder would end a selection.
  for (const [index, path] of paths.entries()) {
    const row = await explorerItem(code, path);
    await row.click(index === 0 ? {} : { modifiers: ['ControlOrMeta'] });
  }
  const last = await explorerItem(code, paths.at(-1)!);
  await last.click({ button: 'right' });
  await code.getByRole('menuitem', { name: entry }).click();
}

/**
 * Runs a command through the palette, as `Category: Title`. The palette eats keys pressed too early, and lists
 * what was known when it opened: hence the tries, each with a palette opened anew.
 */
export async function runCommand(code: Page, title: string): Promise<void> {
  await expect(async () => {
    if (await quickInput(code).isVisible()) await code.keyboard.press('Escape');
    await code.keyboard.press('F1');
    await quickInput(code).fill(`>${title}`, { timeout: 2000 });
    await quickPick(code, title).click({ timeout: 3000 });
  }).toPass({ timeout: 60_000 });
}

/** The text field of the quick input that is open: a palette, a picker, an input box. */
export function quickInput(code: Page): Locator {
  return code.locator('.quick-input-widget:visible .quick-input-box input');
}

/** A row of the quick input that is open, by how its text starts. */
export function quickPick(code: Page, text: string): Locator {
  return code
    .locator('.quick-input-widget:visible .quick-input-list')
    .getByRole('option', { name: text })
    .first();
}

/** The document inside the newest editor panel. */
export function panelFrame(code: Page): FrameLocator {
  return code.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
}

/** The document inside a view of the side bar or the panel. */
export function viewFrame(code: Page): FrameLocator {
  return code
    .frameLocator('iframe.webview.ready[src*="purpose=webviewView"]')
    .last()
    .frameLocator('iframe#active-frame');
}

/** Changes the theme the way a person does, with everything open. */
export async function setTheme(code: Page, kind: keyof typeof themes): Promise<void> {
  const { name, className } = themes[kind];
  await runCommand(code, 'Preferences: Color Theme');
  await quickInput(code).fill(name);
  await quickPick(code, name).click();
  await expect(code.locator('.monaco-workbench')).toContainClass(className);
}

/** Leaves test-results/screenshots/<name>.png. */
export async function takeScreenshot(code: Page, name: string): Promise<void> {
  await code.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** The explorer only has the rows that are in sight. Keys move its focus and leave its selection. */
async function scrollTo(code: Page, name: string): Promise<Locator> {
  const tree = code.getByRole('tree', { name: 'Files Explorer' });
  const row = tree.getByRole('treeitem', { name, exact: true });
  if (await row.isVisible()) return row;
  await tree.focus();
  await code.keyboard.press('Home');
  await expect(async () => {
    // Rows appear a moment after the key: wait before pressing the next.
    const seen = await row.waitFor({ timeout: 500 }).then(
      () => true,
      () => false,
    );
    if (!seen) await code.keyboard.press('PageDown');
    expect(seen, `${name} is in sight`).toBe(true);
  }).toPass({ timeout: 60_000, intervals: [0] });
  return row;
}
