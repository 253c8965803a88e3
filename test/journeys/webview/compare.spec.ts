import { expect, type Page, test } from '@playwright/test';
import type { CompareScene } from './compareScenes';

const open = async (page: Page, scene: CompareScene, theme = 'dark') => {
  await page.goto(`/compare?scene=${scene}&theme=${theme}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
};
const scores = (page: Page) => page.getByRole('table', { name: 'Scores of the prompts' });
const rows = (page: Page) => scores(page).locator('tbody tr');
const heat = (page: Page) => page.getByRole('grid', { name: /^Components by prompt/ });
const heatRow = (page: Page, index: number) => heat(page).locator('tbody tr').nth(index);
const difference = (page: Page) => page.getByRole('region', { name: 'What separates two prompts' });
const field = (page: Page) => page.getByRole('textbox', { name: 'Text of the prompt' });
const calls = (page: Page, method: string) =>
  page.evaluate(
    (name) => window.compareHost.calls.filter((call) => call.method === name).map(({ request }) => request),
    method,
  );
const numbers = async (page: Page, column: number) =>
  (await heat(page).locator(`td[data-column="${column}"] .over`).allTextContents()).map((text) =>
    Number(text.trim().replace('\u2212', '-')),
  );

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.compareHost.violations)).toEqual([]);
});

test('shows every prompt with its score, its share, and what each image makes of it', async ({ page }) => {
  await open(page, 'five');
  await expect(rows(page)).toHaveCount(5);
  await expect(rows(page).first()).toContainText('a photo of a wolf');
  await expect(rows(page).first().locator('td')).toHaveCount(6);
  const shares = (await rows(page).locator('.share-number').allTextContents()).map((text) =>
    Number.parseFloat(text),
  );
  expect(shares.reduce((a, b) => a + b)).toBeCloseTo(100, 0);
  await expect(scores(page).locator('img')).toHaveCount(4);
  await expect(scores(page).getByRole('columnheader', { name: /^Share/ })).toHaveText(/among these 5/);
});

test('the share of a rewording is what it would have in the place of its prompt', async ({ page }) => {
  await open(page, 'draft');
  const shares = (await rows(page).locator('.share-number').allTextContents()).map((text) =>
    Number.parseFloat(text),
  );
  const [original, draft, ...others] = shares;
  const sum = others.reduce((a, b) => a + b);
  expect(original! + sum).toBeCloseTo(100, 0);
  expect(draft!).toBeGreaterThan(original!);
  expect(draft! + sum).toBeGreaterThan(101);
});

test('components are ordered by size, by difference, and by a prompt both ways', async ({ page }) => {
  await open(page, 'five');
  const largest = async () => {
    const columns = await Promise.all([1, 2, 3, 4, 5].map((column) => numbers(page, column)));
    return columns[0]!.map((_, row) => columns.map((column) => column[row]!));
  };
  const size = (await largest()).map((row) => Math.max(...row.map(Math.abs)));
  expect(size).toEqual(size.toSorted((a, b) => b - a));
  await page.getByRole('button', { name: 'Largest difference' }).click();
  const spread = (await largest()).map((row) => Math.round(100 * (Math.max(...row) - Math.min(...row))));
  for (const [i, value] of spread.slice(1).entries()) expect(value).toBeLessThanOrEqual(spread[i]! + 2);
  await heat(page)
    .getByRole('button', { name: /a sketch of a fox/ })
    .click();
  expect(await numbers(page, 3)).toEqual((await numbers(page, 3)).toSorted((a, b) => b - a));
  await heat(page)
    .getByRole('button', { name: /a sketch of a fox/ })
    .click();
  expect(await numbers(page, 3)).toEqual((await numbers(page, 3)).toSorted((a, b) => a - b));
});

test('the heat table is walked and used by keyboard', async ({ page }) => {
  await open(page, 'five');
  await heat(page).locator('[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(heat(page).locator('td:focus')).toHaveAttribute('data-column', '2');
  await expect(heat(page).locator('td:focus')).toHaveAttribute('data-row', '0');
  await page.keyboard.press('Control+End');
  await expect(heat(page).locator('td:focus')).toHaveAttribute('data-column', '5');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const component = Number(await heatRow(page, 14).locator('.latent').textContent());
  await expect.poll(() => calls(page, 'inspect')).toEqual([{ component }]);
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(heat(page).locator('th[aria-sort="descending"]')).toContainText('a photo of a wolf');
  await expect(heat(page).locator('[tabindex="0"]')).toHaveCount(1);
});

test('asks for what the library says of the components that it shows, and for more with more', async ({
  page,
}) => {
  await open(page, 'five');
  await expect.poll(async () => (await calls(page, 'wantComponents')).length).toBeGreaterThan(0);
  await page.getByRole('region', { name: 'Components' }).getByRole('button', { name: 'Show More' }).click();
  await expect(heat(page).locator('tbody tr')).toHaveCount(45);
  await expect
    .poll(
      async () =>
        ((await calls(page, 'wantComponents')).at(-1) as { components: number[] }).components.length,
    )
    .toBeGreaterThanOrEqual(45);
});

test('marks what a prompt describes poorly, in words too', async ({ page }) => {
  await open(page, 'five');
  await expect(heat(page).getByRole('img', { name: 'poorly described' }).first()).toBeVisible();
  await expect(heat(page).locator('td:has(.poor)').filter({ hasText: '\u2212' })).toHaveCount(0);
  const marked = heat(page).locator('td:has(.poor)').first();
  await expect(marked).toHaveAttribute('title', /describes this component poorly/);
});

test('says what separates the two best, and another pair when it is chosen', async ({ page }) => {
  await open(page, 'five');
  await expect(difference(page)).toContainText('the two best');
  const first = difference(page).getByRole('listitem').first();
  await expect(first).toHaveAccessibleName(/points, pulls towards/);
  await difference(page).getByRole('button', { name: 'Swap the two' }).click();
  await expect.poll(() => calls(page, 'setPair')).toEqual([{ of: 1, against: 4 }]);
  await page.getByRole('combobox', { name: 'First prompt' }).click();
  await page.getByRole('option', { name: '4 snow on a field' }).click();
  await expect
    .poll(() => calls(page, 'setPair'))
    .toEqual([
      { of: 1, against: 4 },
      { of: 3, against: 4 },
    ]);
  await expect(difference(page)).not.toContainText('the two best');
});

test('rewords a prompt in its file on Enter, and takes it back', async ({ page }) => {
  await open(page, 'five');
  await rows(page).nth(1).getByText('a photo of a dog').dblclick();
  await expect(field(page)).toHaveValue('a photo of a dog');
  await field(page).fill('a photo of a husky');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => calls(page, 'rewrite'))
    .toEqual([{ column: 1, text: 'a photo of a husky', before: 'a photo of a dog' }]);
  await expect(rows(page).nth(1)).toContainText('a photo of a husky');
  await expect(field(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo in zeroshot/prompts.py' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect.poll(() => calls(page, 'undo')).toHaveLength(1);
});

test('Control+Z in a text field is the field’s own; Escape leaves the prompt as it was', async ({ page }) => {
  await open(page, 'draft');
  await page.getByRole('button', { name: /^Reword prompt 2/ }).click();
  await field(page).fill('x');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Escape');
  await expect(field(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Reword prompt 2/ })).toBeFocused();
  expect(await calls(page, 'undo')).toEqual([]);
  expect(await calls(page, 'rewrite')).toEqual([]);
});

test('a text that cannot be written stays in its field, with the reason and a way to the file', async ({
  page,
}) => {
  await open(page, 'five');
  await page.getByRole('button', { name: /^Reword prompt 1/ }).click();
  await field(page).fill('a "wolf"');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('cannot be written as the kind of string');
  await expect(field(page)).toHaveValue('a "wolf"');
  await expect(field(page)).toBeFocused();
  await page.getByRole('button', { name: 'Open in editor' }).click();
  await expect.poll(() => calls(page, 'openPlace')).toEqual([{ column: 0 }]);
});

test('tries a rewording beside its prompt, and writes it then', async ({ page }) => {
  await open(page, 'five');
  await page.getByRole('button', { name: /^Reword prompt 1/ }).click();
  await field(page).fill('a wolf, howling');
  await page.getByRole('button', { name: 'Try' }).click();
  await expect(rows(page)).toHaveCount(6);
  await expect(rows(page).nth(1)).toContainText('rewording, not written');
  await expect(heat(page).locator('thead th')).toHaveCount(7);
  await rows(page).nth(1).getByRole('button', { name: 'Write to File' }).click();
  await expect(rows(page)).toHaveCount(5);
  await expect(rows(page).first()).toContainText('a wolf, howling');
});

test('a prompt that has no place to be written to says why, and can be tried', async ({ page }) => {
  await open(page, 'long');
  await page.getByRole('button', { name: /^Reword prompt 3/ }).click();
  await expect(page.getByRole('alert')).toContainText('It cannot be written back.');
  await expect(page.getByRole('button', { name: 'Write to File' })).toHaveCount(0);
  await field(page).fill('another');
  await page.keyboard.press('Enter');
  await expect.poll(() => calls(page, 'tryText')).toEqual([{ column: 2, text: 'another' }]);
  expect(await calls(page, 'rewrite')).toEqual([]);
});

test('a rewording is not written over what the file came to say meanwhile', async ({ page }) => {
  await open(page, 'five');
  await rows(page).nth(1).getByText('a photo of a dog').dblclick();
  await field(page).fill('a photo of a husky');
  await page.evaluate(async () => {
    const columns = window.compareHost
      .state()
      .columns.map((column) => (column.id === 1 ? { ...column, text: 'a photo of two dogs' } : column));
    await window.compareHost.show({ columns });
  });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('It now says “a photo of two dogs”');
  await expect(field(page)).toHaveValue('a photo of a husky');
  await page.keyboard.press('Enter');
  await expect(rows(page).nth(1)).toContainText('a photo of a husky');
});

test('adds a prompt and takes one out', async ({ page }) => {
  await open(page, 'five');
  await page.getByRole('textbox', { name: 'Add a prompt' }).fill('an owl');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(6);
  await expect(page.getByRole('textbox', { name: 'Add a prompt' })).toHaveValue('');
  await page.getByRole('button', { name: /^Take prompt 1 out/ }).click();
  await expect(rows(page)).toHaveCount(5);
  await expect(rows(page).first()).toContainText('a photo of a dog');
});

test('says which of a large group are shown, chooses others, and one of the templates', async ({ page }) => {
  await open(page, 'twenty');
  await expect(page.getByText('20 of 1,000 prompts: those that score best')).toBeVisible();
  await page.getByRole('button', { name: 'Choose…' }).click();
  await expect.poll(() => calls(page, 'pickColumns')).toHaveLength(1);
  await page.getByRole('combobox', { name: 'Templates' }).click();
  await page.getByRole('option', { name: 'a bad photo of a {}.' }).click();
  await expect.poll(() => calls(page, 'setTemplate')).toEqual([{ template: 1 }]);
  await expect(page.getByRole('textbox', { name: 'Add a prompt' })).toBeDisabled();
});

test('says what is missing: images, a library, prompts', async ({ page }) => {
  await open(page, 'noImage');
  await expect(page.getByText('No image is pinned')).toBeVisible();
  await expect(heat(page)).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Cosines between the prompts' })).toBeVisible();
  await page.getByRole('button', { name: 'Choose Image…' }).first().click();
  await expect.poll(() => calls(page, 'chooseImages')).toHaveLength(1);
  await open(page, 'noLibrary');
  await page.getByRole('button', { name: 'Index images' }).click();
  await expect.poll(() => calls(page, 'indexImages')).toHaveLength(1);
  await open(page, 'one');
  await expect(page.getByText('Add another prompt to compare it with.')).toBeVisible();
  await open(page, 'empty');
  await expect(page.getByText('No prompt is left.')).toBeVisible();
});

test('an image that failed stays in its place, with the reason', async ({ page }) => {
  await open(page, 'failing');
  await expect(page.getByRole('button', { name: /wolf_01.*cannot be decoded/ })).toBeVisible();
  await expect(rows(page).first().locator('td').nth(3)).toHaveText('–');
  await expect(rows(page).first().locator('td').nth(4)).toHaveText(/\d/);
});

test('shows progress with a way out, and what went wrong with one back', async ({ page }) => {
  await open(page, 'computing');
  await expect(page.getByRole('progressbar')).toHaveText(/Comparing 3 of 8/);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => calls(page, 'cancel')).toHaveLength(1);
  await open(page, 'error');
  await expect(page.getByRole('alert')).toContainText('The engine stopped');
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => calls(page, 'retry')).toHaveLength(1);
});

test('numbers of a text that is not computed yet are not shown', async ({ page }) => {
  await open(page, 'five');
  await page.evaluate(async () => {
    const { columns } = window.compareHost.state();
    const [first, ...others] = columns;
    await window.compareHost.show({ columns: [{ ...first!, text: 'new', direction: 'new' }, ...others] });
  });
  await expect(rows(page).first()).toContainText('new');
  await expect(rows(page).first().locator('td').first()).toHaveText('–');
  // Shares are of all prompts shown.
  await expect(rows(page).nth(1).locator('.share-number')).toHaveCount(0);
  await expect(heatRow(page, 0).locator('td').first()).toHaveText('…');
});

test('nothing is wider than a narrow page but what scrolls by itself', async ({ page }) => {
  await page.setViewportSize({ width: 300, height: 800 });
  for (const scene of ['twenty', 'many', 'long', 'draft'] as const) {
    await open(page, scene);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(300);
  }
});
