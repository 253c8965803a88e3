import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';
import { webviewFrame } from './workbench';

/** The Latent inspector, opened with its activity. */
export async function openInspector(code: Page): Promise<FrameLocator> {
  const header = code.getByRole('button', { name: /^Latent Section/ });
  if (!(await header.isVisible())) await code.getByRole('tab', { name: 'Clipsight' }).click();
  await expect(header).toBeVisible();
  if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  return inspectorFrame(code);
}

/** The inspector, once it is in sight. */
export function inspectorFrame(code: Page): Promise<FrameLocator> {
  return webviewFrame(code, 'clipsight-latent-inspector');
}

/** Indexes all images of the workspace, from the view, and waits for the end. */
export async function indexImages(inspector: FrameLocator): Promise<void> {
  await inspector.getByRole('button', { name: 'Index Images' }).click();
  await expect(inspector.getByText(/\d+ images indexed/)).toBeVisible({ timeout: 100_000 });
  await expect(inspector.getByRole('progressbar', { name: 'Indexing images' })).toBeHidden({
    timeout: 100_000,
  });
}

/** Components that a search found. */
export function searchResults(inspector: FrameLocator): Locator {
  return inspector.getByRole('listbox', { name: 'Search results' }).getByRole('option');
}

export async function searchFor(inspector: FrameLocator, text: string): Promise<void> {
  const field = inspector.getByRole('textbox', { name: 'Search components' });
  await field.fill(text);
  await field.press('Enter');
}

/** What is shown of a component. */
export function shownComponent(inspector: FrameLocator, component: number): Locator {
  return inspector.getByRole('region', { name: `Component ${component}`, exact: true });
}
