import { join } from 'node:path';
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';

const screenshots = join(__dirname, '../../test-results/screenshots');

/** VS Code's own themes, one of each kind, with the class that its page has under them. */
const themes = {
  light: { name: 'Light Modern', className: 'vs' },
  dark: { name: 'Dark Modern', className: 'vs-dark' },
  'high-contrast': { name: 'Default High Contrast', className: 'hc-black' },
  'high-contrast-light': { name: 'Default High Contrast Light', className: 'hc-light' },
} as const;

/**
 * The row of a file in the explorer, its folders opened on the way.
 * @param path relative to the workspace, with slashes; names are taken to be unique in the workspace
 */
export async function explorerItem(code: Page, path: string): Promise<Locator> {
  const names = path.split('/');
  const file = names.pop()!;
  const row = explorerRow(code, file);
  if (await row.isVisible()) return row;
  for (const folder of names) await openFolder(code, folder);
  return scrollTo(code, file);
}

/** Selects files in the explorer and picks an entry of their context menu. */
export async function pickFromContextMenu(
  code: Page,
  paths: readonly string[],
  entry: string,
): Promise<void> {
  for (const path of paths) await explorerItem(code, path); // Opening a folder would end a selection.
  if (paths.length > 1) {
    for (const [index, path] of paths.entries()) {
      const row = await explorerItem(code, path);
      await row.click(index === 0 ? {} : { modifiers: ['ControlOrMeta'] });
    }
  }
  await pickFromMenuOf(code, await explorerItem(code, paths.at(-1)!), entry);
}

/**
 * Right-clicks and picks an entry. A menu that has just come up takes no click, so that the one that opened it
 * picks nothing: hence the tries, until the menu is gone.
 */
export async function pickFromMenuOf(code: Page, target: Locator, entry: string): Promise<void> {
  const item = code.getByRole('menuitem', { name: entry });
  await expect(async () => {
    if (!(await item.isVisible())) await target.click({ button: 'right', timeout: 5000 });
    await item.click({ timeout: 5000 });
    await expect(item).toBeHidden({ timeout: 2000 });
  }).toPass({ timeout: 60_000 });
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

/**
 * Runs a command that asks with a picker, and picks. A page that takes the focus back from the palette closes the picker
 * with it: hence the tries, each with the command run anew.
 */
export async function runAndPick(
  code: Page,
  title: string,
  choice: string,
  before: () => Promise<void> = async () => undefined,
): Promise<void> {
  await expect(async () => {
    await runCommand(code, title);
    await quickPick(code, choice).waitFor({ timeout: 10_000 });
    await before();
    await quickPick(code, choice).click({ timeout: 5000 });
  }).toPass({ timeout: 90_000 });
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

/** The extension's item in the status bar. */
export function statusItem(code: Page): Locator {
  return code.locator('.statusbar-item').filter({ hasText: 'Clipsight' }).getByRole('button');
}

/** A row of a picker that takes several: a check box, by its text. */
export function quickCheck(code: Page, text: string): Locator {
  return code
    .locator('.quick-input-widget:visible .quick-input-list .monaco-list-row')
    .filter({ has: code.getByText(text, { exact: true }) });
}

/** The document inside the newest editor panel. */
export function panelFrame(code: Page): FrameLocator {
  return code.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
}

/**
 * The document of an open webview, wherever it is, by the element that is the whole of it. To be asked for again after
 * it was hidden or the window reloaded: then it is another one.
 */
export async function webviewFrame(code: Page, element: string): Promise<FrameLocator> {
  let found: FrameLocator | undefined;
  /** What a person who reads that it failed has to know. */
  let seen = '';
  await expect(async () => {
    const all = code.locator('iframe.webview');
    const ready = code.locator('iframe.webview.ready');
    seen = `${await all.count()} webviews, ${await ready.count()} of them ready`;
    for (const frame of await ready.all()) {
      const [, id] = /[?&]id=([\w-]+)/.exec((await frame.getAttribute('src', { timeout: 1000 })) ?? '') ?? [];
      const page = code.frameLocator(`iframe.webview[src*="id=${id}"]`).frameLocator('iframe#active-frame');
      if (await page.locator(element).isVisible()) found = page;
    }
    expect(found).toBeDefined();
  })
    .toPass({ timeout: 90_000 })
    .catch((thrown) => {
      throw new Error(`No webview shows ${element} (${seen}).`, { cause: thrown });
    });
  return found!;
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

function explorerTree(code: Page): Locator {
  return code.getByRole('tree', { name: 'Files Explorer' });
}

function explorerRow(code: Page, name: string): Locator {
  return explorerTree(code).getByRole('treeitem', { name, exact: true });
}

/** A click on a tree that is just being drawn may do nothing. */
async function openFolder(code: Page, name: string): Promise<void> {
  const row = await scrollTo(code, name);
  await expect(async () => {
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
    await expect(row).toHaveAttribute('aria-expanded', 'true', { timeout: 3000 });
  }).toPass({ timeout: 30_000 });
}

/**
 * The explorer only has the rows that are in sight. Keys move its focus and leave its selection; an editor that
 * is just opening may swallow some, so the walk starts over until it gets there.
 */
async function scrollTo(code: Page, name: string): Promise<Locator> {
  const row = explorerRow(code, name);
  await expect(async () => {
    if (await appears(row)) return;
    await explorerTree(code).focus();
    await code.keyboard.press('Home');
    for (let page = 0; page < 10; page++) {
      if (await appears(row)) return;
      await code.keyboard.press('PageDown');
    }
    throw new Error(`The explorer has no ${name} in sight.`);
  }).toPass({ timeout: 60_000, intervals: [0] });
  return row;
}

/** Rows are drawn a moment after the key that scrolls to them. */
function appears(row: Locator): Promise<boolean> {
  return row.waitFor({ timeout: 300 }).then(
    () => true,
    () => false,
  );
}
