import { expect, type Locator, type Page } from '@playwright/test';

/** The tree “Models and Dictionaries”, opened with its activity. */
export async function openModels(code: Page): Promise<Locator> {
  const tree = code.getByRole('tree', { name: 'Models and Dictionaries' });
  const header = (name: string) => code.getByRole('button', { name: new RegExp(`^${name} Section`) });
  const own = header('Models and Dictionaries');
  if (!(await own.isVisible())) await code.getByRole('tab', { name: 'Clipsight' }).click();
  await expect(own).toBeVisible();
  if ((await own.getAttribute('aria-expanded')) === 'false') await own.click();
  // The view above takes most of the room, and rows out of sight are not there.
  const above = header('Latent');
  if ((await above.getAttribute('aria-expanded')) === 'true') await above.click();
  await expect(tree.getByRole('treeitem', { name: 'Models' }).first()).toBeVisible();
  return tree;
}

/** Rows by the beginning of what a screen reader says of them. */
export function modelRow(tree: Locator, name: string): Locator {
  return tree.getByRole('treeitem', { name }).first();
}

/** Opens a row, if it is closed, and waits for what is below it. */
export async function expandRow(row: Locator): Promise<void> {
  if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
  await expect(row).toHaveAttribute('aria-expanded', 'true');
}

/** Clicks an action at the right of a row. Rows that are still finding their places slip from under the pointer. */
export async function clickRowAction(row: Locator, name: string): Promise<void> {
  await expect(async () => {
    await row.hover({ timeout: 2000 });
    await row.getByRole('button', { name }).click({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
}

/**
 * Chooses a file or folder in VS Code's own dialog, by its path. The dialog begins in the workspace as soon as it has
 * looked at it, and follows what is typed with a delay: an Enter that comes before chooses what was there.
 */
export async function choosePath(code: Page, path: string): Promise<void> {
  const input = code.locator('.quick-input-widget:visible .quick-input-box input');
  await expect(async () => {
    await expect(input).toHaveValue(/^\//, { timeout: 10_000 });
    await input.fill(path);
    await code.waitForTimeout(1000);
    await expect(input).toHaveValue(path, { timeout: 100 });
  }).toPass({ timeout: 30_000 });
  // The first Enter may step into a folder, the next one takes it.
  await expect(async () => {
    await input.press('Enter', { timeout: 1000 });
    await expect(input).toBeHidden({ timeout: 2000 });
  }).toPass();
}
