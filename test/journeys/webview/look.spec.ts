import { expect, type Page, test } from '@playwright/test';
import { componentsAtOf, faithfulnessOf, mapOf, wordsOf } from './measuredScenes';
import { type SceneName, study } from './scenes';

const wolf = 'images/wolf/wolf_00.jpg';
const camera = 'images/camera/camera_00.jpg';
const prompt = 'a photo of a wolf';

const open = (page: Page, scene: SceneName, theme = 'dark') => page.goto(`/?scene=${scene}&theme=${theme}`);
const map = (page: Page) => page.locator('svg.large');
const patch = (page: Page, row: number, column: number) =>
  page.getByRole('gridcell', { name: `row ${row}, column ${column}:` });
const readout = (page: Page) => page.locator('clipsight-map-tools .readout');
const section = (page: Page) => page.locator('clipsight-faithfulness');
const called = (page: Page, method: string) =>
  page.evaluate(
    (name) =>
      [...window.host.calls, ...window.host.looked]
        .filter((call) => call.method === name)
        .map(({ request }) => request),
    method,
  );
const set = (page: Page, change: { hold?: boolean; holdMeasured?: boolean; refuse?: boolean }) =>
  page.evaluate((values) => void Object.assign(window.host, values), change);

async function choose(page: Page, dropdown: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: dropdown }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

const shown = (value: number, digits = 2) =>
  `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(digits)}`;

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.host.violations)).toEqual([]);
});

test.describe('map', () => {
  test('nothing is asked, and the picture is a picture, until a map is chosen', async ({ page }) => {
    await open(page, 'patches');
    await expect(map(page)).toHaveRole('img');
    expect(await called(page, 'mapPatches')).toEqual([]);
  });

  test('every patch has its value, colour and place', async ({ page }) => {
    await open(page, 'patches');
    await choose(page, 'Over the picture', 'what made the score');
    const direction = { kind: 'prompt' as const, text: prompt };
    const { values } = mapOf(study, wolf, { kind: 'score', direction });
    const far = Math.max(...values.map(Math.abs));
    await expect(patch(page, 1, 1)).toBeVisible();
    const cells = await page.getByRole('gridcell').evaluateAll((all) =>
      all
        .filter((cell) => cell.matches('.patch'))
        .map((cell) => ({
          x: Number(cell.getAttribute('x')),
          y: Number(cell.getAttribute('y')),
          fill: cell.getAttribute('fill'),
          opacity: Number(cell.getAttribute('fill-opacity')),
        })),
    );
    expect(cells).toHaveLength(64);
    cells.forEach(({ x, y, fill, opacity }, i) => {
      expect([x, y]).toEqual([24 * (i % 8), 24 * Math.floor(i / 8)]);
      expect(opacity).toBeCloseTo(Math.abs(values[i]!) / far, 3);
      if (opacity > 0) expect(fill).toBe(values[i]! < 0 ? '#ff9a2e' : '#1f66d6');
    });
    const most = values.indexOf(Math.max(...values));
    const place = [Math.floor(most / 8) + 1, (most % 8) + 1] as const;
    await patch(page, ...place).hover();
    const read = `${shown(values[most]!)} points at row ${place[0]}, column ${place[1]}`;
    await expect(readout(page)).toContainText(read);
    expect(await called(page, 'mapPatches')).toEqual([{ image: 0, map: { kind: 'score', direction } }]);
  });

  test('lies on the part that the model saw', async ({ page }) => {
    await open(page, 'wide');
    await choose(page, 'Over the picture', 'what made the score');
    await expect(patch(page, 8, 8)).toBeVisible();
    const [picture, first, last] = await Promise.all(
      [map(page), patch(page, 1, 1), patch(page, 8, 8)].map((locator) => locator.boundingBox()),
    );
    expect(first!.x - picture!.x).toBeCloseTo(picture!.width / 3, 0);
    expect(last!.x + last!.width - picture!.x).toBeCloseTo((2 * picture!.width) / 3, 0);
    // Beside it there is no patch to point at.
    await page.mouse.move(picture!.x + 20, picture!.y + 20);
    await expect(readout(page)).toContainText('Point at a patch');
  });

  test('offers what the dictionary has', async ({ page }) => {
    await open(page, 'wolf');
    await page.getByRole('combobox', { name: 'Over the picture' }).click();
    const offered = page.getByRole('combobox', { name: 'Over the picture' }).getByRole('option');
    await expect(offered).toHaveText(['nothing', 'what made the score', 'what made a component fire']);
  });

  test('follows the component that is looked at, whoever chose it', async ({ page }) => {
    await open(page, 'patches');
    await choose(page, 'Over the picture', 'activation of a component');
    await expect(page.getByText('Activation of “wolf ears” (549)')).toBeVisible();
    await choose(page, 'Component of the map', '“feathers” (344)');
    await expect(page.getByText('Activation of “feathers” (344)')).toBeVisible();
    await page.getByRole('row', { name: /^Latent 487/ }).click();
    await expect(page.getByText('Activation of “snow” (487)')).toBeVisible();
    // What is changed is what is being looked at; the map is of the model as it is.
    await page.getByRole('button', { name: /^Switched off: Latent 36,/ }).click();
    await expect(page.getByText(/^Activation of .*36/)).toBeVisible();
    await expect(page.getByText('Of the model as it is, without the changes.')).toBeVisible();
    // From the inspector.
    await page.evaluate(() => window.host.show({ components: { judge: null, known: [], selected: 760 } }));
    await expect(page.getByText('Activation of latent 760')).toBeVisible();
    const asked = (await called(page, 'mapPatches')) as { map: { component: number } }[];
    expect(asked.map((request) => request.map.component)).toEqual([549, 344, 487, 36, 760]);
  });

  test('a click lists the components that live there; Escape from none, keys walk', async ({ page }) => {
    await open(page, 'patches');
    await choose(page, 'Over the picture', 'activation of a component');
    await patch(page, 2, 3).click();
    const there = page.getByRole('list', { name: 'Components at the patch' });
    const { components } = componentsAtOf(
      { ...study, dictionary: { ...study.dictionary, tokens: 'patches' } },
      wolf,
      10,
    );
    await expect(there.getByRole('button')).toHaveCount(Math.min(15, components.length));
    await expect(there.getByRole('button').first()).toContainText(`${components[0]}`);
    expect(await called(page, 'componentsAt')).toEqual([{ image: 0, prompt, patch: 10 }]);
    await map(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect(readout(page)).toContainText('at row 3, column 4');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Components at row 3, column 4' })).toBeVisible();
    await there.getByRole('button').first().click();
    expect(await called(page, 'inspect')).toHaveLength(1);
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(there).toBeHidden();
  });

  test('is of a difference of prompts where that is what is shown', async ({ page }) => {
    await open(page, 'patches');
    await choose(page, 'Compare with', 'a dog');
    await choose(page, 'Over the picture', 'what made the score');
    await expect(page.getByText('What made the score of “a photo of a wolf” versus “a dog”')).toBeVisible();
    expect(await called(page, 'mapPatches')).toMatchObject([
      { map: { direction: { kind: 'versus', against: [{ kind: 'prompt', text: 'a dog' }] } } },
    ]);
  });

  test('never stays when the picture goes, and says what failed', async ({ page }) => {
    await open(page, 'patches');
    await choose(page, 'Over the picture', 'what made the score');
    await expect(patch(page, 1, 1)).toBeVisible();
    await set(page, { holdMeasured: true });
    await page.getByRole('option', { name: camera }).click();
    await expect(map(page)).toHaveAccessibleName(new RegExp(`^${camera}`));
    await expect(map(page)).toHaveRole('img');
    await expect(page.getByText('Computing the map…')).toBeVisible();
    await expect.poll(async () => (await called(page, 'mapPatches')).length).toBe(2);
    await set(page, { refuse: true });
    await page.getByRole('option', { name: 'images/hot_dog/hot_dog_01.jpg' }).click();
    const tools = page.locator('clipsight-map-tools');
    await expect(tools.getByRole('alert')).toContainText('The host refused mapPatches.');
    await expect.poll(() => page.evaluate(() => window.host.lookedInVain)).toContain('mapPatches');
    await set(page, { holdMeasured: false, refuse: false });
    await tools.getByRole('button', { name: 'Retry' }).click();
    await expect(patch(page, 1, 1)).toBeVisible();
  });

  test('smooth is interpolated, says so, and leaves no pictures behind', async ({ page }) => {
    await open(page, 'patches');
    await choose(page, 'Over the picture', 'what made the score');
    await expect(patch(page, 1, 1)).toBeVisible();
    const before = await page.evaluate(() => window.host.blobs);
    await page.getByRole('checkbox', { name: /Smooth/ }).check();
    await expect(page.getByText('(interpolated)')).toBeVisible();
    await expect(map(page).locator('image')).toHaveCount(2);
    await patch(page, 4, 6).hover();
    await expect(readout(page)).toContainText('at row 4, column 6');
    await page.getByRole('slider', { name: 'Opacity of the map' }).fill('30');
    await expect(map(page).locator('image').last()).toHaveAttribute('opacity', '0.3');
    await page.getByRole('checkbox', { name: /Smooth/ }).uncheck();
    await expect(map(page).locator('image')).toHaveCount(1);
    expect(await page.evaluate(() => window.host.blobs)).toBe(before);
    await page.reload();
    await expect(page.getByRole('slider', { name: 'Opacity of the map' })).toHaveValue('30');
  });

  for (const smooth of [false, true]) {
    test(`is saved ${smooth ? 'smooth' : 'as patches'}, as PNG and as an SVG that stands for itself`, async ({
      page,
    }) => {
      await open(page, 'patches');
      await choose(page, 'Over the picture', 'attribution of a component');
      if (smooth) await page.getByRole('checkbox', { name: /Smooth/ }).check();
      await expect(map(page).locator('image')).toHaveCount(smooth ? 2 : 1);
      if (smooth) await page.getByRole('button', { name: /^Switched off: Latent 549,/ }).click();
      for (const [i, format] of ['SVG', 'PNG'].entries()) {
        await page.getByRole('button', { name: format }).click();
        const saved = () => window.host.calls.filter(({ method }) => method === 'savePicture').length;
        await expect.poll(() => page.evaluate(saved), { timeout: 20_000 }).toBe(i + 1);
      }
      const saved = (await called(page, 'savePicture')) as {
        name: string;
        format: string;
        base64: string;
      }[];
      const byFormat = new Map(
        saved.map((picture) => [picture.format, Buffer.from(picture.base64, 'base64')]),
      );
      expect(saved[0]!.name).toBe('wolf-00-Attribution-of-wolf-ears-549-to-a-photo-of-a-wolf');
      const svg = byFormat.get('svg')!.toString();
      expect([...svg.matchAll(/href="(data:image\/\w+)/g)].map(([, type]) => type)).toEqual(
        smooth ? ['data:image/jpeg', 'data:image/png'] : ['data:image/jpeg'],
      );
      for (const text of ['emoji-clip', 'sae-patches', 'a5c1', 'points', 'wolf ears']) {
        expect(svg).toContain(text);
      }
      // Beside a changed model it must say of which the map is.
      expect(svg.includes('no component is switched off or scaled')).toBe(smooth);
      const png = byFormat.get('png')!;
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect(png.readUInt32BE(16)).toBe(2 * 752);
      if (process.env.SCREENSHOTS !== undefined) {
        const { writeFileSync } = await import('node:fs');
        const name = `${process.env.SCREENSHOTS}/saved${smooth ? '-smooth' : ''}`;
        writeFileSync(`${name}.png`, png);
        writeFileSync(`${name}.svg`, svg);
      }
    });
  }
});

test.describe('words', () => {
  const chips = (page: Page) => page.getByRole('list', { name: 'Words of the prompt' }).getByRole('button');

  test('are those of the prompt, with both numbers', async ({ page }) => {
    await open(page, 'wolf');
    const { words } = wordsOf(study, wolf, prompt, []);
    await expect(chips(page)).toHaveCount(words.length);
    for (const [i, { text, contribution, leaveOneOut }] of words.entries()) {
      const name = await chips(page).nth(i).getAttribute('aria-label');
      expect(name).toContain(
        `${text}: ${shown(leaveOneOut)} points lost without it, integrated gradients ${shown(contribution)}`,
      );
      expect(name!.includes('they disagree')).toBe(
        (await chips(page).nth(i).getAttribute('class'))!.includes('disagrees'),
      );
    }
    await expect(page.getByText('<|startoftext|>')).toBeVisible();
  });

  test('are asked for once for a prompt that stays, and no more for one that was left', async ({ page }) => {
    await open(page, 'wolf');
    await expect(chips(page)).toHaveCount(5);
    await set(page, { holdMeasured: true });
    const row = (index: number) =>
      page.getByRole('grid', { name: 'Prompts' }).locator(`.body[data-index='${index}']`);
    await row(1).click();
    await expect.poll(async () => (await called(page, 'attributeWords')).length).toBe(2);
    await row(2).click();
    await expect.poll(() => page.evaluate(() => window.host.lookedInVain)).toEqual(['attributeWords']);
    await set(page, { holdMeasured: false });
    await expect(chips(page)).toHaveText(['a', 'camera']);
    await row(0).click();
    await expect(chips(page)).toHaveCount(5);
    expect(await called(page, 'attributeWords')).toHaveLength(3);
  });

  test('tell which the component answers to, and which components answer to one', async ({ page }) => {
    await open(page, 'patches');
    await expect(page.locator('.own')).toContainText('“wolf ears” (549) answers to:');
    await chips(page).filter({ hasText: 'wolf' }).click();
    const answering = page.locator('.of-word').getByRole('button');
    await expect(answering.first()).toBeVisible();
    const name = (await answering.first().textContent())!.trim();
    await answering.first().click();
    await expect(page.locator('.own')).toContainText(`${name} answers to`);
  });

  test('that cannot be had are a quiet line, and all else is there', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'refuseWords', { value: true });
    });
    await open(page, 'wolf');
    const strip = page.locator('clipsight-word-strip');
    await expect(strip).toContainText('The words could not be weighed. The host refused attributeWords.');
    await expect(strip.getByRole('alert')).toHaveCount(0);
    await expect(page.getByRole('grid', { name: 'Components' })).toBeVisible();
  });
});

test.describe('faithfulness', () => {
  const toggle = (page: Page) => page.getByText('Can this be trusted?').click();

  test('is measured when it is opened, for this image by every method', async ({ page }) => {
    await open(page, 'five');
    await expect(page.getByText('Can this be trusted?')).toBeVisible();
    expect(await called(page, 'faithfulness')).toEqual([]);
    await toggle(page);
    const rows = section(page).locator('.areas tbody tr');
    await expect(rows).toHaveCount(7);
    const { methods } = scenesFaithfulness(1);
    for (const [i, { deletion, insertion }] of methods.entries()) {
      await expect(rows.nth(i).getByRole('cell').nth(0)).toHaveText((100 * deletion.auc).toFixed(2));
      await expect(rows.nth(i).getByRole('cell').nth(1)).toHaveText((100 * insertion.auc).toFixed(2));
    }
    await expect(section(page)).toContainText('it says nothing of other images');
    expect(await called(page, 'faithfulness')).toMatchObject([
      { image: 0, prompt, steps: 20, order: 'local' },
    ]);
    await toggle(page);
    await toggle(page);
    await expect(rows).toHaveCount(7);
    expect(await called(page, 'faithfulness')).toHaveLength(1);
  });

  test('all images are measured with progress, and can be left', async ({ page }) => {
    await open(page, 'five');
    await toggle(page);
    await set(page, { holdMeasured: true });
    await page.getByRole('button', { name: 'All 5 images' }).click();
    const bar = page.getByRole('progressbar', { name: 'Measuring all images' });
    await expect(bar).toHaveText('9 of 10');
    await section(page).getByRole('button', { name: 'Cancel' }).click();
    await expect(bar).toBeHidden();
    await expect.poll(() => page.evaluate(() => window.host.lookedInVain)).toContain('faithfulness');
    await set(page, { holdMeasured: false });
    await page.getByRole('button', { name: 'All 5 images' }).click();
    await expect(section(page)).toContainText('Over 5 images');
    const { methods } = scenesFaithfulness(5);
    const ends = methods[0]!.deletion.ci!.map((end) => (100 * end).toFixed(2));
    await expect(section(page).locator('.areas .ci').first()).toHaveText(`[${ends.join(', ')}]`);
    await page.getByRole('button', { name: 'This image' }).click();
    await expect(section(page)).toContainText('In this image');
  });

  test('pointing at a curve reads the scores there, by pointer and by key', async ({ page }) => {
    await open(page, 'five');
    await toggle(page);
    const plot = page.getByRole('img', { name: /^Deletion curves of 7 methods/ });
    await expect(plot.locator('path')).toHaveCount(7);
    await plot.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const { methods } = scenesFaithfulness(1);
    const cells = section(page).locator('.areas tbody td.pointed');
    await expect(cells).toHaveText(methods.map(({ deletion }) => (100 * deletion.curve[1]!).toFixed(2)));
    await expect(section(page).locator('.areas th.pointed')).toHaveText(/at 5\.0\s%/);
    await expect(plot.locator('circle')).toHaveCount(7);
  });

  test('all values are in a table', async ({ page }) => {
    await open(page, 'five');
    await toggle(page);
    await page.getByText('All values as a table').click();
    const tables = section(page).locator('.values table');
    await expect(tables).toHaveCount(2);
    await expect(tables.first().getByRole('row')).toHaveCount(22);
  });

  test('a failure can be tried again', async ({ page }) => {
    await open(page, 'five');
    await expect(page.getByText('Can this be trusted?')).toBeVisible();
    await set(page, { refuse: true });
    await toggle(page);
    await expect(section(page).getByRole('alert')).toContainText('The host refused faithfulness.');
    await set(page, { refuse: false });
    await section(page).getByRole('button', { name: 'Retry' }).click();
    await expect(section(page).locator('.areas')).toBeVisible();
  });
});

const scenesFaithfulness = (pairs: number) =>
  faithfulnessOf(
    study,
    [
      'activation-gradient',
      'integrated-gradients',
      'logit-lens',
      'activation-logit-lens',
      'energy',
      'random',
      'ablation',
    ],
    20,
    pairs,
  );

test('nothing overflows, however narrow the panel is', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await open(page, 'patches');
  await choose(page, 'Over the picture', 'attribution of a component');
  await patch(page, 3, 4).click();
  await page.getByText('Can this be trusted?').click();
  await expect(section(page).locator('.areas')).toBeVisible();
  for (const width of [1280, 860, 420, 300]) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = () => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    };
    await expect.poll(() => page.evaluate(overflow), `at ${width} px`).toBeLessThanOrEqual(0);
    const table = section(page).locator('.scroll').first();
    const inner = () => table.evaluate((element) => element.scrollWidth - element.clientWidth);
    await expect.poll(inner, `the table at ${width} px`).toBeLessThanOrEqual(0);
  }
});
