import { expect, type Locator, type Page, test } from '@playwright/test';
import { analysisOf, type SceneName, summaryOf } from './scenes';

const wolf = 'images/wolf/wolf_00.jpg';
const three = ['a photo of a wolf', 'a dog', 'a camera'];

const open = (page: Page, scene: SceneName, theme = 'dark') => page.goto(`/?scene=${scene}&theme=${theme}`);
const promptRow = (page: Page, index: number) =>
  page.getByRole('grid', { name: 'Prompts' }).locator(`.body[data-index='${index}']`);
const promptTexts = (page: Page) => page.locator('.body .text').allTextContents();
const components = (page: Page) => page.getByRole('grid', { name: 'Components' });
const rows = (page: Page) => components(page).locator('.rows > [role=row]');
const lists = (page: Page) =>
  page.evaluate(() =>
    window.host.calls
      .filter(({ method }) => method === 'setPrompts')
      .map(({ request }) => (request as { prompts: string[] }).prompts),
  );
const calls = (page: Page) => page.evaluate(() => window.host.calls);
const adder = (page: Page) => page.getByRole('textbox', { name: 'Add a prompt' });

async function choose(page: Page, dropdown: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: dropdown }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** The number of a component's row, its bar, and the numbers beside, as shown; without the switch. */
async function cells(row: Locator): Promise<string[]> {
  const [, latent, ...others] = (await row.getByRole('gridcell').allTextContents()).map((text) =>
    text.trim().replace('\u00a0', ' '),
  );
  return [latent!.split(/\s/)[0]!, ...others];
}

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.host.violations)).toEqual([]);
});

test('shows the scores of the prompts and the components of the selected one', async ({ page }) => {
  await open(page, 'wolf');
  await expect(promptRow(page, 0)).toHaveAccessibleName(
    'a photo of a wolf: similarity 71.68 points, softmax 100.0 %',
  );
  await expect(promptRow(page, 2).locator('.similarity')).toHaveText('9.91');
  await expect(promptRow(page, 2).locator('.similarity')).toHaveAttribute('title', 'Cosine 0.099144');
  await expect(rows(page)).toHaveCount(16);
  expect(await cells(rows(page).first())).toEqual(['549', '', '+2.16', '+1.75', '18.5 %', '4.11']);
  await expect(rows(page).first()).toHaveAccessibleName(
    'Latent 549: attribution +2.16 points, measured effect +1.75 points, 18.5 % of the absolute sum, activation 4.11',
  );
  await promptRow(page, 2).click();
  expect((await cells(rows(page).first())).slice(0, 3)).toEqual(['36', '', '−7.45']);
  await expect(page.getByRole('status').last()).toHaveText('a camera: 9.91 points, 16 active components');
});

test('each prompt of a SigLIP has a probability of its own', async ({ page }) => {
  await open(page, 'siglip');
  await expect(page.getByRole('columnheader', { name: 'Probability' })).toBeVisible();
  const { directions } = analysisOf(wolf, three);
  for (const [i, { similarity }] of directions.entries()) {
    const probability = 100 / (1 + Math.exp(12.5 - 20 * similarity));
    await expect(promptRow(page, i)).toHaveAccessibleName(
      new RegExp(String.raw`probability ${probability < 0.05 ? '<0.1' : probability.toFixed(1)}\s%$`),
    );
  }
});

test('names the heads that are components', async ({ page }) => {
  await open(page, 'heads');
  await expect(page.getByText('5 heads', { exact: false })).toBeVisible();
  await expect(rows(page)).toHaveCount(5);
});

test('bars are as long as their numbers and go their way', async ({ page }) => {
  await open(page, 'wolf');
  await page.locator('.tools').getByRole('button', { name: 'Measured' }).click();
  await promptRow(page, 2).click();
  const { latents, directions } = analysisOf(wolf, three);
  const attributions = directions[2]!.attributions;
  const largest = Math.max(...attributions.map(Math.abs));
  for (const row of (await rows(page).all()).slice(0, 8)) {
    const [latent] = await cells(row);
    const attribution = attributions[latents.indexOf(Number(latent))]!;
    const [bar, all] = [await row.locator('rect').boundingBox(), await row.locator('.bar-box').boundingBox()];
    const middle = all!.x + all!.width / 2;
    expect(bar!.width).toBeCloseTo((Math.abs(attribution) / largest) * (all!.width / 2), 0);
    expect(attribution < 0 ? bar!.x + bar!.width : bar!.x).toBeCloseTo(middle, 0);
  }
});

test('versus another prompt and versus the mean of the others subtract', async ({ page }) => {
  await open(page, 'wolf');
  const { latents, directions } = analysisOf(wolf, three);
  const [of, dog, camera] = directions.map(({ attributions }) => attributions);
  const shown = async () => {
    const texts = await Promise.all((await rows(page).all()).map(cells));
    return new Map(texts.map(([latent, , attribution]) => [Number(latent), attribution]));
  };
  const points = (value: number) => Number((value * 100).toFixed(2));
  const parsed = (text: string | undefined) => Number(text?.replace('−', '-'));

  await choose(page, 'Compare with', 'a dog');
  await expect(page.locator('.score')).toContainText('Difference of similarity +42.79 points');
  const dogs = await shown();
  latents.forEach((latent, j) => {
    expect(parsed(dogs.get(latent))).toBeCloseTo(points(of![j]! - dog![j]!), 1);
  });

  await choose(page, 'Compare with', 'mean of the others');
  await expect(page.locator('.score')).toContainText('+52.28 points');
  const others = await shown();
  latents.forEach((latent, j) => {
    expect(parsed(others.get(latent))).toBeCloseTo(points(of![j]! - (dog![j]! + camera![j]!) / 2), 1);
  });
});

test('an edit is shown at once, sent once, and its numbers follow', async ({ page }) => {
  await open(page, 'wolf');
  await page.evaluate(() => {
    window.host.hold = true;
  });
  await promptRow(page, 1).dblclick();
  const field = page.getByRole('textbox', { name: 'Prompt', exact: true });
  await expect(field).toBeFocused();
  await field.fill('a drake');
  await field.press('Enter');
  await expect(promptRow(page, 1)).toBeFocused();
  expect(await promptTexts(page)).toEqual(['a photo of a wolf', 'a drake', 'a camera']);
  // Nobody has computed the new prompt yet; the others keep their numbers, marked as out of date.
  await expect(promptRow(page, 1).locator('.similarity')).toHaveText('…');
  await expect(promptRow(page, 0).locator('.similarity')).toHaveText('71.68');
  await expect(promptRow(page, 0).locator('.similarity')).toHaveClass(/stale/);
  await page.evaluate(() => {
    window.host.hold = false;
  });
  await expect(promptRow(page, 1).locator('.similarity')).toHaveText('34.17');
  await expect(promptRow(page, 0).locator('.similarity')).not.toHaveClass(/stale/);
  expect(await lists(page)).toEqual([['a photo of a wolf', 'a drake', 'a camera']]);
});

test('Escape reverts, an empty row goes, Delete removes', async ({ page }) => {
  await open(page, 'wolf');
  await promptRow(page, 0).focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('something else');
  await page.keyboard.press('Escape');
  await expect(promptRow(page, 0)).toBeFocused();
  expect(await promptTexts(page)).toEqual(three);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Enter');
  expect(await promptTexts(page)).toEqual(three.slice(1));
  await expect(promptRow(page, 0)).toBeFocused();
  await page.keyboard.press('Delete');
  expect(await promptTexts(page)).toEqual(['a camera']);
  await expect.poll(() => lists(page)).toEqual([['a camera']]);
});

test('undo and redo go through the lists that were shown', async ({ page }) => {
  await open(page, 'wolf');
  await adder(page).fill('a drake');
  await adder(page).press('Enter');
  await expect(promptRow(page, 3)).toHaveAttribute('aria-selected', 'true');
  await expect(promptRow(page, 3).locator('.similarity')).toHaveText('34.17');
  await page.getByRole('button', { name: 'Remove prompt: a drake' }).click();
  expect(await promptTexts(page)).toEqual(three);
  await page.keyboard.press('Control+z');
  expect(await promptTexts(page)).toEqual([...three, 'a drake']);
  await page.keyboard.press('Control+z');
  expect(await promptTexts(page)).toEqual(three);
  await page.keyboard.press('Control+Shift+z');
  expect(await promptTexts(page)).toEqual([...three, 'a drake']);
  await expect.poll(async () => (await lists(page)).at(-1)).toEqual([...three, 'a drake']);
  await page.locator('clipsight-prompt-table').getByRole('button', { name: /Undo/ }).click();
  expect(await promptTexts(page)).toEqual(three);
});

test('Ctrl+Z inside a text field is the field’s own', async ({ page }) => {
  await open(page, 'wolf');
  await promptRow(page, 0).focus();
  await page.keyboard.press('Delete');
  await adder(page).click();
  await page.keyboard.type('x');
  await page.keyboard.press('Control+z');
  await expect(adder(page)).toHaveValue('');
  expect(await promptTexts(page)).toEqual(three.slice(1));
});

test('several lines pasted are several prompts, each once', async ({ page }) => {
  await open(page, 'wolf');
  const paste = (text: string) =>
    page.evaluate((pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      let field: Element | null = document.activeElement;
      while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
      const event = { clipboardData, bubbles: true, composed: true, cancelable: true };
      field?.dispatchEvent(new ClipboardEvent('paste', event));
    }, text);
  await adder(page).focus();
  await paste('a fox\r\n\r\n  an owl \na dog');
  expect(await promptTexts(page)).toEqual([...three, 'a fox', 'an owl']);
  await expect(promptRow(page, 1)).toHaveAttribute('aria-selected', 'true');
  await promptRow(page, 0).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await paste(' in snow\na bat');
  expect(await promptTexts(page)).toEqual([
    'a photo of a wolf in snow',
    'a bat',
    ...three.slice(1),
    'a fox',
    'an owl',
  ]);
});

test('arrow keys walk prompts, images and components', async ({ page }) => {
  await open(page, 'five');
  await promptRow(page, 0).focus();
  await page.keyboard.press('ArrowDown');
  await expect(promptRow(page, 1)).toBeFocused();
  await expect(page.getByRole('heading', { name: /Components for/ })).toContainText('a dog');
  await page.keyboard.press('End');
  await expect(promptRow(page, 2)).toBeFocused();

  const images = page.getByRole('listbox', { name: 'Images' }).getByRole('option');
  await images.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(images.nth(1)).toBeFocused();
  await expect(images.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(promptRow(page, 2).locator('.similarity')).toHaveText('69.16');
  await page.keyboard.press('End');
  await expect(images.nth(4)).toBeFocused();

  await components(page).focus();
  await page.keyboard.press('End');
  await expect(components(page)).toHaveAttribute('aria-activedescendant', 'row-15');
  await expect(page.locator('#row-15')).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(page.locator('#row-0')).toBeInViewport();
});

test('thousands of components are drawn a screenful at a time', async ({ page }) => {
  await open(page, 'neurons');
  await choose(page, 'How many components to list', 'all');
  await expect(components(page)).toHaveAttribute('aria-rowcount', '3073');
  expect(await rows(page).count()).toBeLessThan(120);
  await components(page).focus();
  await page.keyboard.press('End');
  await expect(page.locator('#row-3071')).toBeInViewport();
  expect(await rows(page).count()).toBeLessThan(120);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  expect(height).toBeGreaterThan(3072 * 20);
  await page.mouse.wheel(0, -30_000);
  await expect
    .poll(async () => Number((await rows(page).first().getAttribute('id'))?.slice(4)))
    .toBeLessThan(2500);
  const inView = await rows(page).evaluateAll((all) =>
    all.filter((row) => row.getBoundingClientRect().bottom > 60),
  );
  expect(inView.length).toBeGreaterThan(20);
});

test('the list can be ordered, filtered and cut, and says what it leaves out', async ({ page }) => {
  await open(page, 'wolf');
  const first = async () => (await cells(rows(page).first()))[0];
  await components(page).getByRole('button', { name: 'Latent', exact: true }).click();
  expect(await first()).toBe('36');
  await components(page).getByRole('button', { name: 'Latent', exact: true }).click();
  expect(await first()).toBe('940');
  await expect(page.getByRole('columnheader', { name: 'Latent' })).toHaveAttribute('aria-sort', 'descending');
  await components(page).getByRole('button', { name: 'Activation' }).click();
  expect(await first()).toBe('708');
  await choose(page, 'Sign of the attribution', 'negative');
  await expect(rows(page)).toHaveCount(4);
  await expect(page.locator('.summary')).toContainText(
    /not listed: 12 of 16, together\s+\+9.55, 81.7.% of Σ\|A\|/,
  );
  await choose(page, 'Sign of the attribution', 'any');
  await page.getByRole('textbox', { name: 'Latent' }).fill('76');
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('textbox', { name: 'Latent' }).fill('');
  await page.getByRole('textbox', { name: 'Share ≥ %' }).fill('10');
  await expect(rows(page)).toHaveCount(4);
  await page.getByRole('textbox', { name: 'Share ≥ %' }).fill('99');
  await expect(page.getByText('No component passes the filter.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Share ≥ %' }).fill('');
  await choose(page, 'How many components to list', 'first 10');
  await expect(page.locator('.summary')).toContainText('not listed: 6 of 16');
});

test('the model’s crop is marked on the picture', async ({ page }) => {
  await open(page, 'wide');
  const picture = page.getByRole('img', {
    name: /wide\.jpg, 576 × 192 px, the model saw 192 × 192 at 192, 0/,
  });
  const [all, frame] = [
    await picture.locator('image').boundingBox(),
    await picture.locator('.frame').boundingBox(),
  ];
  expect(frame!.width / all!.width).toBeCloseTo(1 / 3, 1);
  expect(frame!.x + frame!.width / 2).toBeCloseTo(all!.x + all!.width / 2, 0);
  await page.getByRole('option', { name: wolf }).click();
  await expect(page.locator('.frame')).toHaveCount(0);
  await page.getByRole('button', { name: wolf }).click();
  await expect.poll(() => calls(page)).toEqual([{ method: 'openImage', request: { image: 1 } }]);
});

test('pictures are let go when their images are', async ({ page }) => {
  await open(page, 'five');
  await expect.poll(() => page.evaluate(() => window.host.blobs)).toBe(5);
  await page.evaluate(() => window.host.show({ images: [] }));
  await expect.poll(() => page.evaluate(() => window.host.blobs)).toBe(0);
});

test('one broken image does not cost the others', async ({ page }) => {
  await open(page, 'one-failed');
  await expect(rows(page)).toHaveCount(16);
  const broken = page.getByRole('option', { name: /camera_00\.jpg, failed/ });
  await expect(broken.locator('.mark')).toBeVisible();
  await broken.click();
  await expect(page.getByRole('alert')).toContainText('ends in the middle of the picture');
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => calls(page)).toEqual([{ method: 'retry', request: {} }]);
});

test('says what stopped everything and what to do', async ({ page }) => {
  await open(page, 'engine');
  await expect(page.getByRole('alert')).toContainText('SIGSEGV');
  await expect(page.getByRole('alert')).toContainText('Try another device');
  await page.getByRole('button', { name: 'Show Log' }).click();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(rows(page)).toHaveCount(16);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect
    .poll(async () => (await calls(page)).map(({ method }) => method))
    .toEqual(['showLogs', 'retry']);
});

test('a poor dictionary is used when the person says so', async ({ page }) => {
  await open(page, 'poor');
  await expect(page.getByRole('alert')).toContainText('93 % of what emoji-clip computes');
  await page.getByText('Use Anyway', { exact: true }).click();
  await expect.poll(() => calls(page)).toEqual([{ method: 'acceptPoor', request: {} }]);
  await expect(components(page)).toBeVisible();
  await open(page, 'engine');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByText('Use Anyway')).toHaveCount(0);
});

test('a refused edit is told and taken back', async ({ page }) => {
  await open(page, 'wolf');
  await page.evaluate(() => {
    window.host.refuse = true;
  });
  await promptRow(page, 0).focus();
  await page.keyboard.press('Delete');
  await expect(page.getByRole('alert')).toContainText('The host refused setPrompts.');
  await expect.poll(() => promptTexts(page)).toEqual(three);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('shows progress, cancels, and drops numbers that no answer will follow', async ({ page }) => {
  await open(page, 'computing');
  await expect(page.getByRole('progressbar', { name: 'images' })).toHaveAttribute('aria-valuenow', '8');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => calls(page)).toEqual([{ method: 'cancel', request: {} }]);

  await open(page, 'wolf');
  await page.evaluate(() => {
    const images = [{ name: 'images/wolf/wolf_00.jpg', outcome: null }];
    window.host.show({ images, study: null, progress: { stage: 'images', done: 0, total: 1 } });
  });
  await expect(promptRow(page, 0).locator('.similarity')).toHaveClass(/stale/);
  await expect(page.getByText('sae-cls')).toBeVisible();
  await page.evaluate(() =>
    window.host.show({
      progress: null,
      error: { code: 'cancelled', message: 'The computation was cancelled.' },
    }),
  );
  await expect(promptRow(page, 0).locator('.similarity')).toHaveText('–');
  await expect(rows(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible();
});

test('an older state does not overwrite a newer one', async ({ page }) => {
  await open(page, 'wolf');
  await page.evaluate(() => window.host.show({ prompts: ['newer'] }));
  await expect.poll(() => promptTexts(page)).toEqual(['newer']);
  await page.evaluate(() => window.host.show({ prompts: ['older'], revision: 0 }));
  expect(await promptTexts(page)).toEqual(['newer']);
});

test('says so when there is nothing to show', async ({ page }) => {
  await open(page, 'no-prompts');
  await expect(page.getByText('No prompts yet.')).toBeVisible();
  await adder(page).fill('a dog');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(promptRow(page, 0).locator('.similarity')).toHaveText('28.89');
  await open(page, 'none');
  await expect(page.getByText('No component of this dictionary is active in this image.')).toBeVisible();
  await open(page, 'zero');
  await expect(page.locator('.remark')).toContainText('Every attribution is exactly zero.');
  await open(page, 'no-images');
  await expect(page.getByText('No image.')).toBeVisible();
});

test('the export menu asks for what it says', async ({ page }) => {
  await open(page, 'wolf');
  await page.getByRole('button', { name: 'Export' }).press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Copy as JSON' })).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('menuitem', { name: 'Export CSV…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect
    .poll(() => calls(page))
    .toEqual([{ method: 'exportResults', request: { format: 'csv', to: 'file', intervention: [] } }]);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
});

test('the export menu keeps its focus under the mouse, and goes with a press elsewhere', async ({ page }) => {
  await open(page, 'wolf');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Export JSON…' }).hover();
  await expect(page.getByRole('menuitem', { name: 'Export JSON…' })).toBeFocused();
  await page.getByRole('menu').click({ position: { x: 2, y: 2 } });
  await expect(page.getByRole('menuitem', { name: 'Export JSON…' })).toBeFocused();
  await page.getByRole('heading', { name: 'Prompts' }).click();
  await expect(page.getByRole('menu')).toBeHidden();
  expect(await calls(page)).toEqual([]);
});

test('remembers what was selected and how', async ({ page }) => {
  await open(page, 'five');
  await page.getByRole('option', { name: 'images/drake/drake_02.jpg' }).click();
  await promptRow(page, 1).click();
  await choose(page, 'Compare with', 'a camera');
  await choose(page, 'How many components to list', 'first 10');
  await components(page).getByRole('button', { name: 'Activation' }).click();
  await page.reload();
  await expect(page.getByRole('option', { name: 'images/drake/drake_02.jpg' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(promptRow(page, 1)).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('combobox', { name: 'Compare with' })).toContainText('a camera');
  await expect(rows(page)).toHaveCount(10);
  await expect(page.getByRole('columnheader', { name: 'Activation' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  expect(await page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? '').panel)).toBe('panel-1');
});

test('prompts are text, in any script', async ({ page }) => {
  await open(page, 'scripts');
  await expect(promptRow(page, 6).locator('.text')).toHaveText('<b>not markup</b> & "quotes"');
  await expect(promptRow(page, 0).locator('.text')).toHaveCSS('direction', 'rtl');
  await expect(page.locator('b', { hasText: 'not markup' })).toHaveCount(0);
});

test('rows say what their components are called, who says so, and show what they fire in', async ({
  page,
}) => {
  await open(page, 'library');
  await expect(page.locator('.judge')).toHaveText('labels judged by emoji-judge');
  await expect(rows(page).first()).toHaveAccessibleName(
    'Latent 549, wolf ears, marked as expected, pinned: attribution +2.16 points, measured effect +1.75 points, 18.5 % of the absolute sum, activation 4.11',
  );
  await expect(rows(page).nth(1).locator('.naming')).toHaveText(summaryOf(760).labels[0]!.text);
  await expect(rows(page).nth(1).locator('.second > .latent')).toHaveText('760');
  await expect(rows(page).nth(1).locator('.mark')).toHaveAttribute('title', 'Marked as spurious');
  // Too few images, and none at all: the number only, and why.
  const few = rows(page).filter({ hasText: '227' });
  await expect(few.locator('.naming')).toHaveText('too few images');
  await expect(few.locator('.second')).toHaveText(/^227\s*×1\s*n = 3$/);
  const never = rows(page).filter({ hasText: 'fires in no image' });
  await expect(never.locator('.second > .latent')).toHaveText('36');
  await expect(never.locator('clipsight-thumbnail')).toHaveCount(0);
  await open(page, 'library-self');
  await expect(page.locator('.judge')).toHaveText('labels self-judged');
  // Without a library nothing of this.
  await open(page, 'wolf');
  await expect(rows(page)).toHaveCount(16);
  await expect(page.locator('.judge, .naming, clipsight-thumbnail')).toHaveCount(0);
});

test('thumbnails are drawn with the region that fired, and say when there is none to draw', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1260, height: 1400 });
  await open(page, 'library-neurons');
  const pictures = rows(page).first().locator('clipsight-thumbnail');
  await expect(pictures.locator('image')).toHaveCount(3);
  const { region } = summaryOf(549).samples[0]!;
  const box = (await pictures.first().boundingBox())!;
  const frame = (await pictures.first().locator('.region').boundingBox())!;
  expect(box).toMatchObject({ width: 32, height: 32 });
  expect(frame.x + frame.width / 2 - box.x).toBeCloseTo(((region!.left + region!.width / 2) / 192) * 32, 0);
  expect(frame.y + frame.height / 2 - box.y).toBeCloseTo(((region!.top + region!.height / 2) / 192) * 32, 0);
  // CLS sees all of it.
  await expect(rows(page).nth(1).locator('image')).toHaveCount(3);
  await expect(rows(page).nth(1).locator('.region')).toHaveCount(0);
  const gone = rows(page)
    .filter({ hasText: '1092' })
    .getByRole('img', { name: /gone\.jpg cannot be shown/ });
  await expect(gone).toHaveAttribute('title', 'The file images/gone.jpg is gone.');
});

test('all of a picture is shown with what the model did not see dimmed', async ({ page }) => {
  await open(page, 'library');
  const picture = rows(page).first().locator('clipsight-thumbnail').first();
  await expect(picture.locator('image')).toHaveCount(1);
  await expect(picture.locator('.unseen-part')).toHaveCount(0);
  await picture.evaluate((element) => {
    const { picture: shown } = element as unknown as { picture: object };
    const crop = { left: 48, top: 0, width: 192, height: 192 };
    Object.assign(element, { view: 'whole', picture: { ...shown, width: 288, crop } });
  });
  await expect(picture.locator('.unseen-part')).toHaveAttribute('d', 'M0 0H288V192H0ZM48 0h192v192h-192z');
  const [box, image] = [await picture.boundingBox(), await picture.locator('image').boundingBox()];
  expect(image!.width).toBeCloseTo(box!.width, 0);
  expect(image!.height).toBeCloseTo((box!.width * 192) / 288, 0);
});

test('nothing moves when labels and pictures arrive', async ({ page }) => {
  await page.goto('/?scene=library&theme=dark&hold-library');
  await expect(rows(page)).toHaveCount(16);
  await expect(rows(page).first().locator('.skeleton')).toHaveCount(4);
  const places = () =>
    page
      .locator('[role=grid][aria-label=Components] :is([role=row], .bar-box, .number, .second > .latent)')
      .evaluateAll((all) =>
        all.map((element) => {
          const { x, y, height } = element.getBoundingClientRect();
          // Numbers are aligned at their ends, and what stands before them is theirs.
          return [Math.round(x), Math.round(y), Math.round(height)];
        }),
      );
  const before = await places();
  await page.evaluate(() => {
    window.host.holdLibrary = false;
  });
  await expect(rows(page).first().locator('image')).toHaveCount(2);
  expect(await places()).toEqual(before);
});

test('in a narrow panel thumbnails go first, and the cells stay apart', async ({ page }) => {
  const shown = () => rows(page).first().locator('clipsight-thumbnail:visible').count();
  for (const [width, pictures] of [
    [1260, 3],
    [1000, 2],
    [560, 2],
    [420, 0],
    [300, 0],
  ] as const) {
    await page.setViewportSize({ width, height: 1200 });
    await open(page, 'library');
    await expect(rows(page).first().locator('.naming')).toHaveText('wolf ears');
    expect(await shown()).toBe(pictures);
    const identity = (await rows(page).first().locator('.identity').boundingBox())!;
    const bar = (await rows(page).first().locator('.bar-box').boundingBox())!;
    expect(identity.width).toBeGreaterThan(60);
    expect(identity.x + identity.width).toBeLessThanOrEqual(bar.x);
    expect(bar.width).toBeGreaterThan(30);
  }
});

test('asks the library for what is shown, once the rows have come to rest', async ({ page }) => {
  await open(page, 'library-neurons');
  const wants = async () =>
    (await calls(page))
      .filter(({ method }) => method === 'wantComponents')
      .map(({ request }) => (request as { components: number[] }).components);
  await expect.poll(wants).toHaveLength(1);
  expect((await wants())[0]).toHaveLength(20);
  expect((await wants())[0]!.slice(0, 3)).toEqual([549, 760, 344]);
  await choose(page, 'How many components to list', 'all');
  await expect.poll(async () => (await wants()).length).toBe(2);
  await components(page).focus();
  // Keys held down go over many rows, few of which are asked for.
  for (let i = 0; i < 12; i++) await page.keyboard.press('PageDown');
  await expect(
    rows(page)
      .filter({ has: page.locator('.naming') })
      .first(),
  ).toBeVisible();
  await expect(page.locator('.current .naming')).toBeVisible();
  for (const asked of await wants()) expect(asked.length).toBeLessThan(120);
  const { thumbnails, blobs } = await page.evaluate(() => window.host);
  expect(thumbnails).toBeLessThan(40);
  expect(blobs).toBeLessThan(40);
});

test('a click or Enter opens a component in the inspector, which is marked here', async ({ page }) => {
  await open(page, 'library');
  await page.getByRole('option', { name: 'images/camera/camera_00.jpg' }).click();
  const opened = async () =>
    (await calls(page)).filter(({ method }) => method === 'inspect').map(({ request }) => request);
  const latents = await rows(page).locator('.latent').allTextContents();
  await rows(page).nth(2).click();
  await expect(rows(page).nth(2)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(components(page)).toHaveAttribute('aria-activedescendant', 'row-3');
  await page.keyboard.press('Enter');
  await expect(rows(page).nth(3)).toHaveAttribute('aria-selected', 'true');
  await expect(components(page).locator('[aria-selected=true]')).toHaveCount(1);
  expect(await opened()).toEqual([
    { component: Number(latents[2]), image: 1 },
    { component: Number(latents[3]), image: 1 },
  ]);
  // Another prompt orders otherwise; the same component stays marked.
  await promptRow(page, 2).click();
  await expect(components(page).locator('[aria-selected=true] .latent')).toHaveText(latents[3]!);
});

test('the list can be filtered by name and label, also those not listed before', async ({ page }) => {
  await open(page, 'library');
  await expect(rows(page).first().locator('.naming')).toHaveText('wolf ears');
  await choose(page, 'How many components to list', 'first 10');
  const field = page.getByRole('textbox', { name: 'Latent or label' });
  await field.fill('WOLF E');
  await expect(rows(page)).toHaveCount(1);
  await field.fill('beak');
  const { latents } = analysisOf(wolf, three);
  const beaks = [...latents].filter((latent) => summaryOf(latent).labels[0]?.text === 'beak');
  expect(beaks.length).toBeGreaterThan(0);
  await expect(rows(page)).toHaveCount(beaks.length);
  await page.evaluate(() => {
    window.host.holdLibrary = true;
  });
  await field.fill('no such thing');
  await expect(page.getByText('No component passes the filter.')).toBeVisible();
});

test('pictures of the library are let go with the panel', async ({ page }) => {
  await open(page, 'library-one');
  await expect(rows(page).locator('image')).toHaveCount(2);
  expect(await page.evaluate(() => window.host.blobs)).toBe(3);
  await page.evaluate(() => document.querySelector('clipsight-attribution')?.remove());
  expect(await page.evaluate(() => window.host.blobs)).toBe(0);
});

for (const width of [285, 420, 700, 1000, 1600]) {
  test(`nothing is cut off at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    for (const scene of ['many', 'scripts', 'neurons', 'engine', 'library', 'library-self'] as const) {
      await open(page, scene);
      await expect(promptRow(page, 0)).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });
}
