import { expect, type Locator, type Page, test } from '@playwright/test';
import { type SceneName, sha256Of } from './latentScenes';

const open = (page: Page, scene: SceneName, theme = 'dark') =>
  page.goto(`/latent?scene=${scene}&theme=${theme}`);
const calls = (page: Page) => page.evaluate(() => window.inspectorHost.calls);
const callsOf = async (page: Page, method: string) =>
  (await calls(page)).filter((call) => call.method === method).map(({ request }) => request);
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const heading = (page: Page) => page.locator('h1');
const tiles = (page: Page) => page.locator('clipsight-sample-grid .open');
const peek = (page: Page) => page.getByRole('tooltip');
const list = (page: Page, name: string) => page.getByRole('listbox', { name });
const mark = (page: Page, name: string) => page.getByRole('radio', { name });
const searchField = (page: Page) => page.getByRole('textbox', { name: 'Search components' });
const sectionOf = (page: Page, title: string) =>
  page.locator('.section > details').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

/** Whether all of it lies within the view. */
async function expectWithinView(page: Page, element: Locator): Promise<void> {
  const box = (await element.boundingBox())!;
  const { width, height } = page.viewportSize()!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.y).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(width);
  expect(box.y + box.height).toBeLessThanOrEqual(height);
}

test.use({ viewport: { width: 300, height: 800 } });

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.inspectorHost.violations)).toEqual([]);
});

test('shows what is known of a component', async ({ page }) => {
  await open(page, 'wolf');
  await expect(heading(page)).toHaveText('snow');
  await expect(page.getByRole('toolbar', { name: 'Component' })).toContainText('Component 549 of 1,024');
  const labels = page.getByRole('group', { name: 'Label and runners-up, by alignment' });
  await expect(labels.locator('.signed-row').first()).toHaveText(/snow\s+\+0\.31/);
  await expect(page.getByText('judged by emoji-judge')).toBeVisible();
  await expect(sectionOf(page, 'Pictures').locator('summary')).toContainText('20 of 40');
  await expect(tiles(page)).toHaveCount(20);
  await expect(tiles(page).first()).toHaveAccessibleName('wolf_00.jpg, activation 4.30');
  const prompts = sectionOf(page, 'Prompts');
  await expect(prompts.locator('summary').first()).toContainText('n = 20');
  await expect(prompts.locator('.reliance').first()).toHaveText(
    /a photo of a wolf\s+alignment\s+\+0\.29\s+attribution\s+\+2\.16\s+wolf\s+\+4\.10\s+n = 20/,
  );
  const score = (name: string) => sectionOf(page, 'Scores').locator('.score').filter({ hasText: name });
  await expect(score('Fires in').locator('summary')).toHaveText(/Fires in\s+40 of 215 images\s+18\.6\s%/);
  await expect(score('Clarity').locator('summary')).toHaveText(/Clarity\s+n = 20\s+0\.71/);
  await expect(score('Redundancy').locator('summary')).toHaveText(/n = 20\s+0\.63/);
  await expect(list(page, 'Most similar: In meaning').getByRole('option').first()).toHaveAccessibleName(
    'husky, #36 · n = 20, Cosine of what their pictures show: 0.63',
  );
  await expect(page.getByRole('status').last()).toHaveText('Component 549: snow');
});

test('shows what it does in the image that it was selected from', async ({ page }) => {
  await open(page, 'wolf');
  const seen = page.getByRole('region', { name: 'In the image it was selected from' });
  await expect(seen).toContainText('images/wolf/wolf_00.jpg: activation 4.11');
  await expect(seen.locator('.signed-row').first()).toHaveText(/a camera\s+−7\.45/);
  await page.evaluate(() => window.inspectorHost.show({ prompts: ['something else'] }));
  await expect(seen).toContainText('activation 4.11');
  await expect(seen.locator('.signed-row')).toHaveCount(0);
});

test('says why a number is missing', async ({ page }) => {
  await open(page, 'one');
  await expect(heading(page)).toHaveText('No label');
  await expect(page.getByText('Too few images to say what it means: n = 1, and 5 are needed.')).toBeVisible();
  await expect(page.locator('.score').filter({ hasText: 'Clarity' }).locator('summary')).toHaveText(
    /needs 2 images, n = 1\s+–/,
  );
  await expect(page.locator('.score').filter({ hasText: 'Polysemanticity' }).locator('summary')).toHaveText(
    /needs 5 images, n = 1\s+–/,
  );
  await open(page, 'silent');
  await expect(page.getByText('It fires in no indexed image, so nothing says what it means.')).toBeVisible();
  await expect(tiles(page)).toHaveCount(0);
});

test('a component that judges itself says so, and offers a judge', async ({ page }) => {
  await open(page, 'self');
  await page.getByText('self-judged').click();
  await expect(page.getByText('it cannot see its own confusions', { exact: false })).toBeVisible();
  await button(page, 'Choose a Judge…').click();
  await expect.poll(() => callsOf(page, 'chooseJudge')).toHaveLength(1);
});

test('renames in place: F2, Enter, Escape, and nothing removes the name', async ({ page }) => {
  await open(page, 'wolf');
  await heading(page).waitFor();
  await page.keyboard.press('F2');
  const field = page.getByRole('textbox', { name: 'Name' });
  await expect(field).toBeFocused();
  await field.fill('grey fur');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('grey fur');
  await expect(button(page, 'Rename')).toBeFocused();
  await expect(list(page, 'Pinned components').getByRole('option').first()).toContainText('grey fur');

  await button(page, 'Rename').click();
  await expect(field).toHaveValue('grey fur');
  await field.fill('nonsense');
  await page.keyboard.press('Escape');
  await expect(heading(page)).toHaveText('grey fur');

  await button(page, 'Rename').click();
  await field.fill('  ');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('snow');
  await expect
    .poll(() => callsOf(page, 'annotate'))
    .toEqual([
      { component: 549, change: { name: 'grey fur' } },
      { component: 549, change: { name: null } },
    ]);
});

test('pins, marks and notes, and takes every change back', async ({ page }) => {
  await open(page, 'more');
  await mark(page, 'Spurious').check();
  await expect(mark(page, 'Spurious')).toBeChecked();
  await button(page, 'Pin').click();
  await expect(button(page, 'Pin')).toHaveAttribute('aria-pressed', 'true');
  const note = page.getByRole('textbox', { name: 'Note' });
  await note.fill('It is the snow.');
  await page.keyboard.press('Control+Enter');
  await expect(sectionOf(page, 'Note').locator('summary')).toContainText('It is the snow.');
  // In the field the keys are its own.
  await page.keyboard.press('Control+z');
  await expect.poll(() => callsOf(page, 'annotate')).toHaveLength(3);
  await note.fill('It is the snow.');
  await heading(page).click();
  await page.keyboard.press('Control+z');
  await expect(note).toHaveValue('');
  await page.keyboard.press('Control+z');
  await expect(button(page, 'Pin')).toHaveAttribute('aria-pressed', 'false');
  await button(page, 'Undo (Ctrl+Z)').click();
  await expect(mark(page, 'None')).toBeChecked();
  await expect(button(page, 'Undo (Ctrl+Z)')).toBeDisabled();
  await page.keyboard.press('Control+Shift+z');
  await expect(mark(page, 'Spurious')).toBeChecked();
  const changes = async () =>
    (await callsOf(page, 'annotate')).map((request) => (request as { change: object }).change);
  await expect
    .poll(changes)
    .toEqual([
      { mark: 'spurious' },
      { pinned: true },
      { note: 'It is the snow.' },
      { note: null },
      { pinned: false },
      { mark: null },
      { mark: 'spurious' },
    ]);
});

test('a change that is taken back is shown, wherever it was made', async ({ page }) => {
  await open(page, 'more');
  await mark(page, 'Expected').click();
  await list(page, 'Most similar: In meaning').getByRole('option').first().click();
  const number = page.getByRole('toolbar', { name: 'Component' });
  await expect(number).toContainText('Component 36');
  await heading(page).waitFor();
  await page.keyboard.press('Control+z');
  await expect(number).toContainText('Component 549');
  await expect(mark(page, 'None')).toBeChecked();
  await expect
    .poll(async () => (await callsOf(page, 'annotate')).at(-1))
    .toEqual({
      component: 549,
      change: { mark: null },
    });
});

test('a note half written belongs to the component that it was written about', async ({ page }) => {
  await open(page, 'wolf');
  await page.getByRole('textbox', { name: 'Note' }).fill('About 549.');
  // Selected elsewhere in VS Code: the field keeps the focus.
  await page.evaluate(() => {
    const { selection } = window.inspectorHost.state;
    return window.inspectorHost.show({
      selection: { ...selection!, component: 36, card: null, image: null },
    });
  });
  await expect(page.getByRole('toolbar', { name: 'Component' })).toContainText('Component 36');
  await expect
    .poll(() => callsOf(page, 'annotate'))
    .toEqual([{ component: 549, change: { note: 'About 549.' } }]);
  await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('');
});

test('a change that is refused is not shown as made', async ({ page }) => {
  await open(page, 'wolf');
  await page.evaluate(() => {
    window.inspectorHost.refuse = true;
  });
  await mark(page, 'Expected').click();
  await expect(page.getByRole('alert')).toContainText('The host refused annotate.');
  await expect(mark(page, 'None')).toBeChecked();
  await expect(button(page, 'Undo (Ctrl+Z)')).toBeDisabled();
  await button(page, 'Dismiss').click();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('searches after a pause and on Enter, walks to the results, selects, and clears', async ({ page }) => {
  await open(page, 'nothing');
  await searchField(page).pressSequentially('snow', { delay: 30 });
  await expect(list(page, 'Search results').getByRole('option')).toHaveCount(3);
  await expect.poll(() => callsOf(page, 'search')).toEqual([{ text: 'snow' }]);
  await searchField(page).fill('xyzzy');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await callsOf(page, 'search')).at(-1)).toEqual({ text: 'xyzzy' });
  await expect(page.getByText('No component means this or is called so.', { exact: false })).toBeVisible();
  await searchField(page).fill('wolf');
  await page.keyboard.press('Enter');
  const options = list(page, 'Search results').getByRole('option');
  await expect(options).toHaveCount(3);
  await expect(options.first()).toHaveAccessibleName(
    /#3 · n\s=\s20 · its meaning, Alignment with the text: \+0\.20$/,
  );
  await page.keyboard.press('ArrowDown');
  await expect(options.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => callsOf(page, 'select')).toEqual([{ component: 17 }]);
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('toolbar', { name: 'Component' })).toContainText('Component 17');
  await page.evaluate(() => window.inspectorHost.focusSearch());
  await expect(searchField(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(searchField(page)).toHaveValue('');
  await expect(list(page, 'Search results')).toHaveCount(0);
  // Typed and taken back within the pause: nothing is asked.
  await searchField(page).fill('a');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(500);
  await expect.poll(() => callsOf(page, 'search')).toHaveLength(3);
});

test('searches by image', async ({ page }) => {
  await open(page, 'nothing');
  await button(page, 'Search by image').click();
  await expect(sectionOf(page, 'Results').locator('summary')).toContainText('1 firing in wolf_00.jpg');
  await expect(list(page, 'Search results').getByRole('option')).toHaveAccessibleName(
    /Activation in the image: 4\.11$/,
  );
  await expect(searchField(page)).toHaveValue('');
  await button(page, 'Close the results').click();
  await expect(list(page, 'Search results')).toHaveCount(0);
});

test('goes from neighbour to neighbour and back', async ({ page }) => {
  await open(page, 'more');
  await expect(button(page, 'Back')).toBeDisabled();
  await list(page, 'Most similar: In meaning').getByRole('option').nth(1).click();
  const number = page.getByRole('toolbar', { name: 'Component' });
  await expect(number).toContainText('Component 112');
  await expect(heading(page)).toBeVisible();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(number).toContainText('Component 549');
  await expect
    .poll(() => calls(page))
    .toEqual([
      { method: 'select', request: { component: 112 } },
      { method: 'back', request: {} },
    ]);
  await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(() => callsOf(page, 'back')).toHaveLength(1);
});

test('nothing of another component is shown while one is looked up', async ({ page }) => {
  await open(page, 'more');
  await page.evaluate(() => {
    window.inspectorHost.hold = true;
  });
  await list(page, 'Most similar: In meaning').getByRole('option').nth(1).click();
  await expect(page.getByRole('toolbar', { name: 'Component' })).toContainText('Component 112');
  await expect(heading(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(0);
  await expect(page.locator('.reliance, .score, .signed-row')).toHaveCount(0);
});

test('while pictures are put into another order, those at hand stay as they were', async ({ page }) => {
  await open(page, 'more');
  await page.evaluate(() => {
    window.inspectorHost.hold = true;
  });
  await page.getByRole('combobox', { name: 'Order of the pictures' }).click();
  await page.getByRole('option', { name: 'Relevance to “a dog”' }).click();
  await expect.poll(() => callsOf(page, 'setOrder')).toEqual([{ kind: 'relevance', prompt: 1 }]);
  await expect(page.locator('clipsight-sample-grid ul')).toHaveAttribute('aria-busy', 'true');
  await expect(tiles(page).first()).toHaveAccessibleName('wolf_00.jpg, activation 4.30');
  await page.evaluate(() => {
    window.inspectorHost.hold = false;
  });
  await expect(page.locator('clipsight-sample-grid ul')).toHaveAttribute('aria-busy', 'false');
  await expect(tiles(page).last()).toHaveAccessibleName(
    'wolf_00.jpg, activation 4.30, attribution +4.10 points',
  );
  await expect(page.getByRole('combobox', { name: 'Order of the pictures' })).toContainText('a dog');
});

test('pictures open, are attributed, and are shown large within the view', async ({ page }) => {
  await open(page, 'regions');
  await tiles(page).nth(2).hover();
  await expect(peek(page)).toContainText('/home/ada/pictures/images/wolf/wolf_01.jpg');
  await expect(peek(page).locator('image')).toBeVisible();
  await expectWithinView(page, peek(page));
  await page.mouse.move(2, 2);
  await expect(peek(page)).toHaveCount(0);
  await tiles(page).nth(2).click();
  await expect.poll(() => callsOf(page, 'openImage')).toEqual([{ sha256: sha256Of(2) }]);
  await tiles(page).nth(3).hover();
  await button(page, 'Attribute dog_00.jpg').click();
  await expect.poll(() => callsOf(page, 'attributeImage')).toEqual([{ sha256: sha256Of(3) }]);
});

test('pictures are walked through by keyboard, each large where it has the focus', async ({ page }) => {
  await open(page, 'regions');
  await page.getByRole('combobox', { name: 'Order of the pictures' }).focus();
  await page.keyboard.press('Tab');
  await expect(tiles(page).first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(tiles(page).nth(3)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(tiles(page).nth(2)).toBeFocused();
  await expect(peek(page)).toContainText('wolf_01.jpg');
  await page.keyboard.press('End');
  await expect(tiles(page).last()).toBeFocused();
  await expect(peek(page)).toContainText('drake_02.jpg');
  await expectWithinView(page, peek(page));
  await page.keyboard.press('Escape');
  await expect(peek(page)).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect.poll(() => callsOf(page, 'openImage')).toEqual([{ sha256: sha256Of(19) }]);
  await page.keyboard.press('Tab');
  await expect(button(page, 'Attribute drake_02.jpg')).toBeFocused();
});

test('a picture shows its region, and what the model did not see is dimmed', async ({ page }) => {
  await open(page, 'regions');
  const wide = page.locator('clipsight-sample-grid clipsight-thumbnail').nth(1);
  await expect(wide.locator('.region')).toHaveAttribute('d', 'M312 72h24v24h-24z');
  await expect(wide.locator('.unseen-part')).toHaveAttribute('d', 'M0 0H576V192H0ZM192 0h192v192h-192z');
  await tiles(page).nth(1).hover();
  await expect(peek(page)).toContainText('dimmed: what the model did not see');
});

test('a picture that cannot be shown says why', async ({ page }) => {
  await open(page, 'more');
  await tiles(page).nth(13).hover();
  await expect(peek(page)).toContainText('Cannot be shown: camera_00.jpg is no longer there.');
});

test('shows more pictures', async ({ page }) => {
  await open(page, 'more');
  await button(page, 'Show More').click();
  await expect(tiles(page)).toHaveCount(68);
  await expect.poll(() => callsOf(page, 'showSamples')).toEqual([{ most: 68 }]);
  await button(page, 'Show More').click();
  await expect(tiles(page)).toHaveCount(116);
  await button(page, 'Show More').click();
  await expect(tiles(page)).toHaveCount(120);
  await expect(button(page, 'Show More')).toHaveCount(0);
});

test('two groups of pictures are shown where the score says that there are two', async ({ page }) => {
  await open(page, 'groups');
  await expect(page.getByRole('group', { name: 'Group 1 of its pictures, 12' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Group 2 of its pictures, 8' })).toBeVisible();
  await open(page, 'wolf');
  await expect(page.getByRole('group', { name: /^Group/ })).toHaveCount(0);
});

test('where it fires', async ({ page }) => {
  await open(page, 'regions');
  await expect(
    page.getByRole('img', { name: /in 8 rows of 8 patches: most often in row 3, column 5, in 6 images$/ }),
  ).toBeVisible();
  await expect(page.locator('.heat')).toHaveCount(64);
  await expect(page.getByText('At CLS, which sees the whole picture: 4 of', { exact: false })).toBeVisible();
  await open(page, 'cls');
  await expect(page.getByText('40 of 40 images (100.0 %)', { exact: false })).toBeVisible();
  await expect(page.locator('.heat')).toHaveCount(0);
});

test('sections that were closed stay so', async ({ page }) => {
  await open(page, 'wolf');
  await sectionOf(page, 'Prompts').locator('summary').first().click();
  await expect(page.locator('.reliance').first()).toBeHidden();
  await page.reload();
  await heading(page).waitFor();
  await expect(page.locator('.reliance').first()).toBeHidden();
  await sectionOf(page, 'Prompts').locator('summary').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.reliance').first()).toBeVisible();
});

test('an image library that is not there yet can be made', async ({ page }) => {
  await open(page, 'not-indexed');
  await expect(searchField(page)).toBeDisabled();
  await button(page, 'Index Images').click();
  await expect.poll(() => callsOf(page, 'index')).toHaveLength(1);
  await open(page, 'no-folder');
  await expect(page.getByText('No folder is open')).toBeVisible();
  await expect(searchField(page)).toHaveCount(0);
});

test('indexing shows how far it is, pauses, resumes and cancels', async ({ page }) => {
  await open(page, 'indexing');
  const bar = page.getByRole('progressbar', { name: 'Indexing images' });
  await expect(bar).toHaveAttribute('aria-valuenow', '734');
  await expect(bar).toHaveAttribute('aria-valuetext', '734 of 2,000 images, 35 images/s, 40 s left');
  await button(page, 'Pause').click();
  await button(page, 'Cancel').click();
  await open(page, 'paused');
  await expect(page.getByText('Paused')).toBeVisible();
  await button(page, 'Resume').click();
  await expect.poll(() => callsOf(page, 'index')).toHaveLength(1);
  await open(page, 'indexing-more');
  await expect(bar).toBeVisible();
  await expect(heading(page)).toHaveText('snow');
});

test('a library that another window owns can be read and not written', async ({ page }) => {
  await open(page, 'snapshot');
  await expect(page.getByText('Another process (4711) owns the library.', { exact: false })).toContainText(
    'Mar 4, 2026',
  );
  await expect(heading(page)).toHaveText('snow');
  await expect(button(page, 'Rename')).toBeDisabled();
  await expect(button(page, 'Pin')).toBeDisabled();
  await expect(mark(page, 'Expected')).toBeDisabled();
  await expect(page.getByRole('textbox', { name: 'Note' })).toBeDisabled();
  await page.keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveCount(0);
  await open(page, 'snapshot-empty');
  await button(page, 'Look Again').click();
  await expect.poll(() => callsOf(page, 'retry')).toHaveLength(1);
});

test('an error can be retried, and images that could not be read are a click away', async ({ page }) => {
  await open(page, 'error');
  await expect(page.getByRole('alert')).toContainText('its file is damaged');
  await button(page, 'Retry').click();
  await button(page, 'Show Log').click();
  await button(page, '3 images could not be read').click();
  await expect
    .poll(async () => (await calls(page)).map(({ method }) => method))
    .toEqual(['retry', 'showLogs', 'showFailures']);
});

test('pinned components are at hand where nothing is selected', async ({ page }) => {
  await open(page, 'nothing');
  const options = list(page, 'Pinned components').getByRole('option');
  await expect(options).toHaveCount(3);
  await expect(options.nth(1)).toHaveAccessibleName('husky, #36 · n = 20, marked as spurious, pinned');
  await options.nth(1).click();
  await expect.poll(() => callsOf(page, 'select')).toEqual([{ component: 36 }]);
});

test('the head of the view stays where it is while a component is looked up', async ({ page }) => {
  await open(page, 'loading');
  const top = async () => (await page.getByRole('radio', { name: 'None' }).boundingBox())!.y;
  await page.locator('fieldset').waitFor();
  const before = await top();
  await open(page, 'more');
  await heading(page).waitFor();
  expect(Math.abs((await top()) - before)).toBeLessThan(2);
});

for (const width of [170, 300, 900]) {
  test(`nothing is wider than the view at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    for (const scene of [
      'wolf',
      'long',
      'found',
      'many',
      'error',
      'indexing-more',
      'self',
      'groups',
    ] as const) {
      await open(page, scene);
      await page.locator('footer').waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), scene).toBeLessThanOrEqual(
        width,
      );
    }
  });
}
