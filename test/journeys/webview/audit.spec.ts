import { expect, type Page, test } from '@playwright/test';
import type { AuditSceneName } from './auditScenes';

const open = async (page: Page, scene: AuditSceneName, theme = 'dark') => {
  await page.goto(`/audit?scene=${scene}&theme=${theme}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
};
const table = (page: Page) => page.getByRole('grid', { name: 'Findings' });
const rows = (page: Page) => table(page).locator('.rows > [role=row]');
const selected = (page: Page) => table(page).locator('[aria-selected=true]');
const evidence = (page: Page) => page.getByRole('article', { name: 'Evidence' });
const head = (page: Page, name: string) =>
  table(page).getByRole('columnheader', { name: new RegExp(`^${name}`) });
const calls = (page: Page, method: string) =>
  page.evaluate(
    (name) => window.auditHost.calls.filter((call) => call.method === name).map(({ request }) => request),
    method,
  );
const texts = (page: Page, cell: string) => rows(page).locator(`.c-${cell} .text`).allTextContents();

test.beforeEach(async ({ page }) => {
  await page.setViewportSize({ width: 1600, height: 1000 });
});
test.afterEach(async ({ page }) => {
  expect(await page.evaluate(() => window.auditHost.violations)).toEqual([]);
});

test('says what was audited, and shows every finding with its numbers', async ({ page }) => {
  await open(page, 'found');
  await expect(page.locator('p.facts')).toContainText(
    /judged by emoji-judge.*10 prompts and 2 classes.*5,610 images.*3,412 pairs.*margin 1.0/s,
  );
  await expect(page.getByText('9 findings, in 9 of 12 prompts and classes; 6 undecided.')).toBeVisible();
  await expect(rows(page)).toHaveCount(9);
  const cabbage = rows(page).filter({ hasText: 'cabbage butterfly' });
  await expect(cabbage).toContainText(/11\.0.%.*2\.0.%.*\+9\.0.%.*Compound.*−1\.20 points.*96 → 73.%/s);
  await expect(cabbage.locator('svg.interval')).toBeVisible();
});

test('columns sort both ways, by mouse and keyboard, and say so', async ({ page }) => {
  await open(page, 'found');
  await expect(head(page, 'Score')).toHaveAttribute('aria-sort', 'descending');
  await head(page, 'Prompt').getByRole('button').click();
  await expect(head(page, 'Prompt')).toHaveAttribute('aria-sort', 'ascending');
  const ascending = await texts(page, 'prompt');
  expect(ascending).toEqual(ascending.toSorted((a, b) => a.localeCompare(b)));
  await head(page, 'Prompt').getByRole('button').press('Enter');
  await expect(head(page, 'Prompt')).toHaveAttribute('aria-sort', 'descending');
  expect(await texts(page, 'prompt')).toEqual(ascending.toReversed());
  await head(page, 'Switched off').getByRole('button').click();
  // The largest loss first, prompts before probes, whose logits are no points; what was not measured is last.
  await expect(rows(page).first()).toContainText('−1.51 points');
  await expect(rows(page).nth(7)).toContainText('−2.41 logits');
  await expect(rows(page).last()).toContainText('a photo of an owl');
});

test('filters by text, kind, decision, set and effect, and takes all of it back', async ({ page }) => {
  await open(page, 'found');
  await page.getByRole('textbox', { name: 'Find' }).fill('SNOW');
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Only confirmed' }).click();
  await expect(page.getByText('2 of 9')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(rows(page)).toHaveCount(9);
  await expect(page.getByRole('textbox', { name: 'Find' })).toHaveValue('');
  await page.getByRole('button', { name: 'Only confirmed' }).click();
  await expect(rows(page)).toHaveCount(7);
  await page.getByRole('button', { name: 'Show all' }).click();
  const choose = async (name: string, option: string) => {
    await page.getByRole('combobox', { name }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await choose('Decision', 'spurious');
  await expect(rows(page)).toHaveCount(1);
  await choose('Decision', 'any');
  await choose('Kind', 'homonym');
  await expect(rows(page)).toHaveCount(2);
  await choose('Kind', 'any');
  await choose('Prompts or probe', 'animals.safetensors');
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('textbox', { name: 'Find' }).fill('nothing like that');
  await expect(page.getByText('No finding passes the filter.')).toBeVisible();
});

test('arrow keys choose, Enter goes to the evidence, Escape comes back', async ({ page }) => {
  await open(page, 'found');
  await table(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(selected(page)).toContainText('cabbage');
  await expect(evidence(page)).toContainText(
    '11.0\u00a0% of what “a photo of a cabbage butterfly” loses when components are switched off, it loses with “cabbage” (latent 96)',
  );
  await page.keyboard.press('Enter');
  await expect(evidence(page).getByRole('heading', { level: 2 })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(table(page)).toBeFocused();
  await page.keyboard.press('End');
  await expect(selected(page)).toContainText('a photo of an owl');
  // Evidence that was only passed by is not asked for.
  expect((await calls(page, 'evidence')).length).toBeLessThan(6);
});

test('evidence: pictures, tests with their numbers, alignments, what switching off costs', async ({
  page,
}) => {
  await open(page, 'found');
  await rows(page).filter({ hasText: 'cabbage butterfly' }).click();
  await expect(evidence(page).getByRole('region', { name: 'Kind tests' }).locator('li.holds')).toHaveText(
    /Compound\s+holds, and names it.*the part is better p < 0.001/s,
  );
  // What its part fits does not excuse the whole.
  await expect(evidence(page)).toContainText(/At an alignment of −0\.11, 2\.0.% would be usual\./);
  await expect(evidence(page)).toContainText(
    'Its own alignment is 0.14, but a whole is not excused by its part',
  );
  await expect(evidence(page).getByRole('region', { name: 'Kind tests' }).locator('li')).toHaveCount(4);
  await expect(evidence(page).getByRole('region', { name: 'Alignment' })).toContainText(
    /cabbage\s+a part of it\s+0\.14/,
  );
  const effect = evidence(page).getByRole('table');
  await expect(effect.getByRole('row', { name: 'switched off' })).toContainText(
    /26.*−1\.20.*\[−1\.66, −0\.64\].*73.%/s,
  );
  await expect(effect.getByRole('row', { name: 'images without it' })).toContainText(/4.*23\.10.*50.%/s);
  await evidence(page).getByRole('region', { name: 'Without it' }).getByRole('button').nth(2).click();
  const finding = { audit: 1, finding: 2 };
  await expect.poll(() => calls(page, 'openImage')).toEqual([{ ...finding, list: 'absent', image: 2 }]);
  await evidence(page).getByRole('button', { name: 'zeroshot/prompts.py' }).click();
  await expect.poll(() => calls(page, 'openPrompt')).toEqual([finding]);
  await evidence(page).getByRole('button', { name: 'Open in the inspector' }).click();
  await expect.poll(() => calls(page, 'inspect')).toEqual([{ component: 96 }]);
});

test('a probe stands beside its prompt', async ({ page }) => {
  await open(page, 'found');
  await expect(evidence(page)).toContainText('class “wolf” of animals.safetensors');
  await expect(evidence(page).getByRole('region', { name: 'Probe beside the prompt' })).toContainText(
    /amplified × 2\.8.*19\.5.*7\.0/s,
  );
});

test('letters decide, Ctrl+Z takes it back, and letters in the note are text', async ({ page }) => {
  await open(page, 'found');
  await table(page).focus();
  await page.keyboard.press('s');
  await expect(selected(page).locator('.verdict.spurious')).toBeVisible();
  await expect(evidence(page).getByRole('button', { name: 'Spurious' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.keyboard.press('Control+z');
  await expect(selected(page).locator('.verdict')).toHaveCount(0);
  await page.keyboard.press('t');
  const note = evidence(page).getByRole('textbox', { name: 'Note' });
  await note.fill('a set of snowy scenes');
  await note.press('Control+Enter');
  await expect
    .poll(async () => (await calls(page, 'decide')).at(-1))
    .toEqual({ audit: 1, finding: 0, verdict: 'todo', note: 'a set of snowy scenes' });
  expect(await calls(page, 'decide')).toHaveLength(3);
  await table(page).focus();
  await page.keyboard.press('c');
  await expect
    .poll(async () => (await calls(page, 'decide')).at(-1))
    .toEqual({ audit: 1, finding: 0, verdict: null, note: null });
});

test('a note that is written before the decision goes with it, and stays with its finding', async ({
  page,
}) => {
  await open(page, 'found');
  const note = evidence(page).getByRole('textbox', { name: 'Note' });
  await note.fill('why');
  await rows(page).nth(1).click();
  await expect(note).toHaveValue('');
  await rows(page).nth(0).click();
  await expect(note).toHaveValue('why');
  await evidence(page).getByRole('button', { name: 'Expected' }).click();
  await expect
    .poll(() => calls(page, 'decide'))
    .toEqual([{ audit: 1, finding: 0, verdict: 'expected', note: 'why' }]);
});

test('what leaves the list gives its place to the next', async ({ page }) => {
  await open(page, 'found');
  await page.getByRole('combobox', { name: 'Decision' }).click();
  await page.getByRole('option', { name: 'undecided', exact: true }).click();
  await expect(rows(page)).toHaveCount(6);
  await table(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(selected(page)).toContainText('a photo of a wolf');
  await page.keyboard.press('e');
  await expect(rows(page)).toHaveCount(5);
  await expect(selected(page)).toContainText('cabbage');
});

test('the plot chooses findings by pointer and keys', async ({ page }) => {
  await open(page, 'found');
  const plot = page.getByRole('listbox', { name: 'Findings by alignment' });
  await expect(plot.getByRole('option')).toHaveCount(9);
  await plot.getByRole('option', { name: /cabbage/ }).click();
  await expect(selected(page)).toContainText('cabbage');
  await plot.focus();
  await page.keyboard.press('Home');
  const first = await selected(page).getAttribute('aria-label');
  await page.keyboard.press('ArrowRight');
  await expect(selected(page)).not.toHaveAttribute('aria-label', first!);
});

test('a thousand findings cost what thirty do', async ({ page }) => {
  await open(page, 'thousand');
  await expect(table(page)).toHaveAttribute('aria-rowcount', '1001');
  expect(await rows(page).count()).toBeLessThan(80);
  await table(page).focus();
  await page.keyboard.press('End');
  await expect(selected(page)).toHaveAttribute('aria-rowindex', '1001');
  await expect(selected(page)).toBeInViewport();
  await page.keyboard.press('Home');
  await expect(selected(page)).toBeInViewport();
});

test('nothing found is good news that says what was tested; what was not is listed with reasons', async ({
  page,
}) => {
  await open(page, 'empty');
  await expect(
    page.getByRole('status').filter({ hasText: 'nothing of the four kinds has more than 1.0' }),
  ).toContainText('3,412 pairs of 8 prompts');
  await open(page, 'found');
  await page.getByText('2 prompts were not audited').click();
  await expect(page.getByRole('row', { name: /quoll/ })).toContainText(
    'has 3 indexed images; an audit needs 10.',
  );
  await page.getByText('2 background components').click();
  await expect(page.getByRole('row', { name: /a sticker/ })).toContainText('99.1');
});

test('runs, runs again, cancels, and shows progress without a new state', async ({ page }) => {
  await open(page, 'never');
  await page.getByRole('button', { name: 'Prompts of prompts.py' }).click();
  await page.evaluate(() => window.auditHost.progress({ stage: 'Measuring', done: 3, total: 12 }));
  await expect(page.getByRole('progressbar')).toContainText('Measuring 3 of 12');
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await calls(page, 'run')).toEqual([{ scope: 'document' }]);
  expect(await calls(page, 'cancel')).toHaveLength(1);
  await open(page, 'found');
  await page.getByRole('button', { name: 'Run Again' }).click();
  await page.getByRole('button', { name: 'Audit…' }).click();
  await page.getByRole('menuitem', { name: 'A Probe File…' }).click();
  expect(await calls(page, 'run')).toEqual([{ scope: 'again' }, { scope: 'probe' }]);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Report as Markdown…' }).click();
  expect(await calls(page, 'exportReport')).toEqual([{ format: 'markdown' }]);
});

test('errors say what to do; a model that judges itself is said to', async ({ page }) => {
  await open(page, 'error');
  await expect(page.getByRole('alert')).toContainText('No images are indexed');
  await page.getByRole('button', { name: 'Index Images' }).click();
  expect(await calls(page, 'indexImages')).toHaveLength(1);
  await open(page, 'selfJudged');
  await expect(page.getByRole('note')).toContainText('The model judges itself');
  await page.evaluate(() => {
    window.auditHost.refuse = true;
  });
  await rows(page).nth(1).click();
  await expect(evidence(page).getByRole('alert')).toContainText('The host refused evidence.');
  await page.evaluate(() => {
    window.auditHost.refuse = false;
  });
  await evidence(page).getByRole('button', { name: 'Retry' }).click();
  await expect(evidence(page).getByRole('region', { name: 'Alignment' })).toBeVisible();
});

test('what is unexplained is apart from the findings, on demand, and never among them', async ({ page }) => {
  await open(page, 'found');
  const summary = page.getByText('Unexplained (5)');
  const orange = page.getByRole('row', { name: /an orange/ });
  await expect(orange).toHaveCount(0);
  await expect(rows(page)).toHaveCount(9);
  await summary.click();
  await expect(page.getByText('none of the four tests says what kind of thing')).toBeVisible();
  await expect(orange).toHaveText(/a photo of a wolf.*an orange.*311.*12\.1.%.*2\.4.%.*\+9\.7.%.*0\.04/s);
  await orange.getByRole('button', { name: 'an orange' }).click();
  await expect.poll(() => calls(page, 'inspect')).toEqual([{ component: 311 }]);
  await open(page, 'thousand');
  await page.getByText('Unexplained (500)').click();
  await page.getByRole('button', { name: 'Show more of 450' }).click();
  await expect(page.getByRole('button', { name: 'Show more of 400' })).toBeVisible();
});

test('an audit that may no longer hold says so once, with the way out', async ({ page }) => {
  await open(page, 'outdated');
  const notice = page.getByRole('note');
  await expect(notice).toHaveCount(1);
  await expect(notice).toContainText('The library has changed since this audit');
  await notice.getByRole('button', { name: 'Run Again' }).click();
  expect(await calls(page, 'run')).toEqual([{ scope: 'again' }]);
  await page.evaluate(() => window.auditHost.progress({ stage: 'Measuring', done: 1, total: 2 }));
  await expect(notice).toHaveCount(0);
  await page.evaluate(() => window.auditHost.show({ outdated: 'study' }));
  await expect(notice).toContainText('Another model or dictionary is in use');
});

test('the focus goes on where the person was when what had it goes', async ({ page }) => {
  await open(page, 'found');
  // Clearing takes the decision out, not the button.
  await rows(page).filter({ hasText: 'a rapper' }).click();
  const clear = evidence(page).getByRole('button', { name: 'Clear' });
  await clear.press('Enter');
  await expect(clear).toHaveAttribute('aria-disabled', 'true');
  await expect(clear).toBeFocused();
  await clear.press('Enter');
  expect(await calls(page, 'decide')).toHaveLength(1);
  // The button of undo goes with the last decision.
  await page.getByRole('button', { name: /^Undo/ }).press('Enter');
  await expect(page.getByRole('button', { name: /^Undo/ })).toHaveCount(0);
  await expect(table(page)).toBeFocused();
  await page.getByRole('combobox', { name: 'Decision' }).click();
  await page.getByRole('option', { name: 'spurious', exact: true }).click();
  await table(page).focus();
  await page.keyboard.press('c');
  await expect(page.getByText('No finding passes the filter.')).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect(rows(page)).toHaveCount(1);
  await expect(table(page)).toBeFocused();
});

test('what is chosen is told by its finding, not by its place', async ({ page }) => {
  await open(page, 'found');
  await table(page).focus();
  await page.keyboard.press('Home');
  const first = await table(page).getAttribute('aria-activedescendant');
  await head(page, 'Prompt').getByRole('button').click();
  await table(page).focus();
  await page.keyboard.press('Home');
  await expect(table(page)).not.toHaveAttribute('aria-activedescendant', first!);
  const now = await table(page).getAttribute('aria-activedescendant');
  await expect(page.locator(`[id="${now}"]`)).toHaveAttribute('aria-selected', 'true');
});

test('two audits are gone through with the keyboard', async ({ page }) => {
  await open(page, 'sides');
  const both = page.getByRole('region', { name: 'Findings of both studies' });
  const forest = both.getByRole('button', { name: /a forest/ });
  await forest.press('Enter');
  await expect(evidence(page).getByRole('heading', { level: 2 })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(forest).toBeFocused();
  const tab = page.getByRole('tab', { selected: true });
  await tab.focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab).toHaveText(/Findings of sae-cls/);
  await expect(tab).toBeFocused();
});

test('two audits stand side by side, matched by what their components are called', async ({ page }) => {
  await open(page, 'sides');
  const both = page.getByRole('region', { name: 'Findings of both studies' });
  await expect(page.getByText(/2 by both/)).toBeVisible();
  const wolf = both.locator('tbody').filter({ hasText: 'a photo of a wolf' });
  await expect(wolf.locator('tr').first().getByRole('button')).toHaveCount(2);
  await expect(wolf.locator('tr').nth(1)).toContainText('no reliance found');
  await wolf.getByRole('button', { name: /a forest/ }).click();
  await expect(evidence(page)).toContainText('“a forest” (latent 1999)');
  await page.keyboard.press('s');
  await expect
    .poll(() => calls(page, 'decide'))
    .toEqual([{ audit: 2, finding: 2, verdict: 'spurious', note: null }]);
  await page.getByText('Only what differs').click();
  await expect(both.getByRole('button', { name: /Cabbage/ })).toHaveCount(0);
  await page.getByRole('tab', { name: 'Findings of sae-cls' }).click();
  await expect(rows(page)).toHaveCount(9);
  await page.getByRole('button', { name: 'End Comparison' }).click();
  await expect(page.getByRole('tab')).toHaveCount(0);
});

for (const [width, scene] of [
  [300, 'found'],
  [420, 'long'],
  [640, 'found'],
  [1000, 'sides'],
] as const) {
  test(`${scene} fits into ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page, scene);
    await expect(evidence(page)).toBeVisible();
    await page.getByText(/^Unexplained/).click();
    await expect(page.getByText('none of the four tests')).toBeVisible();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}
