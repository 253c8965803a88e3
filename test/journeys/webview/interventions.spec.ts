import { expect, type Page, test } from '@playwright/test';
import type { Intervention } from '../../../src/shared/intervention';
import { analysisOf, intervened, measurementOf, type SceneName, study } from './scenes';

const wolf = 'images/wolf/wolf_00.jpg';
const three = ['a photo of a wolf', 'a dog', 'a camera'];

const open = (page: Page, scene: SceneName, more = '') => page.goto(`/?scene=${scene}&theme=dark${more}`);
const components = (page: Page) => page.getByRole('grid', { name: 'Components' });
const rows = (page: Page) => components(page).locator('.rows > [role=row]');
const power = (page: Page, row: number) =>
  rows(page)
    .nth(row)
    .getByRole('button', { name: /^Switched off:/ });
const bar = (page: Page) => page.getByRole('group', { name: 'Changes to the model' });
const chips = (page: Page) => bar(page).locator('.chip');
const score = (page: Page) => page.locator('.score');
const wolfRow = (page: Page) => page.locator(".body[data-index='0']");
const number = (page: Page, row: number) => rows(page).nth(row).locator('.number').first();

interface AskedOf {
  readonly image: number;
  readonly prompts: string[];
  readonly intervention: Intervention;
  readonly methods?: string[];
}
const asked = (page: Page, method: 'intervene' | 'measure') =>
  page.evaluate(
    (name) => window.host.asked.filter((call) => call.method === name).map(({ request }) => request),
    method,
  ) as Promise<AskedOf[]>;
const hostCalls = (page: Page, method: string) =>
  page.evaluate(
    (name) => window.host.calls.filter((call) => call.method === name).map(({ request }) => request),
    method,
  );

/** What the made-up model says, in points. */
const y = (intervention: Intervention, prompt = 0, image = wolf) =>
  (100 * intervened(analysisOf(image, three), intervention).directions[prompt]!.similarity).toFixed(2);

async function choose(page: Page, dropdown: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: dropdown }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/**
 * Drags the end of a row's bar by so many pixels, in steps, without letting go. With an answer that is still on its way
 * bars get another scale: the end is taken where it has come to rest.
 */
async function drag(page: Page, row: number, pixels: number, steps = 8): Promise<void> {
  const end = rows(page).nth(row).locator('.grip');
  await expect(async () => {
    const before = await end.boundingBox();
    await page.waitForTimeout(250);
    expect(await end.boundingBox()).toEqual(before);
  }).toPass();
  const grip = (await end.boundingBox())!;
  const [x, at] = [grip.x + grip.width / 2, grip.y + grip.height / 2];
  await page.mouse.move(x, at);
  await page.mouse.down();
  await page.mouse.move(x + pixels, at, { steps });
}

test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.host.violations)).toEqual([]);
});

test('a component is switched off and on again, and everything is of the changed model', async ({ page }) => {
  await open(page, 'saved');
  await expect(power(page, 0)).toHaveAttribute('aria-pressed', 'false');
  await power(page, 0).click();
  const off = [{ component: 549, factor: 0 }];
  await expect(score(page)).toContainText(`71.68 → ${y(off)} points`);
  await expect(wolfRow(page).locator('.similarity')).toContainText(`71.68 → ${y(off)}`);
  await expect(wolfRow(page)).toHaveAccessibleName(
    new RegExp(`similarity ${y(off)} points, before 71.68, softmax 100.0.%, before 100.0.%`),
  );
  await expect(power(page, 0)).toHaveAttribute('aria-pressed', 'true');
  await expect(rows(page).first()).toHaveAccessibleName(
    /^Latent 549, wolf ears, .*, switched off: attribution 0.00 points, before \+2.16 points, difference −2.16 points/,
  );
  await expect(rows(page).first().locator('.naming')).toHaveCSS('text-decoration-line', 'line-through');
  await expect(chips(page)).toHaveText(/wolf ears\s+off/);
  // The others moved too, and say from where.
  const { latents, directions } = intervened(analysisOf(wolf, three), off);
  const other = (100 * directions[0]!.attributions[latents.indexOf(760)]!).toFixed(2);
  await expect(number(page, 1)).toContainText(`+${other}`);
  await expect(number(page, 1)).toContainText('was +1.82');
  await expect(rows(page).nth(1).locator('.was')).toHaveCount(1);
  expect(await asked(page, 'intervene')).toEqual([{ image: 0, prompts: three, intervention: off }]);
  // No row moved, and the inspector did not open.
  expect(await rows(page).locator('.second > .latent').first().textContent()).toBe('549');
  expect(await hostCalls(page, 'inspect')).toEqual([]);
  // What is exported is what is shown.
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Copy as JSON' }).click();
  await expect
    .poll(() => hostCalls(page, 'exportResults'))
    .toEqual([{ format: 'json', to: 'clipboard', intervention: off }]);
  await power(page, 0).click();
  await expect(score(page)).not.toContainText('→');
  await expect(score(page)).toContainText('71.68');
  await expect(chips(page)).toHaveCount(0);
});

test('keys switch, scale and set back the current component, and all can be undone', async ({ page }) => {
  await open(page, 'wolf');
  await expect(rows(page)).toHaveCount(16);
  await components(page).focus();
  const badge = (row: number) => rows(page).nth(row).locator('.badge');
  await page.keyboard.press('Space');
  await expect(badge(0)).toHaveText('off');
  await page.keyboard.press('Space');
  await expect(badge(0)).toHaveText('×1');
  await page.keyboard.press('ArrowDown');
  for (const key of ['+', '+', '+', '-']) await page.keyboard.press(key);
  await expect(badge(1)).toHaveText('×1.2');
  await expect(rows(page).nth(1)).toHaveAccessibleName(/^Latent 760, scaled by 1.2: /);
  await page.keyboard.press('0');
  await expect(badge(1)).toHaveText('off');
  await page.keyboard.press('Control+z');
  await expect(badge(1)).toHaveText('×1.2');
  await page.keyboard.press('Backspace');
  await expect(badge(1)).toHaveText('×1');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(badge(1)).toHaveText('×1.3');
  await page.keyboard.press('Control+y');
  await page.keyboard.press('Control+Shift+z');
  await expect(badge(1)).toHaveText('×1');
  await page.keyboard.press('Delete');
  await expect(badge(1)).toHaveText('off');
  await page.keyboard.press('Escape');
  await expect(badge(1)).toHaveText('×1');
  // The prompts were left alone: their undo is theirs.
  await expect(page.locator('.body')).toHaveCount(3);
  await page.keyboard.press('F2');
  await expect(page.locator('input.factor')).toBeFocused();
  await page.keyboard.type('2,75');
  await page.keyboard.press('Enter');
  await expect(badge(1)).toHaveText('×2.75');
  await expect(components(page)).toBeFocused();
  await page.keyboard.press('F2');
  await page.keyboard.type('eleven');
  await page.keyboard.press('Enter');
  await expect(page.locator('input.factor')).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');
  await expect(badge(1)).toHaveText('×2.75');
  await expect(score(page)).toContainText(y([{ component: 760, factor: 2.75 }]));
  await bar(page).getByRole('button', { name: 'Reset' }).click();
  await expect(badge(1)).toHaveText('×1');
  await bar(page).getByRole('button', { name: /^Undo/ }).click();
  await expect(badge(1)).toHaveText('×2.75');
});

test('the end of a bar is dragged: live, one request at a time, the last one counts', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await open(page, 'wolf', '&latency=60');
  await expect(rows(page)).toHaveCount(16);
  await expect(rows(page).first().locator('.tick')).toHaveCount(1);
  const length = (await rows(page).first().locator('rect.positive').boundingBox())!.width;
  const { y: top } = (await rows(page).first().boundingBox())!;
  await drag(page, 0, length / 2, 40);
  await expect(page.locator('.bubble')).toHaveText('×1.5');
  await expect(rows(page).first().locator('.badge')).toHaveText('×1.5');
  // Something comes late, above the table.
  await page.evaluate(() => {
    const error = { code: 'internal', message: 'One picture of many was not computed.' } as const;
    return window.host.show({ error });
  });
  await expect(page.getByRole('alert')).toBeVisible();
  // Before it is let go.
  await expect(score(page)).toContainText(y([{ component: 549, factor: 1.5 }]));
  const during = await asked(page, 'intervene');
  expect(during.length).toBeLessThan(15);
  expect(during.at(-1)!.intervention).toEqual([{ component: 549, factor: 1.5 }]);
  expect(await page.evaluate(() => window.host.most)).toBe(1);
  // What is under the pointer stays there, though lines came above it.
  expect((await rows(page).first().boundingBox())!.y).toBeCloseTo(top, 0);
  await page.mouse.up();
  await expect(page.locator('.bubble')).toHaveCount(0);
  expect(await hostCalls(page, 'inspect')).toEqual([]);
  await page.waitForTimeout(150);
  expect((await asked(page, 'intervene')).length).toBe(during.length);

  // Near one it is one again, and a drag to the other side switches off.
  // The scale is another by now.
  const whole = (await rows(page).first().locator('.was').boundingBox())!.width;
  await drag(page, 0, -whole / 2 - 2);
  await expect(page.locator('.bubble')).toHaveText('×1');
  await page.mouse.up();
  await expect(score(page)).not.toContainText('→');
  await drag(page, 0, -whole * 2);
  await page.mouse.up();
  await expect(rows(page).first().locator('.badge')).toHaveText('off');
  // Escape takes a drag back.
  await drag(page, 1, 60);
  await expect(page.locator('.bubble')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.bubble')).toHaveCount(0);
  await page.mouse.up();
  await expect(rows(page).nth(1).locator('.badge')).toHaveText('×1');
  await expect(chips(page)).toHaveCount(1);
  // A press that does not move is a click on the row.
  await drag(page, 2, 0);
  await page.mouse.up();
  await expect.poll(() => hostCalls(page, 'inspect')).toHaveLength(1);
});

test('of a thousand components those that can be seen are drawn when an answer comes', async ({ page }) => {
  await open(page, 'thousand');
  await choose(page, 'How many components to list', 'all');
  await expect(components(page)).toHaveAttribute('aria-rowcount', '1001');
  await expect(page.getByRole('button', { name: 'Measured' })).toHaveAttribute('aria-pressed', 'false');
  const times = await rows(page)
    .first()
    .evaluate(async (row) => {
      const grid = row.closest('[role=grid]')!;
      const cell = row.querySelector('.number')!;
      const taken: number[] = [];
      for (let i = 0; i < 20; i++) {
        const before = cell.textContent;
        grid.dispatchEvent(new KeyboardEvent('keydown', { key: '+' }));
        while (cell.textContent === before) await new Promise(requestAnimationFrame);
        // The frame in which it is seen has begun.
        await new Promise((resolve) => setTimeout(resolve));
        taken.push(performance.now() - window.host.answered);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      return taken;
    });
  console.log('milliseconds from an answer to drawn:', times.map((time) => time.toFixed(0)).join(' '));
  expect(await rows(page).count()).toBeLessThan(120);
  await expect(number(page, 0)).toContainText('→');
});

test('changes stay from image to image, are asked again for new prompts, and outlive a reload', async ({
  page,
}) => {
  await open(page, 'saved');
  await power(page, 1).click();
  const off = [{ component: 760, factor: 0 }];
  await expect(score(page)).toContainText(y(off));
  // Not active there: it does nothing, says so, and nothing is asked.
  const camera = 'images/camera/camera_00.jpg';
  const active = [...analysisOf(camera, three).latents];
  expect(active).not.toContain(760);
  await page.getByRole('option', { name: camera }).click();
  await expect(chips(page)).toContainText('not active here');
  await expect(score(page)).not.toContainText('→');
  expect(await asked(page, 'intervene')).toHaveLength(1);
  await page.getByRole('option', { name: wolf }).click();
  await expect(score(page)).toContainText(y(off));
  await page.getByRole('textbox', { name: 'Add a prompt' }).fill('a drake');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => (await asked(page, 'intervene')).at(-1)?.prompts)
    .toEqual([...three, 'a drake']);
  await expect(page.locator(".body[data-index='3'] .similarity")).toContainText('34.17 →');
  await wolfRow(page).click();
  await page.reload();
  await expect(chips(page)).toHaveCount(1);
  await expect(score(page)).toContainText(y(off));

  // Another study numbers its components otherwise; that one is back with its changes.
  const other = { ...study, key: 'b6d2' };
  await page.evaluate((info) => window.host.show({ study: info }), other);
  await expect(page.getByText('1 change of the study before set aside')).toBeVisible();
  await expect(chips(page)).toHaveCount(0);
  await expect(score(page)).not.toContainText('→');
  await expect(bar(page).getByRole('button', { name: /^Undo/ })).toBeDisabled();
  await page.evaluate((info) => window.host.show({ study: info }), study);
  await expect(chips(page)).toHaveCount(1);
  await expect(score(page)).toContainText(y(off));
});

test('a drag ends with its table, and with its study', async ({ page }) => {
  await open(page, 'wolf');
  await expect(rows(page).first().locator('.tick')).toHaveCount(1);
  await drag(page, 0, 30);
  await expect(page.locator('.bubble')).toBeVisible();
  // While it is dragged the model is changed under it.
  await page.evaluate((info) => window.host.show({ study: info }), { ...study, key: 'b6d2' });
  await expect(page.locator('.bubble')).toHaveCount(0);
  await page.mouse.move(500, 500, { steps: 3 });
  await page.mouse.up();
  await expect(score(page)).not.toContainText('→');
  await expect(chips(page)).toHaveCount(0);
  // Measured anew, the rows stay where they are.
  await expect(rows(page).first().locator('.tick')).toHaveCount(1);
  // Or the picture is gone for a moment.
  await drag(page, 0, 30);
  await expect(page.locator('.bubble')).toBeVisible();
  const before = (await asked(page, 'measure')).length;
  await page.evaluate(() => {
    const { images } = window.host.state;
    const error = { code: 'image', message: 'Gone.' } as const;
    return window.host
      .show({ images: images.map(({ name }) => ({ name, outcome: { kind: 'failure', error } })) })
      .then(() => window.host.show({ images }));
  });
  await expect(rows(page)).toHaveCount(16);
  await page.mouse.up();
  await expect(chips(page)).toHaveCount(0);
  // What is measured beside it goes on.
  await power(page, 1).click();
  await expect.poll(async () => (await asked(page, 'measure')).length).toBeGreaterThan(before);
});

test('says why there are no numbers with the changes, and asks again', async ({ page }) => {
  await open(page, 'wolf');
  await expect(rows(page).first().locator('.tick')).toHaveCount(1);
  await page.evaluate(() => {
    window.host.refuseNumbers = true;
  });
  await power(page, 0).click();
  await expect(page.getByRole('alert')).toContainText(
    'The numbers below are without the changes. The engine cannot',
  );
  await expect(number(page, 0)).toHaveText('+2.16');
  await page.evaluate(() => {
    window.host.refuseNumbers = false;
  });
  await page.getByText('Retry', { exact: true }).click();
  await expect(score(page)).toContainText('→');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('what removing each component measures stands beside its bar, with a warning where they disagree', async ({
  page,
}) => {
  await open(page, 'wolf');
  const { components: latents, directions } = measurementOf(analysisOf(wolf, three), ['ablation'], study);
  const effect = (latent: number) => directions[0]!.values[0]![latents.indexOf(latent)]!;
  const measured = (row: number) => rows(page).nth(row).locator('.measured');
  await expect(measured(0)).toHaveText(`+${(100 * effect(549)).toFixed(2)}`);
  await expect(measured(1)).toHaveText(`+${(100 * effect(760)).toFixed(2)}`);
  await expect(measured(0).locator('svg')).toHaveCount(0);
  await expect(measured(1).locator('svg')).toHaveCount(1);
  await expect(measured(1)).toHaveAttribute('title', /interaction.*\n.*more than 2 times the other/);
  await expect(rows(page).nth(1)).toHaveAccessibleName(/which disagree/);
  // On the same axis as the bar.
  const [tick, box, rect] = await Promise.all(
    ['.tick', '.bar-box', 'rect'].map((part) => rows(page).first().locator(part).boundingBox()),
  );
  const middle = box!.x + box!.width / 2;
  expect((tick!.x + tick!.width / 2 - middle) / rect!.width).toBeCloseTo(effect(549) / 0.0216, 1);
  // The whole, which adds up.
  const without = directions[0]!.without * 100;
  await expect(page.locator('.whole')).toContainText(`without all components ${without.toFixed(2)}`);
  const difference = (71.68 - without).toFixed(2);
  await expect(page.locator('.whole')).toContainText(new RegExp(`difference \\+${difference.slice(0, -1)}`));
  await components(page).getByRole('button', { name: 'Measured' }).click();
  await expect(page.getByRole('columnheader', { name: 'Measured' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );

  await page
    .getByRole('group', { name: 'Which components' })
    .getByRole('button', { name: 'Measured' })
    .click();
  await expect(measured(0)).toHaveCount(0);
  await expect(page.locator('.whole')).toHaveCount(0);
  await page.reload();
  await expect(rows(page)).toHaveCount(16);
  await page.waitForTimeout(200);
  expect(await asked(page, 'measure')).toEqual([]);
});

test('what is slow is measured when asked for, and cancelled when not wanted', async ({ page }) => {
  await open(page, 'neurons', '&latency=3000');
  const toggle = page
    .getByRole('group', { name: 'Which components' })
    .getByRole('button', { name: 'Measured' });
  await expect(rows(page)).toHaveCount(20);
  expect(await asked(page, 'measure')).toEqual([]);
  await toggle.click();
  await expect(rows(page).first().locator('.measured')).toHaveText('…');
  await toggle.click();
  await expect.poll(() => page.evaluate(() => window.host.cancelled)).toBe(1);
  await page.evaluate(() => {
    window.host.latency = 10;
  });
  await toggle.click();
  await expect(rows(page).first().locator('.measured')).toHaveText(/\d/);
});

test('bars show what is chosen, in its own unit, and no difference where there is none', async ({ page }) => {
  await open(page, 'wolf');
  const { components: latents, directions } = measurementOf(
    analysisOf(wolf, three),
    ['logit-lens', 'energy', 'integrated-gradients'],
    study,
  );
  const of = (method: number, latent: number) => directions[0]!.values[method]![latents.indexOf(latent)]!;
  await choose(page, 'Bars show', 'Logit Lens');
  await expect(page.getByRole('columnheader', { name: 'Logit Lens' })).toBeVisible();
  const row = (latent: number) =>
    rows(page).filter({ has: page.locator('.latent', { hasText: new RegExp(`^${latent}$`) }) });
  const lens = of(0, 549);
  await expect(row(549).locator('.number').first()).toHaveText(
    `${lens < 0 ? '−' : '+'}${Math.abs(lens).toFixed(3)}`,
  );
  // A cosine and points have no axis in common.
  await expect(row(549).locator('.tick')).toHaveCount(0);
  await expect(row(549).locator('.measured')).toHaveText('+1.75');
  await choose(page, 'Bars show', 'energy');
  await expect(row(549).locator('.number').first()).toHaveText(`+${of(1, 549).toPrecision(3)}`);
  const total = directions[0]!.values[1]!.reduce((sum, value) => sum + Math.abs(value), 0);
  await expect(row(549).locator('.share')).toContainText(((100 * of(1, 549)) / total).toFixed(1));
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'Energy' })).toBeVisible();

  await choose(page, 'Compare with', 'a dog');
  await expect(page.locator('.remark')).toContainText('energy has no difference of prompts');
  await expect(page.getByRole('columnheader', { name: 'Attribution' })).toBeVisible();
  await page.getByRole('combobox', { name: 'Bars show' }).click();
  const energy = page.getByRole('option', { name: 'energy' });
  await expect(energy).toHaveAttribute('aria-disabled', 'true');
  await expect(energy).toHaveAttribute('title', /knows nothing of prompts/);
  await page.getByRole('option', { name: 'integrated gradients' }).click();
  const dogs = directions[1]!.values[2]![latents.indexOf(549)]!;
  await expect(row(549).locator('.number').first()).toHaveText(`+${(100 * (of(2, 549) - dogs)).toFixed(2)}`);

  await page.evaluate(() => {
    window.host.refuseNumbers = true;
  });
  await choose(page, 'Bars show', 'exact ablation');
  await choose(page, 'Compare with', 'a camera');
  await expect(page.getByRole('alert')).toContainText('The engine cannot measure.');
  await page.evaluate(() => {
    window.host.refuseNumbers = false;
  });
  await page.getByText('Retry', { exact: true }).click();
  await expect(rows(page)).toHaveCount(16);
});

test('changes are saved under a name, taken from the menu, and forgotten', async ({ page }) => {
  await open(page, 'saved');
  await power(page, 1).click();
  await bar(page).getByRole('button', { name: 'Save as…' }).click();
  await expect
    .poll(() => hostCalls(page, 'saveIntervention'))
    .toEqual([{ intervention: [{ component: 760, factor: 0 }] }]);
  await bar(page).getByRole('button', { name: 'Saved' }).press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: /^no snow/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(chips(page)).toHaveCount(2);
  await expect(score(page)).toContainText(
    y([
      { component: 549, factor: 2 },
      { component: 760, factor: 1.5 },
    ]),
  );
  await bar(page).getByRole('button', { name: 'Saved' }).click();
  await page.keyboard.press('Delete');
  await expect.poll(() => hostCalls(page, 'forgetIntervention')).toEqual([{ name: 'no snow' }]);
  await expect(page.getByRole('menu', { name: 'Saved changes' })).toBeHidden();
  // A chip leads to its row, whatever hides it, and takes its change back.
  await page.getByRole('textbox', { name: 'Latent or label' }).fill('nothing is called so');
  await expect(rows(page)).toHaveCount(0);
  await chips(page).nth(1).locator('.open').click();
  await expect(components(page)).toHaveAttribute('aria-activedescendant', 'row-1');
  await chips(page)
    .first()
    .getByRole('button', { name: /^Set back/ })
    .click();
  await expect(chips(page)).toHaveCount(1);
});

test('changes are applied to the library: progress, outcome, and what there is to say otherwise', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1100, height: 1400 });
  await open(page, 'saved');
  await power(page, 0).click();
  const apply = bar(page).getByRole('button', { name: 'Apply to library…' });
  const outcome = page.getByRole('region', { name: 'Library with the changes' });
  await page.evaluate(() => {
    window.host.holdApply = true;
  });
  await apply.click();
  await expect(outcome.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '100');
  await expect(apply).toBeDisabled();
  await outcome.getByText('Cancel', { exact: true }).click();
  await expect(outcome).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => window.host.cancelled)).toBeGreaterThan(0);

  await page.evaluate(() => {
    window.host.holdApply = false;
  });
  await apply.click();
  await expect(outcome).toContainText(/Affected\s*61\s*15.3.%/);
  await expect(outcome).toContainText('wolf ears');
  await expect(outcome).toContainText(/90.3.% → 83.0.%\s*−7.25 pp\s*361 → 332 right/);
  await expect(outcome.getByRole('row')).toHaveCount(4);
  await expect(outcome.getByRole('row').nth(1)).toContainText(/wolf\s*82 → 41\s*−41\s*95.0.% → 50.0.%/);
  await expect(outcome.getByRole('listitem')).toHaveCount(50);
  await expect(outcome.getByRole('listitem').first()).toContainText(/wolf → dog\s*was right/);
  await expect(outcome.getByRole('img', { name: 'wolf_00.jpg' }).first()).toHaveJSProperty('tagName', 'IMG');
  await outcome.getByText('Show 20 more').click();
  await expect(outcome.getByRole('listitem')).toHaveCount(70);
  await expect(outcome.getByText('Show 20 more')).toHaveCount(0);
  await power(page, 1).click();
  await expect(outcome).toContainText('The changes above are others by now');

  await page.evaluate(() => {
    window.host.libraryChanges = 0;
  });
  await apply.click();
  await expect(outcome).toContainText('No image changes class.');
  await expect(outcome).toContainText('no image’s class is known');
  await page.evaluate(() => {
    window.host.libraryChanges = -1;
  });
  await apply.click();
  await expect(outcome.getByRole('alert')).toContainText('The library has only one class.');
  await outcome.getByRole('button', { name: 'Close' }).click();
  await expect(outcome).toHaveCount(0);
});

test('without a library there is nothing to apply changes to', async ({ page }) => {
  await open(page, 'wolf');
  await power(page, 0).click();
  await expect(bar(page).getByRole('button', { name: 'Apply to library…' })).toBeDisabled();
  await expect(bar(page).getByRole('button', { name: 'Saved' })).toBeDisabled();
  // That nothing can be read is another thing than nothing being there.
  await page.evaluate(() =>
    window.host.show({
      interventionsError: {
        code: 'configuration',
        message: '.clipsight/interventions.json is no JSON.',
        remedy: 'Correct the file.',
      },
    }),
  );
  await expect(page.getByRole('alert')).toContainText('is no JSON.');
});

test('one component is changed like any other', async ({ page }) => {
  await open(page, 'library-one');
  await expect(rows(page)).toHaveCount(1);
  await power(page, 0).click();
  await expect(number(page, 0)).toContainText('0.00');
  await expect(rows(page).first()).toHaveAccessibleName(/switched off/);
});

test('nothing of the changes is cut off, however narrow the panel is', async ({ page }) => {
  await page.setViewportSize({ width: 1000, height: 1100 });
  await open(page, 'saved');
  await power(page, 0).click();
  await power(page, 2).click();
  await expect(score(page)).toContainText('→');
  await bar(page).getByRole('button', { name: 'Apply to library…' }).click();
  await expect(page.getByText('Images that change class')).toBeVisible();
  for (const width of [285, 420, 700, 1000, 1600]) {
    await page.setViewportSize({ width, height: 1100 });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
    await expect.poll(wide, `at ${width} pixels`).toBeLessThanOrEqual(width);
    await rows(page).nth(3).scrollIntoViewIfNeeded();
    for (const row of [0, 2])
      await expect(rows(page).nth(row).locator('.badge')).toBeInViewport({ ratio: 0.9 });
  }
});

test('bars have more room than names beside the side bar of VS Code, and the tools one line', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1082, height: 800 });
  await open(page, 'saved');
  await expect(rows(page).first().locator('.tick')).toHaveCount(1);
  const width = async (part: string) => (await rows(page).first().locator(part).boundingBox())!.width;
  expect(await width('.bar-box')).toBeGreaterThan(180);
  expect(await width('.bar-box')).toBeGreaterThan(1.5 * (await width('.identity')));
  const tops = await page
    .getByRole('group', { name: 'Which components' })
    .locator('vscode-dropdown, vscode-text-field, button.switch')
    .evaluateAll((fields) => fields.map((field) => field.getBoundingClientRect().bottom));
  expect(tops).toHaveLength(6);
  expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(2);
});
